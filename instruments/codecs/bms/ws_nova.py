"""Wattstunde Nova Core: one answer ``:…~`` of hexadecimal digits, turned by a key.

The key is the fourth byte. The check at the end does not fit any captured answer,
so that none is made; kind and length must fit instead. Layout:
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
)
from instruments.codecs.frame import FrameError, join, pages_by, text, unhex

FAMILY = "ws_nova"
_KIND = b"\x01\x54"
_KEY_AT = 3
_SHORTEST = 105
_SLOTS, _SENSORS = 16, 4


def _current(raw: int) -> float:
    """Bit 15 says discharging; thousandths."""
    return (raw & 0x7FFF) / 1000 * (-1 if raw >> 15 else 1)


_TABLE = (
    Field("problem_code", 44, mask=0x0FFC),
    Field("current_a", 54, 4, make=_current),
    Field("voltage_v", 62, per=1000),
    Field("cycles", 67),
    Field("soc_pct", 69, 1),
    Field("rated_ah", 70, 4, per=1000),
    Field("remaining_ah", 74, 4, per=1000),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answer says.

    Raises:
        FrameError: It is missing, or its values cannot be.
    """
    answers = _answers(join(chunks))
    data = page(pages_by(answers, lambda _data: 0, "Wattstunde"), 0)
    told = read(data, _TABLE)
    if told["soc_pct"] > 100:
        raise FrameError("values that no pack has")
    told["cells_v"] = used(cells(data, 12, _SLOTS))
    told["temperatures"] = temperatures(
        data, 48, _SENSORS, size=1, minus=40, signed=False
    )
    told["serial"] = text(data[88:107]) or None
    return make_claim(FAMILY, told)


def _answers(stream: bytes) -> Iterator[bytes]:
    for part in stream.split(b":")[1:]:
        digits, mark, _ = part.partition(b"~")
        if not mark:
            continue
        try:
            data = unhex(digits[:-2])
        except FrameError:
            continue
        if len(data) < _SHORTEST:
            continue
        plain = bytes(byte ^ data[_KEY_AT] for byte in data)
        if plain.startswith(_KIND):
            yield plain
