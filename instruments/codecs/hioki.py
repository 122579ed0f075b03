"""Hioki BT3561A, BT3562(A), BT3563(A): SCPI commands and what they answer.

From chapter 8 of the manual BT3562A981-12 (facts only): a reading is
``resistance,voltage`` of fixed width by range, blanks in place of a plus sign
and of leading zeros, as in ``  15.32E-3, 3.85012E+0``. Over the range is 1E+9
and a measurement fault (open probe) 1E+10, written with the mantissa of the
range, so that a plain float makes a thousand million ohms of it. Commands answer
nothing; errors only set bits of ``*ESR?``. The resistance is that of 1 kHz
alternating current, four wires.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from instruments.codecs.frame import FrameError

READ = ":READ?"
FETCH = ":FETCH?"
IDENTIFY = "*IDN?"
EVENTS = "*ESR?"
STATUS = "*STB?"
SETUP = (
    "*CLS",
    ":FUNC RV",
    ":VOLT:RANG 60",
    ":SAMP:RATE MED",
    ":TRIG:SOUR IMM",
    ":INIT:CONT OFF",
)
TERMINATOR = b"\r\n"
MEASURED = 0x01
_OVER, _FAULT = Decimal("1E+9"), Decimal("1E+10")
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(?:\.[0-9]{1,6})?E[+-][0-9]{1,2}")
_HIGHEST_OHM, _HIGHEST_V = Decimal(3200), Decimal(310)
_EVENTS = {
    32: "command_error",
    16: "execution_error",
    8: "device_error",
    4: "query_error",
}
_LONGEST = 80


class Fault(StrEnum):
    """Why a value is missing."""

    OUT_OF_RANGE = "out_of_range"
    PROBE_OPEN = "probe_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class HiokiReading:
    """One answer to ``:READ?`` or ``:FETCH?``.

    Args:
        resistance_ohm: None when `resistance_fault` says why.
        voltage_v: None when `voltage_fault` says why; sign by the probes.
        resistance_fault: None beside a value.
        voltage_fault: None beside a value.
    """

    resistance_ohm: Decimal | None
    voltage_v: Decimal | None
    resistance_fault: Fault | None = None
    voltage_fault: Fault | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HiokiIdentity:
    """What ``*IDN?`` tells; the serial number is always 0, so it is left out."""

    maker: str
    model: str
    firmware: str


def decode_reading(line: bytes) -> HiokiReading:
    """One line, terminators included or not; the digits are kept as they are.

    Raises:
        FrameError: It is no pair of numbers, or one that no instrument shows.
    """
    parts = _line(line).split(",")
    if len(parts) != 2:
        raise FrameError(f"{len(parts)} values, not resistance and voltage")
    ohms, ohms_fault = _value(parts[0], _HIGHEST_OHM)
    volts, volts_fault = _value(parts[1], _HIGHEST_V)
    return HiokiReading(
        resistance_ohm=ohms,
        voltage_v=volts,
        resistance_fault=ohms_fault,
        voltage_fault=volts_fault,
    )


def encode_reading(reading: HiokiReading) -> bytes:
    """A line that says these values; for simulators."""
    ohms = _shown(reading.resistance_ohm, reading.resistance_fault, "E-3", width=10)
    volts = _shown(reading.voltage_v, reading.voltage_fault, "E+0", width=11)
    return f"{ohms},{volts}".encode() + TERMINATOR


def decode_identity(line: bytes) -> HiokiIdentity:
    """Maker, model and firmware of an answer to ``*IDN?``.

    Raises:
        FrameError: It has not four parts or names another maker.
    """
    parts = [part.strip() for part in _line(line).split(",")]
    if len(parts) != 4 or parts[0].upper() != "HIOKI":
        raise FrameError("the answer to *IDN? is not a Hioki's")
    return HiokiIdentity(maker=parts[0], model=parts[1], firmware=parts[3])


def decode_register(line: bytes) -> int:
    """The byte of an answer to ``*ESR?`` or ``*STB?``.

    Raises:
        FrameError: It is no number of 0 to 255.
    """
    shown = _line(line).strip()
    if not re.fullmatch(r"[0-9]{1,3}", shown) or int(shown) > 255:
        raise FrameError(f"{shown!r} is no register")
    return int(shown)


def errors_of(events: int) -> tuple[str, ...]:
    """Names of the errors in an event register; power-on is none."""
    return tuple(name for bit, name in _EVENTS.items() if events & bit)


def _line(line: bytes) -> str:
    if len(line) > _LONGEST:
        raise FrameError(f"the line has {len(line)} characters")
    try:
        return line.decode("ascii").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise FrameError("the line is not ASCII") from error


def _value(shown: str, highest: Decimal) -> tuple[Decimal | None, Fault | None]:
    digits = shown.strip()
    if _NUMBER.fullmatch(digits) is None:
        raise FrameError(f"{shown!r} is no number of this instrument")
    number = Decimal(digits)
    if abs(number) == _FAULT:
        return None, Fault.PROBE_OPEN
    if abs(number) == _OVER:
        return None, Fault.OUT_OF_RANGE
    if abs(number) > highest:
        raise FrameError(f"{digits} is neither a value nor a fault")
    return number, None


def _shown(
    value: Decimal | None, fault: Fault | None, exponent: str, *, width: int
) -> str:
    if value is None:
        power = "E+8" if fault is Fault.OUT_OF_RANGE else "E+9"
        return f"{'10.000' + power:>{width}}"
    shift = 3 if exponent == "E-3" else 0
    places = Decimal("0.01") if shift else Decimal("0.00001")
    mantissa = value.scaleb(shift).quantize(places)
    return f"{f'{mantissa}{exponent}':>{width}}"
