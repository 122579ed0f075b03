"""Renogy: three answers of Modbus; the Pro counts its current ten times coarser.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only). Cells come in
tenths of a volt.
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import (
    Field,
    cells,
    page,
    read,
    temperatures,
    whole,
)
from instruments.codecs.frame import join

FAMILY, PRO_FAMILY = "renogy", "renogy_pro"
# the Pro answers as one or the other, by its firmware
_DEVICES, _PRO_DEVICES = (0x30,), (0xFF, 0x30)
_VALUES, _CELLS, _STATE = 14, 68, 16
_SLOTS = 16
_NO_PROBLEM = 0xE
_TABLE = (
    Field("voltage_v", 5, per=10),
    Field("remaining_ah", 7, 4, per=1000),
    Field("rated_ah", 11, 4, per=1000),
    Field("cycles", 15),
)
_STATE_TABLE = (
    Field("problem_code", 3, 14, make=lambda raw: raw & ~_NO_PROBLEM),
    Field("charge_on", 16, 1, flag=0x02),
    Field("discharge_on", 16, 1, flag=0x04),
    Field("heater_on", 17, 1, flag=0x20),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the three answers of a plain battery say.

    Raises:
        FrameError: One is missing or broken.
    """
    return _decode(FAMILY, chunks, devices=_DEVICES, per_ampere=100)


def decode_pro(chunks: Sequence[bytes]) -> BmsClaim:
    """What the three answers of a Pro battery say.

    Raises:
        FrameError: One is missing or broken.
    """
    return _decode(PRO_FAMILY, chunks, devices=_PRO_DEVICES, per_ampere=10)


def _decode(
    family: str, chunks: Sequence[bytes], *, devices: Sequence[int], per_ampere: int
) -> BmsClaim:
    stream = join(chunks)
    pages = {
        frame[2]: frame
        for device in devices
        for frame in modbus.answers(stream, device)
    }
    told = read(page(pages, _VALUES)[:-2], _TABLE)
    told["current_a"] = whole(pages[_VALUES], 3, 2, signed=True) / per_ampere
    data = page(pages, _CELLS)[:-2]
    told["cell_count"] = min(whole(data, 3, 2), _SLOTS)
    told["temperature_count"] = min(whole(data, 37, 2), _SLOTS)
    told["cells_v"] = cells(data, 5, told["cell_count"], per=10)
    told["temperatures"] = temperatures(data, 39, told["temperature_count"], per=10)
    told.update(read(page(pages, _STATE)[:-2], _STATE_TABLE))
    return make_claim(family, told)
