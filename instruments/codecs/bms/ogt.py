"""Offgridtec Smart Pro: registers by hexadecimal digits, every byte turned by a key.

An answer begins ``+RD,``, which gives the key away; the registers tell the types A
and B apart. Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instruments.codecs.bms.claim import BmsClaim, Temperature, make_claim
from instruments.codecs.frame import FrameError, checked

FAMILY = "ogt"
_ANSWER = re.compile(r"\+RD,([0-9A-F]{2})((?:[0-9A-F]{2}){1,4})\r\n", re.IGNORECASE)
_FIRST_CELL, _LAST_CELL = 63, 48
_ONLY_B = frozenset({9, 10, 13, 15, 18, 23, *range(_LAST_CELL, _FIRST_CELL + 1)})
_CHARGING = 0xFFFF
_KELVIN = 2731.5


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a value stands: its register and divisor."""

    name: str
    register: int
    per: float = 1


_TYPE_A = (
    _Row("soc_pct", 2),
    _Row("remaining_ah", 4, 1000),
    _Row("voltage_v", 8, 1000),
    _Row("current_a", 16, 100),
    _Row("runtime_s", 24, 1 / 60),
    _Row("cycles", 44),
)
_TYPE_B = (
    _Row("voltage_v", 9, 1000),
    _Row("current_a", 10, 1000),
    _Row("soc_pct", 13),
    _Row("remaining_ah", 15, 1000),
    _Row("runtime_s", 18, 1 / 60),
    _Row("cycles", 23),
)
_SENSOR_A, _SENSOR_B = 12, 8


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers say; one chunk is one answer.

    Raises:
        FrameError: A register is missing, or the answers have no one key.
    """
    registers = _registers(chunks)
    is_b = bool(_ONLY_B & registers.keys())
    told: dict[str, Any] = {}
    for row in _TYPE_B if is_b else _TYPE_A:
        if row.register not in registers:
            raise FrameError(f"register {row.register} is missing")
        raw = registers[row.register]
        told[row.name] = raw if row.per == 1 else raw / row.per
    if registers[_TYPE_B[4].register if is_b else _TYPE_A[4].register] == _CHARGING:
        del told["runtime_s"]
    else:
        told["runtime_s"] = round(told["runtime_s"])
    sensor = registers.get(_SENSOR_B if is_b else _SENSOR_A)
    if sensor is not None:
        celsius = round((sensor - _KELVIN) / 10, 3)
        told["temperatures"] = (Temperature(value_c=celsius),)
    told["cells_v"] = _cells(registers) if is_b else ()
    return make_claim(FAMILY, told)


def _registers(chunks: Sequence[bytes]) -> dict[int, int]:
    found: dict[int, int] = {}
    keys = set()
    for chunk in checked(chunks):
        if not chunk:
            continue
        key = chunk[0] ^ ord("+")
        plain = bytes(byte ^ key for byte in chunk).decode("latin-1")
        answer = _ANSWER.fullmatch(plain)
        if answer is not None:
            keys.add(key)
            found[int(answer[1], 16)] = _value(bytes.fromhex(answer[2]))
    if len(keys) != 1:
        raise FrameError("no answers with one key")
    return found


def _value(data: bytes) -> int:
    """Two bytes; a third multiplies, and makes them signed."""
    if len(data) < 3:
        return int.from_bytes(data[:2], "little")
    return int.from_bytes(data[:2], "little", signed=True) * max(data[2], 1)


def _cells(registers: Mapping[int, int]) -> tuple[float, ...]:
    volts = []
    for register in range(_FIRST_CELL, _LAST_CELL - 1, -1):
        if register not in registers:
            break
        volts.append(registers[register] / 1000)
    return tuple(volts)
