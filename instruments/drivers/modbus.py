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
from collections.abc import Iterator, Mapping
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
# the pause that ends a frame is 4 ms at 9600 baud
_QUIET_S = 0.02
_MOST_READS = 100
_OUT_OF_STEP = DriverError(
    "out_of_step",
    "The answers do not belong to the questions.",
    "Check cable and settings, then measure again.",
)


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
        """One value; asked once.

        An answer does not say which question it belongs to. One that comes too
        late would be taken for that to the next question, so that a silence ends
        the measurement, and the line must be quiet before anything is asked.
        """
        device, function = self._map.device, self._map.function

        def find(heard: bytes) -> bytes | None:
            first = next(self._frames(heard), None)
            if first is None:
                return None
            if first[1] != function:
                raise FrameError(f"the request is refused, code {first[2]}")
            if first[2] != 2 * row.words:
                raise _OUT_OF_STEP
            return first[3:-2]

        self._wait_for_quiet()
        self._port.write(modbus.request(device, row.register, row.words, function))
        data = self._listen(find)
        return int.from_bytes(data, signed=row.signed) / row.per

    def _wait_for_quiet(self) -> None:
        for _ in range(_MOST_READS):
            if not self._port.read(_QUIET_S):
                return
        raise _OUT_OF_STEP

    def _frames(self, heard: bytes) -> Iterator[bytes]:
        """Answers and refusals of the device, in order."""
        functions = (self._map.function, self._map.function | 0x80)
        return find_frames(
            heard,
            head=bytes([self._map.device]),
            length=modbus.length,
            good=lambda frame: frame[1] in functions and modbus.is_good(frame),
        )


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
