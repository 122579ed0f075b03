"""Pace (PACEEX): frames ``9A … 9D`` with the CRC of Modbus, high byte first.

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
    whole,
)
from instruments.codecs.frame import crc16_modbus, find_frames, join, pages_by, text

FAMILY = "pace"
_SYSTEM, _PACK, _CELLS, _SERIAL = 0x0A00, 0x0A01, 0x0A02, 0x0002
_EXTRA = 11
_FIRST_CELL = 12
_KELVIN = 2731
_TABLE = (
    Field("current_a", 9, per=100, signed=True),
    Field("voltage_v", 11, per=100),
    Field("remaining_ah", 13, per=100),
    Field("rated_ah", 17, per=100),
    Field("soc_pct", 19, 1),
    Field("soh_pct", 20, 1),
    Field("cycles", 21),
)
# systems that are asked for the sum of their packs tell it in wider numbers
_SYSTEM_TABLE = (
    Field("current_a", 9, 4, per=100, signed=True),
    Field("voltage_v", 13, 4, per=100),
    Field("remaining_ah", 17, 4, per=100),
    Field("rated_ah", 25, 4, per=100),
    Field("soc_pct", 29, 1),
    Field("soh_pct", 30, 1),
    Field("cycles", 31, 4),
)
_SENSORS_AT, _SENSORS = 14, 4


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers about cells and about pack, or else system, say.

    Raises:
        FrameError: One of the two is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x9a",
        length=lambda start: start[7] + _EXTRA if len(start) > 7 else None,
        good=lambda frame: (
            frame[-1] == 0x9D and crc16_modbus(frame[:-3]).to_bytes(2) == frame[-3:-1]
        ),
    )
    pages = pages_by(frames, lambda frame: int.from_bytes(frame[3:5]), "Pace")
    if _PACK in pages:
        told = read(pages[_PACK][:-3], _TABLE)
    else:
        told = read(page(pages, _SYSTEM)[:-3], _SYSTEM_TABLE)
    data = page(pages, _CELLS)[:-3]
    count = whole(data, _FIRST_CELL - 1, 1)
    told["cell_count"] = count
    told["cells_v"] = cells(data, _FIRST_CELL, count, step=4)
    told["temperatures"] = temperatures(
        data,
        _SENSORS_AT,
        min(_SENSORS, count),
        step=4,
        per=10,
        minus=_KELVIN,
        signed=False,
        places=(Place.CELL,),
    )
    if _SYSTEM in pages:
        told["pack_count"] = whole(pages[_SYSTEM], 8, 1) or None
    if _SERIAL in pages:
        size = whole(pages[_SERIAL], 8, 1)
        told["serial"] = text(pages[_SERIAL][9 : 9 + size]) or None
    return make_claim(FAMILY, told)
