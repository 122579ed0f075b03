"""Saihang: one answer of Modbus behind ``A5 A5``, without the two in its CRC.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import crc16_modbus, find_frames, join, pages_by

FAMILY = "saihang"
_VALUES = 0x90
_EXTRA = 7
_MOST_CELLS, _MOST_SENSORS = 20, 10
_KELVIN = 2730


def _inverted(raw: int) -> int:
    """A bit is 0 where something is wrong."""
    return ~raw & 0xFFFF


_TABLE = (
    Field("current_a", 5, 4, per=100, signed=True),
    Field("voltage_v", 9, 4, per=100),
    Field("soc_pct", 13),
    Field("soh_pct", 15),
    Field("remaining_ah", 17, 4, per=100),
    Field("rated_ah", 25, 4, per=100),
    Field("cycles", 29),
    Field("problem_code", 31, make=_inverted),
    Field("charge_on", 37, flag=0x0200),
    Field("discharge_on", 37, flag=0x0400),
    Field("balancing", 41),
    Field("cell_count", 43, make=lambda raw: min(raw, _MOST_CELLS)),
    Field("temperature_count", 85, make=lambda raw: min(raw, _MOST_SENSORS)),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answer says.

    Raises:
        FrameError: It is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\xa5\xa5\x00\x03",
        length=lambda start: start[4] + _EXTRA if len(start) > 4 else None,
        good=lambda frame: (
            crc16_modbus(frame[2:-2]).to_bytes(2, "little") == frame[-2:]
        ),
    )
    data = page(pages_by(frames, lambda frame: frame[4], "Saihang"), _VALUES)[:-2]
    told = read(data, _TABLE)
    told["cells_v"] = cells(data, 45, told["cell_count"])
    told["temperatures"] = temperatures(
        data,
        87,
        told["temperature_count"],
        per=10,
        minus=_KELVIN,
        places=(Place.CELL,),
    ) + temperatures(
        data, 107, 2, per=10, minus=_KELVIN, places=(Place.MOSFET, Place.AMBIENT)
    )
    told["temperature_count"] = len(told["temperatures"])
    return make_claim(FAMILY, told)
