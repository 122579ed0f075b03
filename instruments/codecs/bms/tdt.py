"""TDT: frames ``7E 00 … 0D`` with the CRC of Modbus, high byte first.

The message of values holds cells and temperatures in front, which moves the rest.
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
from instruments.codecs.frame import (
    FrameError,
    crc16_modbus,
    find_frames,
    join,
    need,
    pages_by,
    text,
)

FAMILY = "tdt"
_VALUES, _STATE, _NAMES = 0x8C, 0x8D, 0x92
_VERSIONS = (0x00, 0x04)
_EXTRA, _COUNT = 11, 8
_KELVIN = 2731


def _current(raw: int) -> float:
    """Fourteen bits of tenths; the top bit says discharging."""
    return (raw & 0x3FFF) / 10 * (-1 if raw >> 15 else 1)


_TABLE = (
    Field("current_a", 0, make=_current),
    Field("voltage_v", 2, per=100),
    Field("remaining_ah", 4, per=10),
    Field("cycles", 8),
    Field("soc_pct", 12),
)
_STATE_TABLE = (
    Field("problem_code", 6),
    Field("charge_on", 8, 1, flag=4),
    Field("discharge_on", 8, 1, flag=2),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers to 8C and 8D say.

    Raises:
        FrameError: One is missing, broken or an error.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x7e",
        length=lambda start: (
            int.from_bytes(start[6:8]) + _EXTRA if len(start) > 7 else None
        ),
        good=_is_good,
    )
    pages = pages_by(frames, lambda frame: frame[5], "TDT")
    data, state = page(pages, _VALUES), page(pages, _STATE)
    if data[4] or state[4]:
        raise FrameError(f"the system answers error {data[4] or state[4]:#04x}")
    count = need(data, _COUNT + 1)[_COUNT]
    after = _COUNT + 1 + 2 * count
    sensors = whole(data[:-3], after, 1)
    told = read(data[:-3], _TABLE, start=after + 1 + 2 * sensors)
    told.update(read(state[:-3], _STATE_TABLE, start=_COUNT + count + sensors))
    told["cell_count"], told["temperature_count"] = count, sensors
    told["cells_v"] = cells(data[:-3], _COUNT + 1, count)
    told["temperatures"] = temperatures(
        data[:-3],
        after + 1,
        sensors,
        per=10,
        minus=_KELVIN,
        signed=False,
        places=(Place.AMBIENT, Place.MOSFET, Place.CELL),
    )
    if _NAMES in pages:
        told["serial"] = text(pages[_NAMES][48:68]) or None
    return make_claim(FAMILY, told)


def _is_good(frame: bytes) -> bool:
    check = crc16_modbus(frame[:-3]).to_bytes(2)
    marks = frame[-1] == 0x0D and frame[1] in _VERSIONS
    return marks and frame[-3:-1] == check
