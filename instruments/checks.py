"""Is a recording to be believed? Each check is one sentence for the operator.

Every check looks at the recording alone; none repairs anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from instruments.capacity import cycle_capacities
from instruments.recording import Recording, Step, StepKind

_AGREE = 0.01
_AGREE_ASSUMED_TIME = 0.05
# beyond a factor like this a unit was mistaken, not a value
_UNIT_MISTAKE = 0.5
# an integral over fewer records says nothing
_MIN_RECORDS = 10
_MAX_VOLTAGE_V = 1000.0
_MIN_CELL_V = 0.1


class Severity(StrEnum):
    """What a check asks of the operator."""

    OK = "ok"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """The outcome of one check.

    Args:
        code: Stable word for programs.
        severity: ``refuse`` means: do not send this reading.
        sentence: What was compared and what came out.
    """

    code: str
    severity: Severity
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """The check as plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "sentence": self.sentence,
        }


def run_checks(recording: Recording) -> tuple[Check, ...]:
    """Every check that this recording allows, in a fixed order."""
    outcomes = (check(recording) for check in _CHECKS)
    return tuple(outcome for outcome in outcomes if outcome is not None)


def is_refused(checks: tuple[Check, ...]) -> bool:
    """Whether a check forbids sending the reading."""
    return any(check.severity is Severity.REFUSE for check in checks)


def _vendor_capacity(recording: Recording) -> Check | None:
    """Our integral per cycle against the vendor's own figure."""
    worst, compared = 0.0, 0
    for cycle in cycle_capacities(recording):
        for ours, theirs in (
            (cycle.charge_ah, cycle.vendor_charge_ah),
            (cycle.discharge_ah, cycle.vendor_discharge_ah),
        ):
            if theirs:
                worst, compared = max(worst, abs(ours / theirs - 1)), compared + 1
    if not compared:
        return None
    return _agreement(
        "vendor_capacity", worst, _AGREE, f"{compared} capacities of the vendor's own"
    )


def _counter(recording: Recording) -> Check | None:
    """The integral of the current against the instrument's counter."""
    if recording.capacity_ah is None:
        return None
    steps = [step for step in recording.steps if step.kind in _SIGNS]
    largest = max((recording.counted_ah(step) or 0.0 for step in steps), default=0.0)
    worst, compared = 0.0, 0
    for step in steps:
        counted = recording.counted_ah(step)
        long_enough = step.stop - step.start >= _MIN_RECORDS
        if counted and counted >= largest / 2 and long_enough:
            ours = recording.integral_ah(slice(step.start, step.stop))
            worst, compared = max(worst, abs(ours / counted - 1)), compared + 1
    if not compared:
        return None
    limit = _AGREE_ASSUMED_TIME if recording.time_assumed else _AGREE
    return _agreement(
        "capacity_counter", worst, limit, f"the counter of {compared} steps"
    )


def _agreement(code: str, worst: float, limit: float, what: str) -> Check:
    severity = Severity.OK if worst <= limit else Severity.WARN
    if worst > _UNIT_MISTAKE:
        severity = Severity.REFUSE
    sentence = f"The integral of the current differs by at most {worst:.2%} from {what}"
    return Check(
        code=code, severity=severity, sentence=f"{sentence} (limit {limit:.0%})."
    )


def _time_order(recording: Recording) -> Check | None:
    """Time that runs backwards, or stands still inside a step."""
    steps = np.diff(recording.time_s)
    backward = int(np.sum(steps < 0))
    inside = np.ones(len(steps), dtype=bool)
    inside[[step.stop - 1 for step in recording.steps[:-1]]] = False
    repeated = int(np.sum((steps == 0) & inside))
    if backward:
        return Check(
            code="time_order",
            severity=Severity.REFUSE if backward > len(steps) / 100 else Severity.WARN,
            sentence=f"The time runs backwards {backward} times.",
        )
    if repeated:
        return Check(
            code="time_order",
            severity=Severity.WARN,
            sentence=f"{repeated} records repeat the time of the one before.",
        )
    return Check(
        code="time_order",
        severity=Severity.OK,
        sentence="The time runs forwards throughout.",
    )


def _current_sign(recording: Recording) -> Check | None:
    """The voltage must fall when a discharge starts, and rise with a charge."""
    right = wrong = 0
    pairs = zip(recording.steps, recording.steps[1:], strict=False)
    for rest, step in pairs:
        if rest.kind is StepKind.REST and step.kind in _SIGNS:
            if _moves_as_called(recording, rest, step):
                right += 1
            else:
                wrong += 1
    if right + wrong == 0:
        return None
    severity = Severity.OK if not wrong else Severity.WARN
    if wrong > right:
        severity = Severity.REFUSE
    return Check(
        code="current_sign",
        severity=severity,
        sentence=f"At {right} of {right + wrong} starts the voltage moves the way "
        "the current is called.",
    )


_SIGNS = {StepKind.CHARGE: 1.0, StepKind.DISCHARGE: -1.0}


def _moves_as_called(recording: Recording, rest: Step, step: Step) -> bool:
    sign = _SIGNS[step.kind]
    # the second record: some testers write one before the load is on
    loaded = min(step.start + 1, step.stop - 1)
    change = recording.voltage_v[loaded] - recording.voltage_v[rest.stop - 1]
    current = float(np.mean(recording.current_a[step.start : step.stop]))
    return bool(change * sign >= 0 and current * sign >= 0)


def _voltage_range(recording: Recording) -> Check | None:
    """Volts that a battery on this kind of instrument can have."""
    lowest = float(np.min(recording.voltage_v))
    highest = float(np.max(recording.voltage_v))
    severity, tail = Severity.OK, "plausible."
    if lowest < _MIN_CELL_V:
        severity, tail = (
            Severity.WARN,
            "no battery, or one that is dead, was connected.",
        )
    if highest > _MAX_VOLTAGE_V:
        severity, tail = Severity.REFUSE, "beyond any pack here; a unit is mistaken."
    return Check(
        code="voltage_range",
        severity=severity,
        sentence=f"The voltage lies between {lowest:.3f} and {highest:.3f} V: {tail}",
    )


_CHECKS: tuple[Callable[[Recording], Check | None], ...] = (
    _vendor_capacity,
    _counter,
    _time_order,
    _current_sign,
    _voltage_range,
)
