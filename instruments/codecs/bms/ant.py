"""ANT: frames ``7E A1 … AA 55`` with the CRC of Modbus; and the older ``AA 55 AA FF``.

The newer frame puts cells and temperatures in front of the rest, which moves it.
Neither's current says reliably whether it charges; the newer has a state for it.
Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import (
    FrameError,
    crc16_modbus,
    find_frames,
    join,
    pages_by,
    sum16,
)

FAMILY, OLD_FAMILY = "ant", "ant_legacy"
_STATUS = 0x11
_EXTRA = 10
_CELLS = 34
_MOST_CELLS, _MOST_SENSORS = 32, 6
_CHARGING = 2
_OLD_LENGTH = 140
_GOOD_SWITCH = (0x1, 0x4, 0xF)
_GOOD_STATE = (0x1, 0x4, 0xB, 0xF)


def _problem(raw: int) -> int:
    """The states of the two switches, where they are none of the good ones."""
    charge = raw & 0xF00 if raw >> 8 not in _GOOD_SWITCH else 0
    return charge | (raw & 0xF if raw & 0xF not in _GOOD_STATE else 0)


def _closed(raw: int) -> bool:
    return raw == 1


def _third_bit(raw: int) -> int:
    return raw >> 2 & 1


_TABLE = (
    Field("voltage_v", 38, per=100),
    Field("current_a", 40, per=10, signed=True),
    Field("soc_pct", 42),
    Field("soh_pct", 44),
    Field("problem_code", 46, make=_problem),
    Field("charge_on", 46, 1, make=_closed),
    Field("discharge_on", 47, 1, make=_closed),
    Field("balancing", 48, 1, make=_third_bit),
    Field("rated_ah", 50, 4, per=1_000_000),
    Field("remaining_ah", 54, 4, per=1_000_000),
    Field("total_charge_ah", 58, 4, per=1000),
    Field("power_w", 62, 4, per=1.0, signed=True),
    Field("cell_spread_v", 82, per=1000),
)
_OLD_TABLE = (
    Field("voltage_v", 4, per=10),
    Field("current_a", 70, 4, per=-10, signed=True),
    Field("soc_pct", 74, 1),
    Field("rated_ah", 75, 4, per=1_000_000),
    Field("remaining_ah", 79, 4, per=1_000_000),
    Field("total_charge_ah", 83, 4, per=1000),
    Field("runtime_s", 87, 4),
    Field("problem_code", 103, make=_problem),
    Field("charge_on", 103, 1, make=_closed),
    Field("discharge_on", 104, 1, make=_closed),
    Field("balancing", 105, 1, make=_third_bit),
    Field("cell_count", 123, 1),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the status frame of the newer generation says.

    Raises:
        FrameError: It is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x7e\xa1",
        length=lambda start: start[5] + _EXTRA if len(start) > 5 else None,
        good=_is_good,
    )
    data = page(pages_by(frames, lambda frame: frame[2], "ANT"), _STATUS)
    if len(data) <= _CELLS:
        raise FrameError("the status frame is too short")
    count = min(data[9], _MOST_CELLS)
    sensors = min(data[8], _MOST_SENSORS)
    after = _CELLS + 2 * count
    told: dict[str, Any] = read(
        data, _TABLE, order="little", start=2 * (count + sensors)
    )
    told["charging"] = data[7] == _CHARGING
    told["cell_count"], told["temperature_count"] = count, sensors
    told["cells_v"] = cells(data, _CELLS, count, order="little")
    told["temperatures"] = temperatures(
        data,
        after,
        sensors + 2,
        order="little",
        places=(*[Place.UNKNOWN] * sensors, Place.MOSFET, Place.BALANCER),
    )
    return make_claim(FAMILY, told)


def decode_old(chunks: Sequence[bytes]) -> BmsClaim:
    """What the status frame of the older generation says.

    Raises:
        FrameError: It is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\xaa\x55\xaa\xff",
        length=lambda _start: _OLD_LENGTH,
        good=lambda frame: sum16(frame[4:-2]).to_bytes(2) == frame[-2:],
    )
    data = page(pages_by(frames, lambda _frame: 0, "ANT"), 0)
    told = read(data, _OLD_TABLE)
    told["cells_v"] = cells(data, 6, min(told["cell_count"], _MOST_CELLS))
    told["temperatures"] = temperatures(data, 91, 4)
    if not told["rated_ah"]:
        # some never tell it; what they hold when full is the next best
        told["rated_ah"] = _rated(told["remaining_ah"], told["soc_pct"])
        told["derived"] = frozenset({"rated_ah"})
    return make_claim(OLD_FAMILY, told)


def _rated(remaining_ah: float, soc_pct: int) -> float | None:
    return float(round(remaining_ah / soc_pct * 100, -1)) if soc_pct else None


def _is_good(frame: bytes) -> bool:
    check = crc16_modbus(frame[1:-4]).to_bytes(2, "little")
    return frame[-2:] == b"\xaa\x55" and frame[-4:-2] == check
