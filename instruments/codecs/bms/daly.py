"""Daly: frames of 13 bytes on the cable, Modbus of device D2 over BLE and RS485.

``A5 address command 08`` and eight bytes of data, the sum of the twelve last.
Layout: github.com/dreadnought/python-daly-bms, github.com/syssi/esphome-daly-bms
and github.com/patman15/aiobmsble (facts only). Currents are counted from 30000: on
the cable upwards when discharging (the first of these; and the drivers of
github.com/Louisvdw/dbus-serialbattery), in Modbus upwards when charging (the last).
"""

from collections.abc import Iterator, Sequence
from typing import Any

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
from instruments.codecs.frame import FrameError, find_frames, join, sum8

FAMILY = "daly"
DEVICE = 0xD2
HOST, PACK = 0x40, 0x01
RATED, SOC, STATE, STATUS, VOLTS, TEMPERATURES, FAULTS = (
    0x50,
    0x90,
    0x93,
    0x94,
    0x95,
    0x96,
    0x98,
)
COMMANDS = (SOC, STATE, STATUS, VOLTS, TEMPERATURES, FAULTS, RATED)
FRAME_LENGTH = 13
MODBUS_REQUESTS = (
    modbus.request(DEVICE, 0x3E, 9),
    modbus.request(DEVICE, 0x00, 62),
)
_ZERO_CURRENT = 30_000
_CHARGING, _DISCHARGING = 1, 2
_COLD = 40
_MOST_CELLS, _MOST_SENSORS = 48, 16
_PER_VOLT_FRAME, _PER_SENSOR_FRAME = 3, 7
_MODBUS_INFO, _MODBUS_MOSFET = 124, 18
_MODBUS_CELLS, _MODBUS_SENSORS = 32, 8

_SOC_TABLE = (
    Field("voltage_v", 4, per=10),
    Field("current_a", 8, make=lambda raw: (_ZERO_CURRENT - raw) / 10),
    Field("soc_pct", 10, per=10),
)
_STATE_TABLE = (
    Field("charging", 4, 1, make=lambda raw: raw == _CHARGING),
    Field("charge_on", 5, 1, flag=0xFF),
    Field("discharge_on", 6, 1, flag=0xFF),
    Field("remaining_ah", 8, 4, per=1000),
)
_STATUS_TABLE = (
    Field("cell_count", 4, 1),
    Field("temperature_count", 5, 1),
    Field("cycles", 9),
)
_MODBUS_TABLE = (
    Field("voltage_v", 80, per=10),
    Field("current_a", 82, minus=_ZERO_CURRENT, per=10),
    Field("soc_pct", 84, per=10),
    Field("remaining_ah", 96, per=10),
    Field("cell_count", 98),
    Field("temperature_count", 100),
    Field("cycles", 102),
    Field("balancing", 104),
    Field("charge_on", 106, flag=0xFFFF),
    Field("discharge_on", 108, flag=0xFFFF),
    Field("cell_spread_v", 112, per=1000),
    Field("problem_code", 116, 8),
)


def request(command: int) -> bytes:
    """A request; reads and changes nothing."""
    return frame(command, bytes(8), address=HOST)


def frame(command: int, data: bytes, *, address: int = PACK) -> bytes:
    """The 13 bytes around eight bytes of data."""
    body = bytes([0xA5, address, command, 8]) + data.ljust(8, b"\0")[:8]
    return body + bytes([sum8(body)])


def find(stream: bytes) -> Iterator[bytes]:
    """Every right 13-byte frame of a pack in a stream."""
    return find_frames(
        stream,
        head=bytes([0xA5, PACK]),
        length=lambda _start: FRAME_LENGTH,
        good=lambda found: found[3] == 8 and sum8(found[:-1]) == found[-1],
    )


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What 13-byte frames or answers of Modbus say.

    Raises:
        FrameError: Something needed is missing or broken.
    """
    stream = join(chunks)
    found = list(find(stream))
    if found:
        return make_claim(FAMILY, _from_frames(found))
    return make_claim(FAMILY, _from_modbus(modbus.pages(stream, DEVICE)))


def frames_of(cell_count: int, per_frame: int) -> int:
    """How many frames it takes to tell so many."""
    return -(-cell_count // per_frame)


def volt_frames(cell_count: int) -> int:
    """How many frames of cell voltages follow one request."""
    return frames_of(cell_count, _PER_VOLT_FRAME)


def sensor_frames(count: int) -> int:
    """How many frames of temperatures follow one request."""
    return frames_of(count, _PER_SENSOR_FRAME)


def _from_frames(found: Sequence[bytes]) -> dict[str, Any]:
    pages = {one[2]: one for one in found if one[2] not in (VOLTS, TEMPERATURES)}
    told = {
        **read(page(pages, SOC), _SOC_TABLE),
        **read(page(pages, STATE), _STATE_TABLE),
        **read(page(pages, STATUS), _STATUS_TABLE),
    }
    if RATED in pages:
        told["rated_ah"] = whole(pages[RATED], 4, 4) / 1000
    if FAULTS in pages:
        told["problem_code"] = int.from_bytes(pages[FAULTS][4:11])
    count, sensors = told["cell_count"], told["temperature_count"]
    if not 0 < count <= _MOST_CELLS or sensors > _MOST_SENSORS:
        raise FrameError(f"{count} cells and {sensors} sensors cannot be")
    volts = _numbered(found, VOLTS, volt_frames(count))
    told["cells_v"] = cells(volts, 0, count) if volts else ()
    if not volts:
        raise FrameError("the cell voltages are missing")
    told["temperatures"] = temperatures(
        _numbered(found, TEMPERATURES, sensor_frames(sensors)),
        0,
        sensors,
        size=1,
        minus=_COLD,
        signed=False,
    )
    return told


def _numbered(found: Sequence[bytes], command: int, count: int) -> bytes:
    """The data of frames 1 to `count` of a command, joined.

    Raises:
        FrameError: One is missing.
    """
    parts = {one[4]: one for one in found if one[2] == command}
    size = 2 * _PER_VOLT_FRAME if command == VOLTS else _PER_SENSOR_FRAME
    joined = b""
    for number in range(1, count + 1):
        joined += page(parts, number)[5 : 5 + size]
    return joined


def _from_modbus(pages: dict[int, bytes]) -> dict[str, Any]:
    data = page(pages, _MODBUS_INFO)[3:-2]
    told = read(data, _MODBUS_TABLE)
    told["cell_count"] = min(told["cell_count"], _MODBUS_CELLS)
    told["temperature_count"] = min(told["temperature_count"], _MODBUS_SENSORS)
    told["cells_v"] = cells(data, 0, told["cell_count"])
    sensors = temperatures(data, 64, told["temperature_count"], minus=_COLD)
    if _MODBUS_MOSFET in pages:
        raw = whole(pages[_MODBUS_MOSFET], 11, 2)
        if raw not in (0, 0xFFFF):
            switch = temperatures(
                pages[_MODBUS_MOSFET], 11, 1, minus=_COLD, places=(Place.MOSFET,)
            )
            sensors = switch + sensors
    told["temperatures"] = sensors
    return told


def encode(claim: BmsClaim) -> dict[int, list[bytes]]:
    """The frames that say this, by command; for simulators."""
    current = _ZERO_CURRENT - round((claim.current_a or 0.0) * 10)
    flow = _CHARGING if claim.charging else _DISCHARGING * ((claim.current_a or 0) < 0)
    soc = round((claim.voltage_v or 0.0) * 10).to_bytes(2) + bytes(2)
    soc += current.to_bytes(2) + round((claim.soc_pct or 0.0) * 10).to_bytes(2)
    state = bytes([flow, bool(claim.charge_on), bool(claim.discharge_on), 0])
    state += round((claim.remaining_ah or 0.0) * 1000).to_bytes(4)
    status = bytes([len(claim.cells_v), len(claim.temperatures), 0, 0, 0])
    status += (claim.cycles or 0).to_bytes(2)
    rated = round((claim.rated_ah or 0.0) * 1000).to_bytes(4)
    volts = b"".join(round(value * 1000).to_bytes(2) for value in claim.cells_v)
    sensors = bytes(round(one.value_c) + _COLD for one in claim.temperatures)
    faults = (claim.problem_code or 0).to_bytes(7)
    single = {SOC: soc, STATE: state, STATUS: status, RATED: rated, FAULTS: faults}
    return {
        **{command: [frame(command, data)] for command, data in single.items()},
        VOLTS: _split(VOLTS, volts, 2 * _PER_VOLT_FRAME),
        TEMPERATURES: _split(TEMPERATURES, sensors, _PER_SENSOR_FRAME),
    }


def _split(command: int, data: bytes, size: int) -> list[bytes]:
    return [
        frame(command, bytes([1 + at // size]) + data[at : at + size])
        for at in range(0, len(data), size)
    ]
