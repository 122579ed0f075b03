"""JK (Jikong) on the cable: ``4E 57`` frames that carry a list of tagged values.

After the head come the length (from itself on), the terminal, command, source
and type; then tags with values of known width; then a record number, ``68`` and
the sum of all before it in four bytes. Tags: github.com/syssi/esphome-jk-bms
(Apache-2.0; facts only). No tag tells a state of health.
"""

from collections.abc import Sequence
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Place, Temperature, make_claim
from instruments.codecs.frame import FrameError, find_frames, join, need, sum16, text

FAMILY = "jk_uart"
HEAD = b"NW"
READ_ALL = 0x06
_START, _TRAILER = 11, 9
_CELLS = 0x79
_PER_CELL = 3
_WIDTHS = {
    **dict.fromkeys((0x80, 0x81, 0x82, 0x83, 0x84, 0x87, 0x8A, 0x8B, 0x8C), 2),
    **dict.fromkeys((0x8E, 0x8F, *range(0x90, 0x9D), 0x9E, 0x9F), 2),
    **dict.fromkeys(range(0xA0, 0xA9), 2),
    **dict.fromkeys((0xAD, 0xB0), 2),
    **dict.fromkeys((0x85, 0x86, 0x9D, 0xA9, 0xAB, 0xAC, 0xAE, 0xAF), 1),
    **dict.fromkeys((0xB1, 0xB3, 0xB8, 0xC0), 1),
    **dict.fromkeys((0x89, 0xAA, 0xB5, 0xB6, 0xB9), 4),
    0xB2: 10,
    0xB4: 8,
    0xB7: 15,
    0xBA: 24,
}
_HOTTEST = 100
_NO_CURRENT = 10_000


def request() -> bytes:
    """The request for everything; reads and changes nothing."""
    return _frame(command=READ_ALL, source=3, kind=0, data=b"\0")


def answer(data: bytes) -> bytes:
    """An answer that carries tagged values."""
    return _frame(command=READ_ALL, source=0, kind=1, data=data)


def length(start: bytes) -> int | None:
    """Length of the frame that begins so; None when that is too short to tell."""
    return 2 + int.from_bytes(start[2:4]) if len(start) > 3 else None


def is_good(frame: bytes) -> bool:
    """Marks and check sum are right."""
    enough = len(frame) >= _START + _TRAILER
    return enough and frame[-5] == 0x68 and sum16(frame[:-4]) == _sum_of(frame)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the last whole answer says.

    Raises:
        FrameError: There is none, or its list is broken.
    """
    stream = join(chunks)
    found = list(find_frames(stream, head=HEAD, length=length, good=is_good))
    if not found:
        raise FrameError("no whole frame of JK with a right check sum")
    return decode_tags(found[-1][_START:-_TRAILER])


def decode_tags(data: bytes) -> BmsClaim:
    """What a list of tagged values says.

    Raises:
        FrameError: A tag is unknown or the list ends inside a value, or it
            lacks voltage, current or charge.
    """
    tags = _split(data)
    for tag in (_CELLS, 0x83, 0x84, 0x85):
        if tag not in tags:
            raise FrameError(f"value {tag:#04x} is missing")
    numbers = {tag: int.from_bytes(value) for tag, value in tags.items()}
    version = numbers.get(0xC0, 0)
    told: dict[str, Any] = {
        "cells_v": _cells(tags[_CELLS]),
        "voltage_v": numbers[0x83] / 100,
        "current_a": _current(numbers[0x84], version),
        "soc_pct": numbers[0x85],
        "rated_ah": numbers.get(0xAA),
        "cycles": numbers.get(0x87),
        "problem_code": numbers.get(0x8B),
        "temperature_count": numbers.get(0x86),
        "temperatures": _temperatures(numbers),
        "model": _text(tags, 0xB4),
        "serial": _text(tags, 0xBA),
        "software": _text(tags, 0xB7),
        "made_on": _month(_text(tags, 0xB5)),
    }
    if 0x8C in numbers:
        state = numbers[0x8C]
        told["charge_on"], told["discharge_on"] = bool(state & 1), bool(state & 2)
        told["balancing"] = state >> 2 & 1
    return make_claim(FAMILY, told)


def encode(claim: BmsClaim) -> bytes:
    """The tagged values that say this; for simulators."""
    volts = b"".join(
        bytes([number]) + round(value * 1000).to_bytes(2)
        for number, value in enumerate(claim.cells_v, start=1)
    )
    current = round(abs(claim.current_a or 0.0) * 100)
    if (claim.current_a or 0.0) >= 0:
        current |= 0x8000
    switches = bool(claim.charge_on) | bool(claim.discharge_on) << 1
    sensors = [_raw_temperature(one.value_c) for one in claim.temperatures[:3]]
    data = bytes([_CELLS, len(volts)]) + volts
    for tag, number in zip((0x80, 0x81, 0x82), sensors, strict=False):
        data += bytes([tag]) + number.to_bytes(2)
    data += b"\x83" + round((claim.voltage_v or 0.0) * 100).to_bytes(2)
    data += b"\x84" + current.to_bytes(2)
    data += bytes([0x85, round(claim.soc_pct or 0), 0x86, len(sensors)])
    data += b"\x87" + (claim.cycles or 0).to_bytes(2)
    data += b"\x8a" + len(claim.cells_v).to_bytes(2)
    data += b"\x8b" + (claim.problem_code or 0).to_bytes(2)
    data += b"\x8c" + switches.to_bytes(2)
    data += b"\xaa" + round(claim.rated_ah or 0).to_bytes(4)
    data += b"\xba" + (claim.serial or "").encode().ljust(24, b"\0")[:24]
    return data + b"\xc0\x01"


def _split(data: bytes) -> dict[int, bytes]:
    tags: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag, at = data[at], at + 1
        if tag == _CELLS:
            size = need(data, at + 1)[at]
            at += 1
        elif tag in _WIDTHS:
            size = _WIDTHS[tag]
        else:
            raise FrameError(f"value {tag:#04x} is unknown, its width too")
        tags[tag] = need(data, at + size)[at : at + size]
        at += size
    return tags


def _cells(data: bytes) -> tuple[float, ...]:
    if not data or len(data) % _PER_CELL:
        raise FrameError(f"{len(data)} bytes are no whole cells")
    groups = [data[at : at + _PER_CELL] for at in range(0, len(data), _PER_CELL)]
    if [group[0] for group in groups] != list(range(1, len(groups) + 1)):
        raise FrameError("the cells are not numbered in order")
    return tuple(int.from_bytes(group[1:]) / 1000 for group in groups)


def _current(raw: int, version: int) -> float:
    """Version 1: the top bit is set when charging; before, counted from 10000."""
    if version == 0:
        return (_NO_CURRENT - raw) / 100
    amps = (raw & 0x7FFF) / 100
    return amps if raw & 0x8000 else -amps


def _temperatures(numbers: dict[int, int]) -> tuple[Temperature, ...]:
    places = {0x80: Place.MOSFET, 0x81: Place.CELL, 0x82: Place.CELL}
    return tuple(
        Temperature(value_c=_celsius(numbers[tag]), place=place)
        for tag, place in places.items()
        if tag in numbers
    )


def _celsius(raw: int) -> float:
    """Above 100 the number stands for what lies below zero."""
    return float(raw if raw <= _HOTTEST else _HOTTEST - raw)


def _raw_temperature(value_c: float) -> int:
    whole_c = round(value_c)
    return whole_c if whole_c >= 0 else _HOTTEST - whole_c


def _text(tags: dict[int, bytes], tag: int) -> str | None:
    return text(tags[tag]) or None if tag in tags else None


def _month(shown: str | None) -> str | None:
    """``2101`` is January 2021."""
    if shown is None or len(shown) != 4 or not shown.isdecimal():
        return None
    return f"20{shown[:2]}-{shown[2:]}" if 1 <= int(shown[2:]) <= 12 else None


def _sum_of(frame: bytes) -> int:
    return int.from_bytes(frame[-4:])


def _frame(*, command: int, source: int, kind: int, data: bytes) -> bytes:
    body = bytes(4) + bytes([command, source, kind]) + data + bytes(4) + b"\x68"
    start = HEAD + (len(body) + 6).to_bytes(2) + body
    return start + sum16(start).to_bytes(4)
