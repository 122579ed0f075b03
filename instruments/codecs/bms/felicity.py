"""Felicity: answers as a JSON object.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

import json
from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Temperature, make_claim
from instruments.codecs.frame import FrameError, join

FAMILY = "felicity"
_VERSION = 1
_ABSENT_CELL, _ABSENT_SENSOR = 0xFFFF, 0x7FFF
_LARGEST = 10**9


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the object says.

    Raises:
        FrameError: It is no such object, or a value is missing or no number.
    """
    document = _document(join(chunks))
    if _number(document, "CommVer") != _VERSION:
        raise FrameError("another version of the protocol")
    soc, rated = (_number(document, "BatsocList", 0, n) for n in (0, 2))
    told: dict[str, Any] = {
        "voltage_v": _number(document, "Batt", 0, 0) / 1000,
        "current_a": _number(document, "Batt", 1, 0) / 10,
        "soc_pct": soc / 100,
        "rated_ah": rated / 1000,
        "remaining_ah": soc * rated / 1e7,
        "cells_v": tuple(
            value / 1000
            for value in _numbers(document, "BatcelList")
            if value != _ABSENT_CELL
        ),
        "temperatures": tuple(
            Temperature(value_c=value / 10)
            for value in _numbers(document, "BtemList")
            if value != _ABSENT_SENSOR
        ),
        "problem_code": _number(document, "Bwarn") + _number(document, "Bfault"),
    }
    serial = document.get("DevSN")
    if isinstance(serial, str):
        told["serial"] = serial[:64]
    return make_claim(FAMILY, told)


def _document(data: bytes) -> dict[str, Any]:
    start = data.find(b"{")
    try:
        found = json.loads(data[start:]) if start >= 0 else None
    except (ValueError, RecursionError) as error:
        raise FrameError("the answer is no JSON object") from error
    if not isinstance(found, dict):
        raise FrameError("the answer is no JSON object")
    return found


def _number(document: dict[str, Any], name: str, *path: int) -> int:
    """An integer of the object, by its name and places in nested lists."""
    value: Any = document.get(name)
    for place in path:
        if not isinstance(value, list) or len(value) <= place:
            raise FrameError(f"{name} is missing")
        value = value[place]
    return _checked(value, name)


def _numbers(document: dict[str, Any], name: str) -> list[int]:
    """The first list of a list of lists."""
    value = document.get(name)
    if not isinstance(value, list) or not value or not isinstance(value[0], list):
        raise FrameError(f"{name} is missing")
    return [_checked(one, name) for one in value[0]]


def _checked(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise FrameError(f"{name} holds something else than a number")
    return value
