"""Humsienk: messages ``AA kind length …`` with the sum of 16 bits, low byte first.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import (
    Field,
    cells,
    page,
    read,
    temperatures,
    used,
    whole,
)
from instruments.codecs.frame import find_frames, join, pages_by, sum16, text

FAMILY = "humsienk"
_STATE, _VALUES, _CELLS, _MODEL = 0x20, 0x21, 0x22, 0x11
_EXTRA = 5
_ALARMS = 0xFF7F7F7F
_SLOTS, _SENSORS = 24, 6


def _top_bit(raw: int) -> int:
    return raw >> 7


_TABLE = (
    Field("voltage_v", 3, 4, page=_VALUES, per=1000),
    Field("current_a", 7, 4, page=_VALUES, per=1000, signed=True),
    Field("soc_pct", 11, 1, page=_VALUES),
    Field("soh_pct", 12, 1, page=_VALUES),
    Field("remaining_ah", 13, 4, page=_VALUES, per=1000),
    Field("rated_ah", 17, 4, page=_VALUES, per=1000),
    Field("cycles", 21, page=_VALUES),
    Field("charge_on", 7, 1, page=_STATE, flag=0x80),
    Field("balancing", 8, 1, page=_STATE, make=_top_bit),
    Field("discharge_on", 9, 1, page=_STATE, flag=0x80),
    Field("problem_code", 7, 4, page=_STATE, mask=_ALARMS),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages 20, 21 and 22 say.

    Raises:
        FrameError: One is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\xaa",
        length=lambda start: start[2] + _EXTRA if len(start) > 2 else None,
        good=lambda frame: sum16(frame[1:-2]).to_bytes(2, "little") == frame[-2:],
    )
    pages = pages_by(frames, lambda frame: frame[1], "Humsienk")
    told = read(pages, _TABLE, order="little")
    told["cells_v"] = used(cells(page(pages, _CELLS)[:-2], 3, _SLOTS, order="little"))
    told["temperatures"] = temperatures(
        pages[_VALUES],
        23,
        _SENSORS,
        size=1,
        places=(Place.MOSFET, Place.UNKNOWN),
    )
    # a bit for every cell whose wire is off
    told["problem"] = bool(whole(pages[_STATE], 14, 3))
    if _MODEL in pages:
        told["model"] = text(pages[_MODEL][3:-2])
    return make_claim(FAMILY, told)
