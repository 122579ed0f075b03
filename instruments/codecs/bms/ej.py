"""E&J (also AG, Chins, LiTime): answers ``:…~`` in hexadecimal digits.

The check is the complement of the sum of the digits; some modules leave it 00, so
that `decode` may be told to do without. Their length still must fit. Layout:
github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Iterator, Sequence

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import (
    Field,
    cells,
    page,
    read,
    temperatures,
    used,
    whole,
)
from instruments.codecs.frame import FrameError, join, pages_by, sum8, unhex

FAMILY = "ej"
_VALUES, _CAPACITY = 0x02, 0x10
_SINGLE_LENGTH = 0x45
_SLOTS = 16
_SHORTEST = 14


def _current(raw: int) -> float:
    """Charging in the upper half, discharging in the lower."""
    return ((raw >> 16) - (raw & 0xFFFF)) / 100


_TABLE = (
    Field("current_a", 44, 4, make=_current),
    Field("problem_code", 52, mask=0x0FFC),
    Field("discharge_on", 52, 1, flag=0x10),
    Field("charge_on", 52, 1, flag=0x20),
    Field("heater_on", 54, 1, flag=0xFF),
    Field("balancing", 55),
    Field("cycles", 57),
    Field("soc_pct", 61, 1),
)


def decode(chunks: Sequence[bytes], *, checked: bool = True) -> BmsClaim:
    """What the answer of values says, and the one of capacity.

    Args:
        chunks: Bytes as they arrived.
        checked: False for modules that leave the check sum 00.

    Raises:
        FrameError: One is missing or broken.
    """
    answers = _answers(join(chunks), checked=checked)
    pages = pages_by(answers, lambda data: data[1] & 0x7F, "E&J")
    data = page(pages, _VALUES)
    told = read(data, _TABLE)
    told["cells_v"] = used(cells(data, 12, _SLOTS))
    # only the first sensor means anything
    told["temperatures"] = temperatures(data, 48, 1, size=1, minus=40, signed=False)
    if len(data) == _SINGLE_LENGTH:
        told["remaining_ah"] = whole(data, 62, 2) / 10
        told["rated_ah"] = whole(data, 66, 2) / 10
    else:
        told["remaining_ah"] = whole(page(pages, _CAPACITY), 7, 2) / 10
    return make_claim(FAMILY, told)


def decode_unchecked(chunks: Sequence[bytes]) -> BmsClaim:
    """`decode` for modules that leave the check sum 00.

    Raises:
        FrameError: An answer is missing or its length wrong.
    """
    return decode(chunks, checked=False)


def _answers(stream: bytes, *, checked: bool) -> Iterator[bytes]:
    for part in stream.split(b":")[1:]:
        digits, mark, _ = part.partition(b"~")
        if not mark or len(digits) < _SHORTEST:
            continue
        try:
            data, size = unhex(digits), int(digits[6:10], 16)
        except (FrameError, ValueError):
            continue
        right = sum8(digits[:-2]) ^ 0xFF == data[-1]
        if size == len(digits) + 2 and (right or not checked):
            yield data
