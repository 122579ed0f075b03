"""Topband: 112 hexadecimal digits behind a mark, sent unasked, sum of 16 bits.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
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
)
from instruments.codecs.frame import FrameError, join, pages_by, sum16, unhex

FAMILY = "topband"
_MARKS = frozenset({0x5E, 0x83, 0xB0, 0xE8})
_DIGITS = 112
_SLOTS = 16
_TABLE = (
    Field("voltage_v", 0, 4, per=1000),
    Field("current_a", 4, 4, per=1000, signed=True),
    Field("remaining_ah", 8, 4, per=1000),
    Field("cycles", 12),
    Field("soc_pct", 14),
    Field("problem_code", 18, 1),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the last whole message says.

    Raises:
        FrameError: There is none.
    """
    messages = _messages(join(chunks))
    data = page(pages_by(messages, lambda _data: 0, "Topband"), 0)[:-2]
    told = read(data, _TABLE, order="little")
    told["cells_v"] = used(cells(data, 22, _SLOTS, order="little"))
    told["temperatures"] = temperatures(
        data, 16, 1, per=10, minus=2731.5, signed=False, order="little"
    )
    return make_claim(FAMILY, told)


def _messages(stream: bytes) -> Iterator[bytes]:
    for at, byte in enumerate(stream):
        digits = stream[at + 1 : at + 1 + _DIGITS]
        if byte not in _MARKS or len(digits) < _DIGITS:
            continue
        try:
            data = unhex(digits)
        except FrameError:
            continue
        if len(data) * 2 == _DIGITS and sum16(data[:-2]).to_bytes(2) == data[-2:]:
            yield data
