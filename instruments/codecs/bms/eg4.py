"""EG4: one answer of Modbus of 39 registers.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only). Zero stands for
what some models do not tell.
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, Place, Temperature, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import join

FAMILY = "eg4"
_VALUES = 78
_SLOTS, _SENSORS = 16, 6
_TABLE = (
    Field("voltage_v", 3, per=100),
    Field("current_a", 5, per=10, signed=True),
    Field("temperature_c", 39, signed=True),
    Field("remaining_ah", 45, per=10),
    Field("soh_pct", 49),
    Field("soc_pct", 51),
    Field("problem_code", 55, 6),
    Field("cycles", 61, 4),
    Field("cell_count", 75),
    Field("rated_ah", 77, per=10),
    Field("balancing", 79),
)
_MAY_BE_UNTOLD = ("remaining_ah", "cycles", "rated_ah")


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answer says.

    Raises:
        FrameError: It is missing or broken.
    """
    data = page(modbus.pages(join(chunks), 1), _VALUES)[:-2]
    told = read(data, _TABLE)
    for name in _MAY_BE_UNTOLD:
        told[name] = told[name] or None
    told["cell_count"] = min(told["cell_count"], _SLOTS)
    told["cells_v"] = cells(data, 7, told["cell_count"])
    board = Temperature(value_c=float(told["temperature_c"]), place=Place.BOARD)
    told["temperatures"] = (
        board,
        *temperatures(data, 69, _SENSORS, size=1, places=(Place.CELL,)),
    )
    return make_claim(FAMILY, told)
