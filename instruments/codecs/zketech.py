"""ZKETECH EBC battery testers: the 19-byte reports they stream.

Every frame is ``FA payload check F8``. Numbers take two bytes of base 240, so
that no digit looks like a frame mark. Sources of the facts: the frame tables of
github.com/cnrd/ebc-battery-tester (EBC-A20), github.com/antoine40watts/ebc_b20h_py
(EBC-B20H) and its log of 257 real frames, which settled two points: the check
byte is the XOR of the payload modulo 240, and in voltage and charge a value of
32768 or more means ten times what lies above 32768.

First payload byte: 0..2 idle, 10..12 active, 20..22 ended by its own limit;
plus 100 for the firmware report that is interleaved for about 15 s after
connecting (100..102 and 110..112: same measured values, but the three settings
hold the firmware version and constants). The units' digit is the mode.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import xor

from instruments.codecs import frame as frames

# the name by which this codec's users know it
FrameError = frames.FrameError

START = 0xFA
END = 0xF8
REPORT_LENGTH = 19
EBC_B20H = 0x1C
BASE = 240
_COARSE = 32768
MAX_WORD = BASE * BASE - 1


class EbcState(StrEnum):
    """What the tester is doing."""

    IDLE = "idle"
    ACTIVE = "active"
    ENDED = "ended"
    UNKNOWN = "unknown"


class EbcMode(StrEnum):
    """What the tester is set to do.

    Mode 1 is constant-power discharge on the A models; the EBC-B20H has none
    and reports the charge by an outside charger there.
    """

    DISCHARGE_CURRENT = "discharge_current"
    DISCHARGE_POWER = "discharge_power"
    CHARGE = "charge"
    UNKNOWN = "unknown"


_STATES = {0: EbcState.IDLE, 1: EbcState.ACTIVE, 2: EbcState.ENDED}


@dataclass(frozen=True, kw_only=True, slots=True)
class EbcFrame:
    """One report, kept as the integers on the wire so that nothing is lost.

    Build one from physical values with `make_frame`. The properties give SI
    values; currents are magnitudes, as the wire has no sign.

    Args:
        state_byte: First payload byte, 0..239.
        current_raw: 10 mA.
        voltage_raw: mV, or 10 mV above 32768.
        capacity_raw: mAh, or 10 mAh above 32768.
        spare_raw: Always 0 in real frames.
        set_raw: 10 mA (W in constant power); firmware version in a firmware report.
        cutoff_raw: 10 mV.
        limit_raw: Minutes, 0 for none; in a charge the end current in 10 mA.
        device_type: Model, 0x09 EBC-A20, 0x1c EBC-B20H.
    """

    state_byte: int
    current_raw: int
    voltage_raw: int
    capacity_raw: int
    spare_raw: int = 0
    set_raw: int = 0
    cutoff_raw: int = 0
    limit_raw: int = 0
    device_type: int = EBC_B20H

    def __post_init__(self) -> None:
        """Refuse what the wire cannot carry.

        Raises:
            FrameError: A byte is not 0..239 or a word not 0..57599.
        """
        if not (0 <= self.state_byte < BASE and 0 <= self.device_type < BASE):
            raise FrameError("state and device type are bytes of 0 to 239")
        if not all(0 <= word <= MAX_WORD for word in self.words):
            raise FrameError(f"a value does not fit in 0 to {MAX_WORD}")

    @property
    def words(self) -> tuple[int, ...]:
        """The seven words in the order of the wire."""
        measured = (self.current_raw, self.voltage_raw, self.capacity_raw)
        return (
            *measured,
            self.spare_raw,
            self.set_raw,
            self.cutoff_raw,
            self.limit_raw,
        )

    @property
    def is_firmware_report(self) -> bool:
        """The settings of this report are version and constants."""
        return self.state_byte >= 100

    @property
    def state(self) -> EbcState:
        """Idle, active, or ended by its own limit."""
        running = self.state_byte - (100 if self.is_firmware_report else 0)
        return _STATES.get(running // 10, EbcState.UNKNOWN)

    @property
    def mode(self) -> EbcMode:
        """Discharge or charge."""
        digit = self.state_byte % 10
        if digit == 1 and self.device_type != EBC_B20H:
            return EbcMode.DISCHARGE_POWER
        modes = {0: EbcMode.DISCHARGE_CURRENT, 1: EbcMode.CHARGE, 2: EbcMode.CHARGE}
        return modes.get(digit, EbcMode.UNKNOWN)

    @property
    def current_a(self) -> float:
        """Magnitude of the current."""
        return self.current_raw / 100

    @property
    def voltage_v(self) -> float:
        """Terminal voltage."""
        return _scaled(self.voltage_raw) / 1000

    @property
    def capacity_ah(self) -> float:
        """Charge moved since the start of the run, by the tester's counter."""
        return _scaled(self.capacity_raw) / 1000

    @property
    def set_current_a(self) -> float | None:
        """Set current; None in a firmware report and in constant power."""
        if self.is_firmware_report or self.mode is EbcMode.DISCHARGE_POWER:
            return None
        return self.set_raw / 100

    @property
    def cutoff_v(self) -> float | None:
        """Voltage at which a discharge ends or a charge is held."""
        return None if self.is_firmware_report else self.cutoff_raw / 100

    @property
    def time_limit_min(self) -> int | None:
        """Time limit of a discharge, 0 for none; None where it means another thing."""
        if self.is_firmware_report or self.mode is EbcMode.CHARGE:
            return None
        return self.limit_raw


def check_byte(payload: bytes) -> int:
    """XOR of the payload, modulo 240."""
    return reduce(xor, payload, 0) % BASE


def decode(frame: bytes) -> EbcFrame:
    """One report from its 19 bytes; the exact inverse of `encode`.

    Raises:
        FrameError: Wrong length, marks, digits or check byte.
    """
    if len(frame) != REPORT_LENGTH:
        raise FrameError(f"a report has {REPORT_LENGTH} bytes, not {len(frame)}")
    payload = unwrap(frame)
    words = [word(payload[i], payload[i + 1]) for i in range(1, 15, 2)]
    return EbcFrame(
        state_byte=payload[0],
        current_raw=words[0],
        voltage_raw=words[1],
        capacity_raw=words[2],
        spare_raw=words[3],
        set_raw=words[4],
        cutoff_raw=words[5],
        limit_raw=words[6],
        device_type=payload[15],
    )


def encode(frame: EbcFrame) -> bytes:
    """The 19 bytes of a report."""
    digits = [digit for word in frame.words for digit in divmod(word, BASE)]
    return wrap(bytes([frame.state_byte, *digits, frame.device_type]))


def make_frame(
    *,
    state: EbcState,
    mode: EbcMode,
    voltage_v: float,
    current_a: float = 0.0,
    capacity_ah: float = 0.0,
    set_current_a: float = 0.0,
    cutoff_v: float = 0.0,
    limit_raw: int = 0,
    device_type: int = EBC_B20H,
) -> EbcFrame:
    """A report from physical values, rounded to the tester's resolution.

    Raises:
        FrameError: A value the wire cannot carry, or a state or mode unknown.
    """
    tens = {value: key for key, value in _STATES.items()}.get(state)
    digit = _mode_digit(mode, device_type)
    if tens is None or digit is None:
        raise FrameError(f"the tester has no report for {state} {mode}")
    return EbcFrame(
        state_byte=tens * 10 + digit,
        current_raw=round(current_a * 100),
        # the B20H shows 10 mV from about 30 V and 10 mAh from 10 Ah upwards
        voltage_raw=_unscaled(round(voltage_v * 1000), coarse_from=30000),
        capacity_raw=_unscaled(round(capacity_ah * 1000), coarse_from=10000),
        set_raw=round(set_current_a * 100),
        cutoff_raw=round(cutoff_v * 100),
        limit_raw=limit_raw,
        device_type=device_type,
    )


def unwrap(frame: bytes) -> bytes:
    """The payload of a frame, marks and check byte verified.

    Raises:
        FrameError: Marks missing or check byte wrong.
    """
    if frame[0] != START or frame[-1] != END:
        raise FrameError("the frame marks FA and F8 are missing")
    payload = frame[1:-2]
    if check_byte(payload) != frame[-2]:
        raise FrameError(
            f"check byte is {frame[-2]:#04x}, should be {check_byte(payload):#04x}"
        )
    return payload


def wrap(payload: bytes) -> bytes:
    """A payload between its marks, with its check byte."""
    return bytes([START, *payload, check_byte(payload), END])


def word(high: int, low: int) -> int:
    """A number from its two digits of base 240.

    Raises:
        FrameError: A digit is above 239.
    """
    if high >= BASE or low >= BASE:
        raise FrameError("a digit is above 239")
    return high * BASE + low


def _scaled(raw: int) -> int:
    return raw if raw < _COARSE else (raw - _COARSE) * 10


def _unscaled(value: int, *, coarse_from: int) -> int:
    return value if value < coarse_from else _COARSE + round(value / 10)


def _mode_digit(mode: EbcMode, device_type: int) -> int | None:
    if mode is EbcMode.CHARGE:
        return 1 if device_type == EBC_B20H else 2
    if mode is EbcMode.DISCHARGE_POWER:
        return None if device_type == EBC_B20H else 1
    return 0 if mode is EbcMode.DISCHARGE_CURRENT else None
