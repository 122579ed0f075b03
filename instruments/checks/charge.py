"""Charge: our integral against the vendor's figures and the instrument's counter."""

from instruments.capacity import cycle_capacities
from instruments.checks.facts import Facts
from instruments.checks.outcome import Check, Severity
from instruments.recording import Recording, StepKind

_AGREE = 0.01
_AGREE_ASSUMED_TIME = 0.05
# beyond a factor like this a unit was mistaken, not a value
_UNIT_MISTAKE = 0.5
# an integral over fewer records says nothing
_MIN_RECORDS = 10
_MOVING = {StepKind.CHARGE, StepKind.DISCHARGE}


def vendor_capacity(recording: Recording, _facts: Facts) -> Check | None:
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


def counter(recording: Recording, _facts: Facts) -> Check | None:
    """The integral of the current against the instrument's counter."""
    if recording.capacity_ah is None:
        return None
    steps = [step for step in recording.steps if step.kind in _MOVING]
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
