"""The instrument: its fault values, its resolution, its calibration."""

import numpy as np

from instruments.checks.facts import Facts
from instruments.checks.outcome import Check, Severity
from instruments.recording import Floats, Recording, StepKind

# a value that stands for "no value": out of range, open probe, all bits set
_BEYOND = 1e9
_SENTINELS = (
    65535.0,
    65.535,
    6553.5,
    655.35,
    32767.0,
    2147483647.0,
)
# a value this near to its neighbour was passed through, and stands for itself
_PASSED = 0.01
_ABSOLUTE_ZERO_C = -273.0
_HOTTEST_C = 200.0
_MIN_COUNTS = 10
_MIN_VALUES = 8
_SAMPLE = 20_000
_MOVING = {StepKind.CHARGE, StepKind.DISCHARGE}


def sentinels(recording: Recording, facts: Facts) -> Check | None:
    """Values with which instruments say that they have none."""
    found = [
        name
        for name, column in (
            ("voltage", recording.voltage_v),
            ("current", recording.current_a),
        )
        if _has_sentinel(np.abs(column))
    ]
    if recording.temperature_c is not None:
        known = recording.temperature_c[np.isfinite(recording.temperature_c)]
        if ((known <= _ABSOLUTE_ZERO_C) | (known > _HOTTEST_C)).any():
            found.append("temperature")
    if any(mohm <= 0 or mohm >= 1e9 for mohm in facts.resistances_mohm):
        found.append("resistance")
    if not found:
        return Check(
            code="sentinels",
            severity=Severity.OK,
            sentence="No value is one that stands for a fault.",
        )
    severity = Severity.WARN if found == ["temperature"] else Severity.REFUSE
    return Check(
        code="sentinels",
        severity=severity,
        sentence=f"The {' and the '.join(found)} holds a value that stands for a fault "
        "of the instrument (open probe, out of range, no sensor).",
    )


def _has_sentinel(column: Floats) -> bool:
    """Whether a value stands for a fault.

    A pack of 72 V passes through 65.535 V on its way down, between values much
    like it; a fault comes out of nowhere, or is all there is.
    """
    if (column >= _BEYOND).any():
        return True
    suspect = np.isin(column, _SENTINELS)
    if not suspect.any():
        return False
    sound = np.flatnonzero(~suspect)
    rows = np.flatnonzero(suspect)
    after = np.searchsorted(sound, rows)
    passed = np.zeros(len(rows), dtype=bool)
    for place in (after - 1, after):
        inside = (place >= 0) & (place < len(sound))
        near = column[sound[place[inside]]]
        passed[inside] |= np.abs(near / column[rows[inside]] - 1) <= _PASSED
    return not bool(passed.all())


def resolution(recording: Recording, _facts: Facts) -> Check | None:
    """Whether the current is more than ten of the instrument's smallest steps."""
    moving = any(step.kind in _MOVING for step in recording.steps)
    step = _smallest_step(recording.current_a)
    largest = float(np.max(np.abs(recording.current_a)))
    if step is None or largest == 0 or not moving:
        return None
    counts = largest / step
    return Check(
        code="resolution",
        severity=Severity.OK if counts >= _MIN_COUNTS else Severity.WARN,
        sentence=f"The largest current, {largest:.4g} A, is {counts:.0f} of the "
        f"instrument's steps of {step:.3g} A (at least {_MIN_COUNTS}).",
    )


def _smallest_step(column: Floats) -> float | None:
    """The smallest difference between two values; None when all are alike."""
    values = np.unique(column[:: max(len(column) // _SAMPLE, 1)])
    # of few values, the difference is the programme's, not the instrument's
    if len(values) < _MIN_VALUES:
        return None
    steps = np.diff(values)
    scale = float(np.max(np.abs(values)))
    # below this it is how decimals are kept, not how they were measured
    steps = steps[steps > 1e-9 * scale]
    return float(np.min(steps)) if len(steps) else None


def calibration(facts: Facts) -> Check | None:
    """Whether the instrument's calibration still held on the day."""
    if facts.calibrated_on is None or facts.measured_on is None:
        return None
    age = (facts.measured_on - facts.calibrated_on).days
    severity, tail = Severity.OK, "it holds."
    if age > facts.calibration_days:
        severity, tail = Severity.REFUSE, f"it holds {facts.calibration_days} days."
    if age < 0:
        severity, tail = Severity.REFUSE, "that is after the measurement."
    return Check(
        code="calibration",
        severity=severity,
        sentence=f"The instrument was calibrated on {facts.calibrated_on}, {age} days "
        f"before: {tail}",
    )
