"""JK (Jikong) over BLE: frames of 300 bytes in three layouts.

``55 AA EB 90``, the kind (02 cells, 03 device), the sum of the first 299 bytes
last. JK02 has 24 or 32 slots, which moves what follows by 32 bytes; the software
version tells (from 11 on 32). JK04, an older balancer, speaks in floats. Layout:
github.com/syssi/esphome-jk-bms and github.com/patman15/aiobmsble (Apache-2.0;
facts only).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Place, Temperature, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, whole
from instruments.codecs.frame import (
    FrameError,
    find_frames,
    finite,
    join,
    pages_by,
    sum8,
    text,
)

FAMILY = "jikong"
FRAME_LENGTH = 300
HEAD = b"\x55\xaa\xeb\x90"
CELLS, DEVICE = 0x02, 0x03
_ABSENT = -2000
_FIRST_32S, _FIRST_SIX_SENSORS, _FIRST_MODE = 11, 14, 15
_LAST_JK04 = 9
_SLOTS_04 = 24
_TABLE = (
    Field("cell_spread_v", 76, per=1000),
    Field("voltage_v", 150, 4, per=1000),
    Field("current_a", 158, 4, per=1000, signed=True),
    Field("problem_code", 166, 4),
    Field("balance_current_a", 170, per=1000, signed=True),
    Field("balancing", 172, 1, mask=0xFF),
    Field("soc_pct", 173, 1),
    Field("remaining_ah", 174, 4, per=1000),
    Field("rated_ah", 178, 4, per=1000),
    Field("cycles", 182, 4),
    Field("soh_pct", 190, 1),
    Field("charge_on", 198, 1, flag=0xFF),
    Field("discharge_on", 199, 1, flag=0xFF),
    Field("temperature_count", 214),
)
# from byte 76 on, 24 slots come 16 bytes earlier, from 144 on 32 bytes earlier
_TABLE_24S = tuple(
    replace(row, at=row.at - (16 if row.at < 144 else 32)) for row in _TABLE
)
_SENSORS_24S = ((130, Place.CELL), (132, Place.CELL), (134, Place.MOSFET))
_SENSORS_32S = (
    (144, Place.MOSFET),
    (162, Place.CELL),
    (164, Place.CELL),
    (254, Place.MOSFET),
    (256, Place.CELL),
    (258, Place.CELL),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What a frame of cells says, with the device's frame if it came.

    Without the device's frame the layout is the one in which the cells sum to
    the pack.

    Raises:
        FrameError: There is no right frame of cells, or the layout stays open.
    """
    frames = find_frames(
        join(chunks),
        head=HEAD,
        length=lambda _start: FRAME_LENGTH,
        good=lambda frame: sum8(frame[:-1]) == frame[-1],
    )
    pages = pages_by(frames, lambda frame: frame[4], "JK")
    data = page(pages, CELLS)
    device = _device(pages[DEVICE]) if DEVICE in pages else {}
    return make_claim(FAMILY, {**_cells(data, device.get("software")), **device})


def _device(data: bytes) -> dict[str, str | None]:
    return {
        "model": text(data[6:22]),
        "hardware": text(data[22:30]),
        "software": text(data[30:38]),
        "made_on": _made_on(text(data[78:86])),
        "serial": text(data[86:97]) or None,
    }


def _made_on(shown: str) -> str | None:
    if re.fullmatch(r"[0-9]{6}", shown) is None:
        return None
    return f"20{shown[:2]}-{shown[2:4]}-{shown[4:]}"


def _cells(data: bytes, software: str | None) -> dict[str, Any]:
    if software is None:
        return _tell_apart(data)
    found = re.match(r"[0-9]+", software)
    if found is None:
        raise FrameError(f"software version {software!r} tells no layout")
    version = int(found.group())
    if version <= _LAST_JK04:
        return _jk04(data)
    return _jk02(data, version)


def _tell_apart(data: bytes) -> dict[str, Any]:
    fitting = [
        told
        for told in (_jk02(data, _FIRST_32S - 1), _jk02(data, _FIRST_32S))
        if _sums(told)
    ]
    if len(fitting) != 1:
        raise FrameError("the layout cannot be told without the device's frame")
    return fitting[0]


def _sums(told: dict[str, Any]) -> bool:
    volts = told["cells_v"]
    return bool(volts) and abs(sum(volts) - told["voltage_v"]) <= 0.01 * sum(volts)


def _jk02(data: bytes, version: int) -> dict[str, Any]:
    wide = version >= _FIRST_32S
    told = read(data, _TABLE if wide else _TABLE_24S, order="little")
    mask = whole(data, 70 if wide else 54, 4, order="little")
    told["cell_count"] = mask.bit_count()
    told["cells_v"] = cells(data, 6, told["cell_count"], order="little")
    told["balancing"] = int(bool(told["balancing"]))
    code = told["problem_code"]
    # the other half of the four bytes is the switches' temperature in 24S
    told["problem_code"] = code & 0xFFFF if wide else code >> 16
    told["temperatures"] = _temperatures(data, version, told["temperature_count"])
    if version >= _FIRST_MODE:
        told["mode"] = data[280]
    return told


def _temperatures(data: bytes, version: int, mask: int) -> tuple[Temperature, ...]:
    sensors: tuple[tuple[int, Place], ...] = _SENSORS_24S
    if version >= _FIRST_32S:
        sensors = _SENSORS_32S
    if _FIRST_32S <= version < _FIRST_SIX_SENSORS:
        sensors = _SENSORS_32S[:4]
    found = []
    for number, (at, place) in enumerate(sensors):
        raw = whole(data, at, 2, order="little", signed=True)
        if mask & 1 << number and raw != _ABSENT:
            found.append(Temperature(value_c=raw / 10, place=place))
    return tuple(found)


def _jk04(data: bytes) -> dict[str, Any]:
    volts = [finite(data, 6 + 4 * slot, "<f") for slot in range(_SLOTS_04)]
    while volts and not volts[-1]:
        volts.pop()
    if not volts:
        raise FrameError("no cell shows a voltage")
    return {
        "cells_v": tuple(round(value, 4) for value in volts),
        "cell_spread_v": round(finite(data, 206, "<f"), 4),
        "balancing": int(bool(data[220])),
        "balance_current_a": round(finite(data, 222, "<f"), 4),
    }
