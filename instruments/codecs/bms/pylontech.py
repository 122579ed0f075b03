"""Pylontech RT: one answer of Modbus of 13 registers.

It tells the highest and the lowest cell, not each. Layout:
github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import join

FAMILY = "pylontech"
_VALUES = 26
_TABLE = (
    Field("voltage_v", 3, per=100),
    Field("current_a", 5, per=10, signed=True),
    Field("soc_pct", 15),
    Field("soh_pct", 17),
    Field("power_w", 19, make=float),
    Field("rated_ah", 27, per=10),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answer says.

    Raises:
        FrameError: It is missing or broken.
    """
    data = page(modbus.pages(join(chunks), 1), _VALUES)[:-2]
    told = read(data, _TABLE)
    highest, lowest = cells(data, 7, 2)
    told["extremes_v"] = (highest, lowest)
    told["temperatures"] = temperatures(data, 11, 2, per=10)
    return make_claim(FAMILY, told)
