"""Super-B Epsilon: messages of fixed length, sent unasked, without a check sum.

With nothing to check, a charge or health above 100 % and a voltage no pack has are
refused. Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, page, read
from instruments.codecs.frame import FrameError, checked, finite

FAMILY, V2_FAMILY = "superb", "superb_v2"
_LENGTH, _V2_LENGTH = 20, 24
_V2_STATE, _V2_VALUES = 0x00, 0x02
_UNKNOWN_TIME = 0xFFFFFFFF
_HIGHEST_V, _HIGHEST_A = 150, 1000


def _lowest_bit_clear(raw: int) -> int:
    return raw & 1 ^ 1


def _top_bit(raw: int) -> int:
    return raw >> 7


_TABLE = (
    Field("problem_code", 1, 1, make=_lowest_bit_clear),
    Field("balancing", 1, 1, make=_top_bit),
    Field("soc_pct", 2, 1),
    Field("soh_pct", 3, 1),
    Field("runtime_s", 4, 4),
)
_V2_TABLE = (
    Field("current_a", 6, 4, page=_V2_VALUES, per=1000, signed=True),
    Field("voltage_v", 10, page=_V2_VALUES, per=1000),
    Field("soc_pct", 1, 1, page=_V2_STATE),
    Field("cycles", 18, 1, page=_V2_STATE),
    Field("soh_pct", 19, 1, page=_V2_STATE),
    Field("runtime_s", 20, 4, page=_V2_STATE),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the last message of the first version says; one chunk is one message.

    Raises:
        FrameError: There is none, or its values cannot be.
    """
    found = [chunk for chunk in checked(chunks) if len(chunk) == _LENGTH]
    if not found:
        raise FrameError(f"no message of {_LENGTH} bytes")
    told = read(found[-1], _TABLE)
    told["current_a"] = round(finite(found[-1], 8, ">f"), 3)
    told["voltage_v"] = round(finite(found[-1], 12, ">f"), 3)
    if told["current_a"] >= 0:
        del told["runtime_s"]
    return make_claim(FAMILY, _plausible(told))


def decode_v2(chunks: Sequence[bytes]) -> BmsClaim:
    """What the last two kinds of message of version 2 say.

    Raises:
        FrameError: One is missing, or its values cannot be.
    """
    pages = {chunk[0]: chunk for chunk in checked(chunks) if len(chunk) == _V2_LENGTH}
    page(pages, _V2_VALUES)
    told = read(pages, _V2_TABLE)
    if told["runtime_s"] == _UNKNOWN_TIME:
        del told["runtime_s"]
    return make_claim(V2_FAMILY, _plausible(told))


def _plausible(told: dict[str, Any]) -> dict[str, Any]:
    lawful = (
        told["soc_pct"] <= 100
        and told["soh_pct"] <= 100
        and 0 <= told["voltage_v"] <= _HIGHEST_V
        and abs(told["current_a"]) <= _HIGHEST_A
    )
    if not lawful:
        raise FrameError("values that no pack has")
    return told
