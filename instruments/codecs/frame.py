"""What all frames share: their error, their check sums, and finding them in a stream.

The check sums are textbook ones: sums of bytes, the LRC of Modbus ASCII, CRC-16
of Modbus RTU (reflected 0x8005, start FFFF), CRC-16/XMODEM (0x1021, start 0)
and CRC-8/MAXIM (reflected 0x31, start 0).
"""

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import xor

_LONGEST = 4096
# no exchange of any family comes near; bounds the time a hostile one takes
_LONGEST_EXCHANGE = 8 * 1024


def _table(polynomial: int) -> tuple[int, ...]:
    """What each byte does to a reflected CRC."""
    values = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ polynomial if value & 1 else value >> 1
        values.append(value)
    return tuple(values)


_CRC8, _CRC16 = _table(0x8C), _table(0xA001)


class FrameError(ValueError):
    """Bytes that are not a frame of this instrument, or say something unlawful."""


def sum8(data: bytes) -> int:
    """Sum of the bytes, modulo 256."""
    return sum(data) & 0xFF


def sum16(data: bytes) -> int:
    """Sum of the bytes, modulo 65536."""
    return sum(data) & 0xFFFF


def lrc16(data: bytes) -> int:
    """Two's complement of the sum of the bytes, 16 bits."""
    return -sum(data) & 0xFFFF


def xor8(data: bytes) -> int:
    """Exclusive or of the bytes."""
    return reduce(xor, data, 0)


def crc8_maxim(data: bytes) -> int:
    """CRC-8/MAXIM."""
    return _reflected(data, start=0, table=_CRC8)


def crc16_modbus(data: bytes) -> int:
    """CRC-16 of Modbus RTU; sent low byte first there."""
    return _reflected(data, start=0xFFFF, table=_CRC16)


def crc16_xmodem(data: bytes) -> int:
    """CRC-16/XMODEM."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
        value &= 0xFFFF
    return value


def checked(chunks: Sequence[bytes]) -> Sequence[bytes]:
    """The same chunks.

    Raises:
        FrameError: They are more than any exchange.
    """
    size = sum(len(chunk) for chunk in chunks)
    if size > _LONGEST_EXCHANGE or len(chunks) > _LONGEST_EXCHANGE:
        raise FrameError(f"{size} bytes are more than any exchange")
    return chunks


def join(chunks: Sequence[bytes]) -> bytes:
    """The chunks as one stream.

    Raises:
        FrameError: They are more than any exchange.
    """
    return b"".join(checked(chunks))


def find_frames(
    stream: bytes,
    *,
    head: bytes,
    length: Callable[[bytes], int | None],
    good: Callable[[bytes], bool],
) -> Iterator[bytes]:
    """Every whole and right frame of a stream, whatever lies between them.

    Args:
        stream: Bytes as they arrived, joined.
        head: How a frame begins.
        length: The whole frame's length from its first bytes, None when they
            are too few to tell.
        good: Whether marks and check sum are right.
    """
    at = stream.find(head)
    while at >= 0:
        rest = stream[at : at + _LONGEST]
        size = length(rest)
        frame = rest[:size] if size is not None and 0 < size <= len(rest) else b""
        whole = bool(frame) and good(frame)
        if whole:
            yield frame
        at = stream.find(head, at + (len(frame) if whole else 1))


def pages_by(
    frames: Iterator[bytes], key: Callable[[bytes], int], what: str
) -> dict[int, bytes]:
    """Frames by their kind; the last of a kind counts.

    Raises:
        FrameError: There is none.
    """
    pages = {key(frame): frame for frame in frames}
    if not pages:
        raise FrameError(f"no whole frame of {what} with a right check sum")
    return pages


def need(data: bytes, length: int, what: str = "frame") -> bytes:
    """The same bytes.

    Raises:
        FrameError: They are fewer than `length`.
    """
    if len(data) < length:
        raise FrameError(f"the {what} has {len(data)} bytes, {length} are needed")
    return data


def text(data: bytes) -> str:
    """Printable ASCII up to the first NUL, blanks stripped; the rest is dropped."""
    shown = data.split(b"\0", 1)[0].decode("ascii", errors="ignore")
    return "".join(char for char in shown if char.isprintable()).strip()


def unhex(digits: bytes) -> bytes:
    """Bytes from hexadecimal digits.

    Raises:
        FrameError: Something else is among them, or half a byte.
    """
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError as error:
        raise FrameError("the frame is not in hexadecimal digits") from error


def finite(data: bytes, at: int, form: str) -> float:
    """A floating-point number, `form` as in `struct`.

    Raises:
        FrameError: The bytes end before, or it is no finite number.
    """
    need(data, at + struct.calcsize(form))
    value = float(struct.unpack_from(form, data, at)[0])
    if not math.isfinite(value):
        raise FrameError(f"the value at byte {at} is no number")
    return value


def _reflected(data: bytes, *, start: int, table: tuple[int, ...]) -> int:
    value = start
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 0xFF]
    return value
