"""TianPwr: messages of 20 bytes ``55 14 kind … AA`` without a check sum.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import FrameError, find_frames, join, pages_by

FAMILY = "tianpwr"
_LENGTH = 20
_VALUES, _RATING, _STATE, _SENSORS, _CELLS = 0x83, 0x84, 0x85, 0x87, 0x88
_PER_MESSAGE = 8
_MOST_CELLS, _MOST_SENSORS = 16, 6
_TABLE = (
    Field("soc_pct", 3, page=_VALUES),
    Field("voltage_v", 5, page=_VALUES, per=100),
    Field("current_a", 13, page=_VALUES, per=100, signed=True),
    Field("soh_pct", 17, page=_VALUES),
    Field("cell_count", 3, 1, page=_RATING),
    Field("temperature_count", 4, 1, page=_RATING),
    Field("rated_ah", 5, page=_RATING, per=100),
    Field("remaining_ah", 7, page=_RATING, per=100),
    Field("cycles", 9, page=_RATING),
    Field("problem_code", 11, 8, page=_RATING),
    Field("charge_on", 4, 1, page=_STATE, flag=2),
    Field("discharge_on", 4, 1, page=_STATE, flag=1),
    Field("balancing", 13, page=_STATE),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages 83 to 89 say.

    Raises:
        FrameError: One is missing, or its values cannot be.
    """
    frames = find_frames(
        join(chunks),
        head=bytes([0x55, _LENGTH]),
        length=lambda _start: _LENGTH,
        good=lambda frame: frame[-1] == 0xAA,
    )
    pages = pages_by(frames, lambda frame: frame[2], "TianPwr")
    told = read(pages, _TABLE)
    count, sensors = told["cell_count"], told["temperature_count"]
    lawful = 0 < count <= _MOST_CELLS and sensors <= _MOST_SENSORS
    if not lawful or told["soc_pct"] > 100:
        raise FrameError("values that no pack has")
    volts: tuple[float, ...] = ()
    for kind in range(_CELLS, _CELLS + -(-count // _PER_MESSAGE)):
        volts += cells(page(pages, kind), 3, _PER_MESSAGE)
    told["cells_v"] = volts[:count]
    told["temperatures"] = temperatures(
        page(pages, _SENSORS), 3, sensors, per=10
    ) + temperatures(pages[_VALUES], 9, 2, per=10, places=(Place.AMBIENT, Place.MOSFET))
    return make_claim(FAMILY, told)
