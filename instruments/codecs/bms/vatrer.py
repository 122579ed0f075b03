"""Vatrer: three answers of Modbus, told apart by their length.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import join

FAMILY = "vatrer"
_VALUES, _SENSORS, _CELLS = 0x28, 0x24, 0x3E
_MOST_CELLS, _MOST_SENSORS = 30, 4
_TABLE = (
    Field("voltage_v", 3, page=_VALUES, per=100),
    Field("current_a", 5, 4, page=_VALUES, per=100, signed=True),
    Field("soc_pct", 9, page=_VALUES),
    Field("remaining_ah", 11, page=_VALUES, per=100),
    Field("cycles", 15, page=_VALUES),
    Field("soh_pct", 17, page=_VALUES),
    Field("cell_spread_v", 29, page=_VALUES, per=1000),
    Field("cell_count", 3, page=_CELLS, make=lambda raw: min(raw, _MOST_CELLS)),
    Field(
        "temperature_count",
        3,
        page=_SENSORS,
        make=lambda raw: min(raw, _MOST_SENSORS),
    ),
    Field("problem", 17, 15, page=_SENSORS, make=bool),
    Field("charge_on", 32, 1, page=_SENSORS, flag=0x10),
    Field("discharge_on", 32, 1, page=_SENSORS, flag=0x20),
    Field("balancing", 35, 4, page=_SENSORS),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the three answers say.

    Raises:
        FrameError: One is missing or broken.
    """
    pages = modbus.pages(join(chunks), 2)
    told = read(pages, _TABLE)
    sensors = told["temperature_count"]
    told["cells_v"] = cells(page(pages, _CELLS)[:-2], 5, told["cell_count"])
    told["temperatures"] = temperatures(
        pages[_SENSORS],
        5,
        sensors + 2,
        places=(*[Place.UNKNOWN] * (sensors + 1), Place.MOSFET),
    )
    return make_claim(FAMILY, told)
