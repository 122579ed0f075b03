"""Seplos: V3 speaks Modbus to each pack, V2 frames ``7E … 0D`` with CRC-16/XMODEM.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only). V3's numbers of 32
bits come low word first.
"""

from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import (
    BmsClaim,
    PackClaim,
    Place,
    Temperature,
    make_claim,
)
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
    crc16_xmodem,
    find_frames,
    join,
    need,
    pages_by,
)

FAMILY, V2_FAMILY = "seplos_v3", "seplos_v2"
_MOST_PACKS = 16
_SYSTEM, _EXTREMES, _ALARMS = 0x34, 0x2C, 0x0A
_PACK, _PACK_CELLS = 0x22, 0x34
_PROBLEMS = 0xFFFF00FF00FF0000FF
_KELVIN = 2731
_CELLS_PER_PACK = 16


def _swapped(raw: int) -> int:
    return raw >> 16 | (raw & 0xFFFF) << 16


def _hundredth(raw: int) -> float:
    return _swapped(raw) / 100


def _tenth_signed(raw: int) -> float:
    value = _swapped(raw)
    return (value - (1 << 32) if value >> 31 else value) / 10


_SYSTEM_TABLE = (
    Field("voltage_v", 0, 4, make=_hundredth),
    Field("current_a", 4, 4, make=_tenth_signed),
    Field("remaining_ah", 8, 4, make=_hundredth),
    Field("pack_count", 44),
    Field("cycles", 46),
    Field("soc_pct", 48, per=10),
    Field("soh_pct", 50, per=10),
)
_ALARM_TABLE = (
    Field("problem_code", 1, 9, mask=_PROBLEMS),
    Field("discharge_on", 7, 1, flag=1),
    Field("charge_on", 7, 1, flag=2),
    Field("balancing", 7, 1, make=lambda raw: raw >> 2 & 1),
    Field("heater_on", 7, 1, flag=8),
)
_PACK_TABLE = (
    Field("voltage_v", 0, per=100),
    Field("current_a", 2, per=100, signed=True),
    Field("soc_pct", 10, per=10),
    Field("soh_pct", 12, per=10),
    Field("cycles", 14),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the three system answers and two of each pack say.

    Raises:
        FrameError: One is missing or broken.
    """
    stream = join(chunks)
    system = modbus.pages(stream, 0, (0x04, 0x01))
    told: dict[str, Any] = read(page(system, _SYSTEM)[3:-2], _SYSTEM_TABLE)
    told.update(read(page(system, _ALARMS)[3:-2], _ALARM_TABLE))
    extremes = page(system, _EXTREMES)[3:-2]
    highest, lowest = cells(extremes, 0, 2)
    told["cell_spread_v"] = round(highest - lowest, 4)
    told["temperature_c"] = whole(extremes, 20, 2, signed=True) / 10
    count = min(told["pack_count"], _MOST_PACKS)
    volts: tuple[float, ...] = ()
    sensors: tuple[Temperature, ...] = ()
    packs = []
    for number in range(1, count + 1):
        pack = modbus.pages(stream, number, (0x04,))
        packs.append(PackClaim(**read(page(pack, _PACK)[3:-2], _PACK_TABLE)))
        data = page(pack, _PACK_CELLS)[3:-2]
        volts += cells(data, 0, _CELLS_PER_PACK)
        sensors += _sensors(data)
    told.update(packs=tuple(packs), cells_v=volts, temperatures=sensors)
    told["cell_count"] = _CELLS_PER_PACK
    return make_claim(FAMILY, told)


def _sensors(data: bytes) -> tuple[Temperature, ...]:
    cold = temperatures(
        data, 32, 4, per=10, minus=_KELVIN, signed=False, places=(Place.CELL,)
    )
    return cold + temperatures(
        data,
        48,
        2,
        per=10,
        minus=_KELVIN,
        signed=False,
        places=(Place.AMBIENT, Place.MOSFET),
    )


_V2_TABLE = (
    Field("current_a", 0, per=100, signed=True),
    Field("voltage_v", 2, per=100),
    Field("remaining_ah", 4, per=100),
    Field("soc_pct", 9, per=10),
    Field("cycles", 13),
    Field("soh_pct", 15, per=10),
)
_V2_SWITCHES = (
    Field("discharge_on", 45, 1, flag=1),
    Field("charge_on", 45, 1, flag=2),
    Field("balancing", 45, 1, make=lambda raw: raw >> 2 & 1),
    Field("heater_on", 45, 1, flag=8),
)
_V2_EXTRA, _V2_CELLS = 10, 9
_V2_PACK, _V2_PARALLEL = 0x61, 0x62
_V2_ALARM_BYTES, _V2_PROBLEMS = 8, 0x7DFFFFFFFFFF


def frame_v2(command: int, data: bytes, *, version: int = 0x14) -> bytes:
    """A frame of V2; version 10 asks, 14 answers."""
    body = bytes([version, 0, 0x46 if version == 0x10 else command])
    body += bytes([command if version == 0x10 else 0])
    body += len(data).to_bytes(2) + data
    return b"\x7e" + body + crc16_xmodem(body).to_bytes(2) + b"\x0d"


def decode_v2(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers to 61 and perhaps 62 say.

    Raises:
        FrameError: The first is missing, broken or an error.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x7e\x14",
        length=lambda start: (
            int.from_bytes(start[5:7]) + _V2_EXTRA if len(start) > 6 else None
        ),
        good=lambda frame: (
            frame[-1] == 0x0D and crc16_xmodem(frame[1:-3]).to_bytes(2) == frame[-3:-1]
        ),
    )
    pages = pages_by(frames, lambda frame: frame[3], "Seplos")
    data = page(pages, _V2_PACK)
    if data[4]:
        raise FrameError(f"the system answers error {data[4]:#04x}")
    count = need(data, _V2_CELLS + 1)[_V2_CELLS]
    after = _V2_CELLS + 1 + 2 * count
    sensors = whole(data[:-3], after, 1)
    told = read(data[:-3], _V2_TABLE, start=after + 1 + 2 * sensors)
    told["cells_v"] = cells(data[:-3], _V2_CELLS + 1, count)
    told["cell_count"], told["temperature_count"] = count, sensors
    told["temperatures"] = temperatures(
        data[:-3], after + 1, sensors, per=10, minus=_KELVIN, signed=False
    )
    if _V2_PARALLEL in pages:
        told.update(_switches(pages[_V2_PARALLEL][:-3]))
    return make_claim(V2_FAMILY, told)


def _switches(data: bytes) -> dict[str, Any]:
    told = read(data, _V2_SWITCHES)
    size = min(whole(data, 46, 1), _V2_ALARM_BYTES)
    told["problem_code"] = whole(data, 47, size) & _V2_PROBLEMS if size else 0
    return told
