"""MyVolta: messages ``55 55 … 04 04`` sent unasked; 05 makes the next byte plain.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Iterator, Sequence

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import join, pages_by, sum8

FAMILY = "myvolta"
_START, _END, _PLAIN = 0x55, 0x04, 0x05
_LENGTH = 16
_DATA = 7
_CELLS = (0x11, 0x12, 0x13, 0x14)
_SENSORS = (0x24, 0x25, 0x26)
_PROBLEMS = 0xFF00FFFF
_TABLE = (
    Field("voltage_v", 0, page=0x00, per=1000),
    Field("current_a", 2, page=0x00, per=100, signed=True),
    Field("soc_pct", 6, page=0x00, per=10),
    Field("problem_code", 1, 4, page=0x01, mask=_PROBLEMS),
    Field("heater_on", 2, page=0x01, flag=0x8000),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What one round of messages says.

    Raises:
        FrameError: A message is missing or broken.
    """
    messages = (data for data in _unpack(join(chunks)) if _is_good(data))
    pages = pages_by(messages, lambda data: data[1], "MyVolta")
    told = read(pages, _TABLE, order="little", start=_DATA)
    told["cells_v"] = tuple(
        volts
        for kind in _CELLS
        for volts in cells(page(pages, kind), _DATA, 4, order="little")
        # an empty slot, as packs have fewer cells than slots
        if volts
    )
    told["temperatures"] = tuple(
        sensor
        for kind in _SENSORS
        for sensor in temperatures(page(pages, kind), _DATA, 4, per=10, order="little")
    )
    return make_claim(FAMILY, told)


def _is_good(data: bytes) -> bool:
    if len(data) != _LENGTH or (data[0], data[2], data[6]) != (1, 2, 8):
        return False
    return sum8(data[1:-1]) ^ 0xFF == data[-1]


def _unpack(stream: bytes) -> Iterator[bytes]:
    """What stands between start and end marks, both doubled."""
    message = bytearray()
    at = 0
    while at < len(stream):
        pair = stream[at : at + 2]
        if pair == bytes([_START, _START]):
            message.clear()
            at += 2
        elif pair == bytes([_END, _END]):
            yield bytes(message)
            message.clear()
            at += 2
        else:
            at += stream[at] == _PLAIN
            message += stream[at : at + 1]
            at += 1
