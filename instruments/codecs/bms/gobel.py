"""Gobel Power: one answer of Modbus of 59 registers.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import (
    Field,
    cells,
    page,
    read,
    temperatures,
    whole,
)
from instruments.codecs.frame import join

FAMILY = "gobel"
_VALUES = 118
_MOST_CELLS, _MOST_SENSORS = 31, 8
_NO_SENSOR = 0xFFFF
_TABLE = (
    Field("current_a", 3, per=100, signed=True),
    Field("voltage_v", 5, per=100),
    Field("soc_pct", 7),
    Field("soh_pct", 9),
    Field("remaining_ah", 11, per=100),
    Field("rated_ah", 13, per=100),
    Field("cycles", 17),
    Field("problem_code", 19, 6),
    Field("charge_on", 31, flag=0x4000),
    Field("discharge_on", 31, flag=0x8000),
    Field("cell_count", 33, mask=0xFF),
    Field("temperature_count", 95, mask=0xFF),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answer says.

    Raises:
        FrameError: It is missing or broken.
    """
    data = page(modbus.pages(join(chunks), 1), _VALUES)[:-2]
    told = read(data, _TABLE)
    told["cells_v"] = cells(data, 35, min(told["cell_count"], _MOST_CELLS))
    sensors = min(told["temperature_count"], _MOST_SENSORS)
    told["temperatures"] = temperatures(data, 97, sensors, per=10)
    if whole(data, 117, 2) != _NO_SENSOR:
        told["temperatures"] += temperatures(
            data, 117, 1, per=10, places=(Place.MOSFET,)
        )
    return make_claim(FAMILY, told)
