"""JBD (Jiabaida, Xiaoxiang): request ``DD A5 cmd 00 sum 77``, answer ``DD cmd 00 …``.

The check sum is the two's complement of the sum from the status byte on. Command
03 tells the pack, 04 the cells, 05 the model. Layout: the maker's general
protocol version 4 as read in github.com/syssi/esphome-jbd-bms and
github.com/patman15/aiobmsble (both Apache-2.0; facts only).
"""

from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Place, iso_date, make_claim
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
    lrc16,
    pages_by,
    text,
)

FAMILY = "jbd"
BASIC, CELLS, MODEL = 0x03, 0x04, 0x05
_HEAD, _TAIL = 0xDD, 0x77
_EXTRA = 7
_KELVIN = 2731


def _swap(raw: int) -> int:
    """The lower sixteen cells come first."""
    return raw >> 16 | (raw & 0xFFFF) << 16


def _date(raw: int) -> str | None:
    return iso_date(2000 + (raw >> 9), raw >> 5 & 0xF, raw & 0x1F)


def _version(raw: int) -> str:
    return f"{raw >> 4}.{raw & 0xF}"


_BASIC_TABLE = (
    Field("voltage_v", 0, per=100),
    Field("current_a", 2, per=100, signed=True),
    Field("remaining_ah", 4, per=100),
    Field("rated_ah", 6, per=100),
    Field("cycles", 8),
    Field("made_on", 10, make=_date),
    Field("balancing", 12, 4, make=_swap),
    Field("problem_code", 16),
    Field("software", 18, 1, make=_version),
    Field("soc_pct", 19, 1),
    Field("charge_on", 20, 1, flag=1),
    Field("discharge_on", 20, 1, flag=2),
    Field("cell_count", 21, 1),
    Field("temperature_count", 22, 1),
)


def request(command: int) -> bytes:
    """A request for 03, 04 or 05; reads and changes nothing."""
    body = bytes([command, 0])
    return bytes([_HEAD, 0xA5]) + body + lrc16(body).to_bytes(2) + bytes([_TAIL])


def answer(command: int, data: bytes) -> bytes:
    """An answer that carries up to 255 bytes."""
    body = bytes([0, len(data)]) + data
    return bytes([_HEAD, command]) + body + lrc16(body).to_bytes(2) + bytes([_TAIL])


def length(start: bytes) -> int | None:
    """Length of the answer that begins so; None when that is too short to tell."""
    return start[3] + _EXTRA if len(start) > 3 else None


def is_good(frame: bytes) -> bool:
    """Marks and check sum are right."""
    body, check, tail = frame[2:-3], frame[-3:-1], frame[-1]
    return tail == _TAIL and lrc16(body).to_bytes(2) == check


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers to 03, 04 and perhaps 05 say.

    Args:
        chunks: Bytes as they arrived.

    Raises:
        FrameError: One of the first two is missing, broken or an error, or they
            differ about the cells.
    """
    frames = find_frames(join(chunks), head=bytes([_HEAD]), length=length, good=is_good)
    pages = pages_by(frames, lambda frame: frame[1], "JBD")
    for command in (BASIC, CELLS):
        if page(pages, command)[2]:
            raise FrameError(f"the system answers error {pages[command][2]:#04x}")
    told = decode_basic(pages[BASIC][4:-3])
    told["cells_v"] = decode_cells(pages[CELLS][4:-3])
    if told["cell_count"] != len(told["cells_v"]):
        count = len(told["cells_v"])
        raise FrameError(f"{told['cell_count']} cells are said, {count} are told")
    if MODEL in pages and not pages[MODEL][2]:
        told["model"] = text(pages[MODEL][4:-3])
    return make_claim(FAMILY, told)


def decode_basic(data: bytes) -> dict[str, Any]:
    """Fields of a claim from the data of command 03.

    Raises:
        FrameError: They are too short.
    """
    told = read(data, _BASIC_TABLE)
    count = told["temperature_count"]
    told["temperatures"] = temperatures(
        data, 23, count, per=10, minus=_KELVIN, signed=False
    )
    return told


def decode_cells(data: bytes) -> tuple[float, ...]:
    """Volts of each cell from the data of command 04; a dead cell is kept as 0.

    Raises:
        FrameError: Half a cell, or none.
    """
    if not data or len(data) % 2:
        raise FrameError(f"{len(data)} bytes are no whole cells")
    return cells(data, 0, len(data) // 2)


def encode(claim: BmsClaim) -> dict[int, bytes]:
    """The data of commands 03, 04 and 05 that say this; for simulators."""
    basic = bytearray(23 + 2 * len(claim.temperatures))
    numbers = (
        (claim.voltage_v or 0.0, 0),
        (claim.current_a or 0.0, 2),
        (claim.remaining_ah or 0.0, 4),
        (claim.rated_ah or 0.0, 6),
    )
    for value, at in numbers:
        basic[at : at + 2] = (round(value * 100) & 0xFFFF).to_bytes(2)
    basic[8:10] = (claim.cycles or 0).to_bytes(2)
    basic[16:18] = (claim.problem_code or 0).to_bytes(2)
    basic[19] = round(claim.soc_pct or 0)
    basic[20] = bool(claim.charge_on) | bool(claim.discharge_on) << 1
    basic[21], basic[22] = len(claim.cells_v), len(claim.temperatures)
    for number, sensor in enumerate(claim.temperatures):
        at = 23 + 2 * number
        basic[at : at + 2] = round(sensor.value_c * 10 + _KELVIN).to_bytes(2)
    volts = b"".join(round(value * 1000).to_bytes(2) for value in claim.cells_v)
    return {BASIC: bytes(basic), CELLS: volts, MODEL: (claim.model or "").encode()}


_UP_TABLE = (
    Field("voltage_v", 0, per=100),
    Field("current_a", 4, 4, minus=300_000, per=100),
    Field("soc_pct", 8, per=100),
    Field("remaining_ah", 10, per=100),
    Field("rated_ah", 14, per=100),
    Field("soh_pct", 22),
    Field("charge_on", 32, flag=1),
    Field("discharge_on", 32, flag=2),
    Field("cycles", 36),
    Field("cell_count", 66),
)
_UP_CELLS, _UP_SENSORS = 68, 16
_UP_EXTRA = 10
_UP_MODEL = 6


def decode_up(frame: bytes) -> BmsClaim:
    """What a JBD-UP pack says in an answer of function 78.

    The frame is address, 78, first and last register, length of the data, the
    data and the CRC of Modbus.

    Raises:
        FrameError: It is broken or too short.
    """
    pages = up_pages(frame)
    data = page(pages, 0x78)
    told = read(data, _UP_TABLE)
    after = _UP_CELLS + 2 * told["cell_count"]
    told["cells_v"] = cells(data, _UP_CELLS, told["cell_count"])
    told["temperature_count"] = whole(data, after, 2)
    told["temperatures"] = temperatures(
        data, after + 2, told["temperature_count"], per=10, minus=500, signed=False
    ) + temperatures(
        data,
        _UP_SENSORS,
        2,
        per=10,
        minus=500,
        signed=False,
        places=(Place.MOSFET, Place.AMBIENT),
    )
    model = after + 2 + 2 * told["temperature_count"] + _UP_MODEL
    told["model"] = text(data[model : model + 20]) or None
    return make_claim("jbd_up", told)


def up_pages(frame: bytes) -> dict[int, bytes]:
    """The data of a frame of function 78.

    Raises:
        FrameError: Wrong function, length or check sum.
    """
    from_wire = _UP_EXTRA + (whole(frame, 6, 2) if len(frame) > 7 else 0)
    if len(frame) != from_wire or frame[1] != 0x78:
        raise FrameError("no frame of function 78")
    if not _crc_is_right(frame):
        raise FrameError("the check sum is wrong")
    return {0x78: frame[8:-2]}


def _crc_is_right(frame: bytes) -> bool:
    return crc16_modbus(frame[:-2]).to_bytes(2, "little") == frame[-2:]
