"""RoyPow: messages ``EA D1 01 length … xor F5``.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import FrameError, find_frames, join, pages_by, xor8

FAMILY = "roypow"
_HEAD = b"\xea\xd1\x01"
_CELLS, _STATE, _VALUES = 0x02, 0x03, 0x04
_EXTRA = 4
_SHORTEST = 8
_CHARGING = 0xFFFF * 60
_MOST_SENSORS = 8


def _current(raw: int) -> float:
    """The lowest bit of the first byte says discharging; hundredths."""
    return (raw & 0xFFFF) * (-1 if raw >> 16 & 1 else 1) / 100


def _charge(raw: int) -> float:
    """The lower two of four bytes come in the other order; thousandths."""
    low = (raw & 0xFF) << 8 | raw >> 8 & 0xFF
    return (raw & 0xFFFF0000 | low) / 1000


def _seconds(raw: int) -> int:
    return raw * 60


_TABLE = (
    Field("current_a", 6, 3, page=_STATE, make=_current),
    Field("problem_code", 9, 3, page=_STATE),
    Field("temperature_count", 13, 1, page=_STATE),
    Field("charge_on", 24, 1, page=_STATE, flag=4),
    Field("discharge_on", 24, 1, page=_STATE, flag=2),
    Field("soc_pct", 7, 1, page=_VALUES),
    Field("cycles", 9, page=_VALUES),
    Field("remaining_ah", 24, 4, page=_VALUES, make=_charge),
    Field("runtime_s", 30, page=_VALUES, make=_seconds),
    Field("voltage_v", 47, page=_VALUES, per=100),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages 02, 03 and 04 say.

    Raises:
        FrameError: One is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=_HEAD,
        length=lambda start: start[3] + _EXTRA if len(start) > 3 else None,
        good=lambda frame: (
            len(frame) >= _SHORTEST
            and frame[-1] == 0xF5
            and xor8(frame[len(_HEAD) : -2]) == frame[-2]
        ),
    )
    pages = pages_by(frames, lambda frame: frame[5], "RoyPow")
    told = read(pages, _TABLE)
    if told["runtime_s"] == _CHARGING:
        del told["runtime_s"]
    if told["temperature_count"] > _MOST_SENSORS:
        raise FrameError(f"{told['temperature_count']} sensors cannot be")
    volts = page(pages, _CELLS)[9:-2]
    told["cells_v"] = cells(volts, 0, len(volts) // 2)
    told["temperatures"] = temperatures(
        pages[_STATE][:-2],
        14,
        told["temperature_count"],
        size=1,
        minus=40,
        signed=False,
    )
    return make_claim(FAMILY, told)
