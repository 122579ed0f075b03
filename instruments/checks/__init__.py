"""Is a recording to be believed? Each check is one sentence for the operator.

None repairs anything. A check that has nothing to look at says nothing.
"""

from collections.abc import Callable

from instruments.checks.charge import counter, vendor_capacity
from instruments.checks.electrical import cell_voltage, current_sign, voltage_range
from instruments.checks.facts import Facts
from instruments.checks.instrument import calibration, resolution, sentinels
from instruments.checks.outcome import Check, Severity
from instruments.checks.pack import cell_sum, dead_cell
from instruments.checks.times import time_against_clock, time_order
from instruments.recording import Recording

__all__ = [
    "Check",
    "Facts",
    "Severity",
    "is_refused",
    "run_checks",
    "run_fact_checks",
]

_CHECKS: tuple[Callable[[Recording, Facts], Check | None], ...] = (
    vendor_capacity,
    counter,
    time_order,
    time_against_clock,
    current_sign,
    voltage_range,
    cell_voltage,
    cell_sum,
    sentinels,
    resolution,
)
_FACT_CHECKS: tuple[Callable[[Facts], Check | None], ...] = (dead_cell, calibration)


def run_checks(recording: Recording, facts: Facts | None = None) -> tuple[Check, ...]:
    """Every check that this recording allows, in a fixed order.

    Args:
        recording: The recording.
        facts: What is known beside it; nothing when None.
    """
    known = facts or Facts()
    outcomes = (check(recording, known) for check in _CHECKS)
    found = tuple(outcome for outcome in outcomes if outcome is not None)
    return found + run_fact_checks(known)


def run_fact_checks(facts: Facts) -> tuple[Check, ...]:
    """The checks that need no recording, in a fixed order."""
    outcomes = (check(facts) for check in _FACT_CHECKS)
    return tuple(outcome for outcome in outcomes if outcome is not None)


def is_refused(checks: tuple[Check, ...]) -> bool:
    """Whether a check forbids sending the reading."""
    return any(check.severity is Severity.REFUSE for check in checks)
