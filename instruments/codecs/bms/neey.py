"""Neey balancers (EK, GW): messages ``55 AA 11 01 kind … sum FF``, floats.

A first generation tells cells and balancing, a second the pack too; its software
version tells them apart, and what follows the state lies one byte later. Layout:
github.com/patman15/aiobmsble (Apache-2.0; facts only), the second generation by a
capture of it.
"""

import re
from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Temperature, make_claim
from instruments.codecs.bms.fields import page, used
from instruments.codecs.frame import (
    FrameError,
    find_frames,
    finite,
    join,
    need,
    pages_by,
    sum8,
    text,
)

FAMILY = "neey"
_DEVICE, _VALUES = 0x01, 0x02
_SLOTS, _LONGEST = 24, 300
_STATE_AT = 216
_BALANCING = 5
_PROBLEMS = frozenset({1, 3, 7, 8, 9, 10, 11})


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the values say, laid out as the device's message tells.

    Raises:
        FrameError: One of the two is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x55\xaa\x11\x01",
        length=lambda start: (
            int.from_bytes(start[6:8], "little") if len(start) > 7 else None
        ),
        good=lambda frame: (
            len(frame) > 9 and frame[-1] == 0xFF and sum8(frame[:-2]) == frame[-2]
        ),
    )
    pages = pages_by(frames, lambda frame: frame[4], "Neey")
    device, data = need(page(pages, _DEVICE), 40), need(page(pages, _VALUES), _LONGEST)
    software = text(device[32:40])
    volts = (round(finite(data, 9 + 4 * slot, "<f"), 3) for slot in range(_SLOTS))
    state = data[_STATE_AT]
    told: dict[str, Any] = {
        "model": text(device[8:24]),
        "hardware": text(device[24:32]),
        "software": software,
        "voltage_v": round(finite(data, 201, "<f"), 3),
        "cell_spread_v": round(finite(data, 209, "<f"), 3),
        "cells_v": used(tuple(volts)),
        "problem_code": state if state in _PROBLEMS else 0,
        "balancing": int(state == _BALANCING),
    }
    told.update(_second(data) if _is_second(software) else _first(data))
    return make_claim(FAMILY, told)


def _is_second(software: str) -> bool:
    found = re.fullmatch(r"[A-Z]{2}-([0-9]+)\..*", software)
    if found is None:
        raise FrameError(f"software version {software!r} tells no layout")
    return int(found[1]) >= 2


def _first(data: bytes) -> dict[str, Any]:
    return {
        "balance_current_a": round(finite(data, 217, "<f"), 3),
        "temperatures": _sensors(data, 221, 2),
    }


def _second(data: bytes) -> dict[str, Any]:
    return {
        "balance_current_a": round(finite(data, 218, "<f"), 3),
        "current_a": round(finite(data, 222, "<f"), 3),
        "temperatures": _sensors(data, 226, 4),
        "rated_ah": round(finite(data, 242, "<f"), 3),
        "remaining_ah": round(finite(data, 246, "<f"), 3),
        "soc_pct": round(finite(data, 250, "<f"), 2),
    }


def _sensors(data: bytes, at: int, count: int) -> tuple[Temperature, ...]:
    return tuple(
        Temperature(value_c=round(finite(data, at + 4 * number, "<f"), 3))
        for number in range(count)
    )
