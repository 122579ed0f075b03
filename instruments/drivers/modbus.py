"""Driver for instruments that speak Modbus RTU, by a map of their registers.

A map is a JSON object::

    {"maker": "EA", "model": "EL 9080", "device": 1, "function": 3,
     "values": [{"name": "voltage_v", "register": 507, "words": 1,
                 "per": 100, "signed": false}]}

Only the functions that read are known here. Works over a serial line and, with
the same framing, over TCP.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from instruments.codecs.bms import modbus
from instruments.codecs.frame import FrameError, find_frames
from instruments.drivers.interface import DriverError, Identity, Line, Measured, Port
from instruments.drivers.talk import PortDriver

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FUNCTIONS = (modbus.READ_HOLDING, modbus.READ_INPUT)
_MOST_VALUES = 64
_LARGEST_FILE = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterValue:
    """One value of a map.

    Args:
        name: What it is called, unit included.
        register: Its first register, 0 to 65535.
        words: Registers it takes, high word first, 1 or 2.
        per: The value is the number divided by this.
        signed: Two's complement.
    """

    name: str
    register: int
    words: int = 1
    per: float = 1.0
    signed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterMap:
    """Which registers of which device hold what."""

    device: int
    function: int
    values: tuple[RegisterValue, ...]
    maker: str = ""
    model: str = ""


class ModbusDriver(PortDriver):
    """An instrument by its map.

    Args:
        port: Open already.
        registers: The map.
        timeout_s: Longest wait for an answer.
    """

    name: ClassVar[str] = "modbus"
    line: ClassVar[Line] = Line(baud=9600)

    def __init__(
        self, port: Port, *, registers: RegisterMap, timeout_s: float = 2.0
    ) -> None:
        """Take over the port; see the class."""
        super().__init__(port, timeout_s=timeout_s)
        self._map = registers

    def identify(self) -> Identity:
        """See `Driver`; Modbus tells no name, so one value must answer."""
        self._value(self._map.values[0])
        return Identity(maker=self._map.maker, model=self._map.model)

    def measure(self) -> Measured:
        """See `Driver`."""
        values = {row.name: self._value(row) for row in self._map.values}
        return Measured(
            driver=self.name,
            instrument=Identity(maker=self._map.maker, model=self._map.model),
            voltage_v=values.pop("voltage_v", None),
            current_a=values.pop("current_a", None),
            values=values,
        )

    def _value(self, row: RegisterValue) -> float:
        device, function = self._map.device, self._map.function
        size = 2 * row.words

        def find(heard: bytes) -> bytes | None:
            _check_refusal(heard, device, function)
            head = bytes([device, function, size])
            found = find_frames(
                heard, head=head, length=modbus.length, good=modbus.is_good
            )
            return next(found, None)

        request = modbus.request(device, row.register, row.words, function)
        data = self._query(request, find)[3:-2]
        return int.from_bytes(data, signed=row.signed) / row.per


def _check_refusal(heard: bytes, device: int, function: int) -> None:
    refusals = find_frames(
        heard,
        head=bytes([device, function | 0x80]),
        length=modbus.length,
        good=modbus.is_good,
    )
    for frame in refusals:
        raise FrameError(f"the request is refused, code {frame[2]}")


def read_map(path: Path) -> RegisterMap:
    """A map from its file.

    Raises:
        DriverError: ``bad_map``, with the field at fault.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _bad("the file is too large")
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _bad(f"{path.name}: {error}") from error
    if not isinstance(document, dict):
        raise _bad("it must be a JSON object")
    return parse_map(document)


def parse_map(document: Mapping[str, Any]) -> RegisterMap:
    """A map from parsed JSON.

    Raises:
        DriverError: ``bad_map``, with the field at fault.
    """
    rows = document.get("values")
    if not isinstance(rows, list) or not 1 <= len(rows) <= _MOST_VALUES:
        raise _bad(f"values must be a list of 1 to {_MOST_VALUES}")
    device = _whole(document, "device", 1, range(1, 248))
    function = _whole(document, "function", modbus.READ_HOLDING, _FUNCTIONS)
    return RegisterMap(
        device=device,
        function=function,
        values=tuple(_row(row) for row in rows),
        maker=str(document.get("maker", ""))[:64],
        model=str(document.get("model", ""))[:64],
    )


def _row(row: object) -> RegisterValue:
    if not isinstance(row, dict):
        raise _bad("a value must be a JSON object")
    name = row.get("name")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise _bad("name must be lower case letters, digits and _")
    per = row.get("per", 1)
    if isinstance(per, bool) or not isinstance(per, (int, float)) or not per > 0:
        raise _bad(f"{name}: per must be a number above 0")
    return RegisterValue(
        name=name,
        register=_whole(row, "register", None, range(65_536)),
        words=_whole(row, "words", 1, (1, 2)),
        per=float(per),
        signed=row.get("signed") is True,
    )


def _whole(
    document: Mapping[str, Any],
    name: str,
    default: int | None,
    lawful: range | tuple[int, ...],
) -> int:
    value = document.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value not in lawful:
        raise _bad(f"{name} is missing or not lawful")
    return value


def _bad(reason: str) -> DriverError:
    return DriverError("bad_map", f"The map cannot be used: {reason}.")
