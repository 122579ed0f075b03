"""Braun Power: frames ``7B kind length … 7D`` without a check sum.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import FrameError, find_frames, join, pages_by, text

FAMILY = "braunpwr"
_VALUES, _CELLS, _SENSORS, _HARDWARE = 0x01, 0x02, 0x03, 0x74
_EXTRA = 4
_KELVIN = 2731
_LENGTHS = {_VALUES: 0x20}
_KINDS = frozenset({_VALUES, _CELLS, _SENSORS, _HARDWARE, 0xF4, 0xF5})
_TABLE = (
    Field("cell_count", 3, 1, page=_CELLS),
    Field("temperature_count", 3, 1, page=_SENSORS),
    Field("soc_pct", 4, 1, page=_VALUES),
    Field("voltage_v", 5, page=_VALUES, per=100),
    Field("current_a", 13, page=_VALUES, per=100, signed=True),
    Field("remaining_ah", 15, page=_VALUES, per=100),
    Field("rated_ah", 17, page=_VALUES, per=100),
    Field("cycles", 23, page=_VALUES),
    Field("balancing", 25, page=_VALUES),
    Field("problem_code", 31, page=_VALUES),
    Field("soh_pct", 34, 1, page=_VALUES),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages 01, 02 and 03 say.

    Raises:
        FrameError: One is missing or its lengths disagree.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x7b",
        length=lambda start: start[2] + _EXTRA if len(start) > 2 else None,
        good=lambda frame: frame[-1] == 0x7D and frame[1] in _KINDS,
    )
    pages = pages_by(frames, lambda frame: frame[1], "Braun Power")
    told = read(pages, _TABLE)
    count, sensors = told["cell_count"], told["temperature_count"]
    # without a check sum the lengths must agree with the counts
    sizes = {_CELLS: 1 + 2 * count, _SENSORS: 1 + 2 * sensors, **_LENGTHS}
    for kind, size in sizes.items():
        if page(pages, kind)[2] != size:
            raise FrameError(f"message {kind:#04x} has not the length of its values")
    told["cells_v"] = cells(pages[_CELLS], 4, count)
    told["temperatures"] = temperatures(
        pages[_SENSORS], 4, sensors, per=10, minus=_KELVIN, places=(Place.CELL,)
    )
    if _HARDWARE in pages:
        told["hardware"] = text(pages[_HARDWARE][3:-1])
    return make_claim(FAMILY, told)
