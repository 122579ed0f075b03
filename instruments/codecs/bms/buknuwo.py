"""Buknuwo: three answers of Modbus, told apart by their length.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import Field, page, read, temperatures, whole
from instruments.codecs.frame import FrameError, join

FAMILY = "buknuwo"
_VALUES, _SWITCH, _CELLS = 26, 2, 22
_PROBLEMS = 0xFF3FFF7F007F
_MOST_SENSORS = 10
_TABLE = (
    Field("current_a", 3, per=100, signed=True),
    Field("voltage_v", 5, per=100),
    Field("soc_pct", 7),
    Field("soh_pct", 9),
    Field("remaining_ah", 11, per=100),
    Field("rated_ah", 15, per=100),
    Field("cycles", 17),
    Field("problem_code", 21, 6, mask=_PROBLEMS),
    Field("charge_on", 25, 1, flag=0x04),
    Field("discharge_on", 25, 1, flag=0x08),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the three answers say.

    Raises:
        FrameError: One is missing or broken.
    """
    pages = modbus.pages(join(chunks), 1)
    told = read(page(pages, _VALUES)[:-2], _TABLE)
    sensors = whole(page(pages, _CELLS), 3, 2)
    if sensors > _MOST_SENSORS:
        raise FrameError(f"{sensors} sensors cannot be")
    switch = temperatures(page(pages, _SWITCH), 3, 1, per=10, places=(Place.MOSFET,))
    told["temperature_count"] = sensors
    told["temperatures"] = switch + temperatures(
        pages[_CELLS], 5, sensors, per=10, places=(Place.CELL,)
    )
    return make_claim(FAMILY, told)
