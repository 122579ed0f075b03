"""Modbus RTU as battery management systems speak it: read requests and answers."""

from collections.abc import Collection, Iterator

from instruments.codecs.frame import FrameError, crc16_modbus, find_frames

READ_HOLDING = 0x03
READ_INPUT = 0x04
_REFUSED = 0x80
_EXTRA = 5


def request(device: int, first: int, count: int, function: int = READ_HOLDING) -> bytes:
    """A request to read `count` registers from `first` on."""
    body = bytes([device, function, *first.to_bytes(2), *count.to_bytes(2)])
    return body + crc16_modbus(body).to_bytes(2, "little")


def answer(device: int, data: bytes, function: int = READ_HOLDING) -> bytes:
    """An answer that carries up to 255 bytes."""
    body = bytes([device, function, len(data)]) + data
    return body + crc16_modbus(body).to_bytes(2, "little")


def length(start: bytes) -> int | None:
    """Length of the answer that begins so; None when that is too short to tell."""
    if len(start) < 3:
        return None
    return _EXTRA if start[1] & _REFUSED else start[2] + _EXTRA


def is_good(frame: bytes) -> bool:
    """Its check sum is right."""
    return crc16_modbus(frame[:-2]).to_bytes(2, "little") == frame[-2:]


def answers(
    stream: bytes, device: int, functions: Collection[int] = (READ_HOLDING,)
) -> Iterator[bytes]:
    """Whole answers of one device, head and check sum included, in order.

    Raises:
        FrameError: The device answered that it refuses.
    """
    for function in functions:
        head = bytes([device, function])
        yield from find_frames(stream, head=head, length=length, good=is_good)
        head = bytes([device, function | _REFUSED])
        for frame in find_frames(stream, head=head, length=length, good=is_good):
            raise FrameError(f"the device refuses the request, code {frame[2]}")


def pages(
    stream: bytes, device: int, functions: Collection[int] = (READ_HOLDING,)
) -> dict[int, bytes]:
    """Answers of one device by the number of bytes they carry.

    Raises:
        FrameError: There is none, or the device refuses.
    """
    found = {frame[2]: frame for frame in answers(stream, device, functions)}
    if not found:
        raise FrameError("no whole answer with a right check sum")
    return found
