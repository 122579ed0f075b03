"""Is a reading to be believed? What is known at the station, held against it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from instruments.capacity import Declared
from instruments.checks import Check, Facts, Severity, run_checks, run_fact_checks
from instruments.conditions import condition_notes
from instruments.reading import Reading, ReadingError
from instruments.recording import Recording
from instruments.station.checklist import declared_label
from instruments.station.measurement import Beside
from instruments.station.profile import Profile

# what a lithium cell can have says nothing about these
_NOT_LITHIUM = frozenset({"lead_acid", "sodium_ion", "nimh"})
_HINTS = {
    "calibration": "Have the instrument calibrated and put the day into the profile.",
    "cell_sum": "Are the cells those of this pack?",
    "cell_voltage": "Check label_nominal_voltage_v and cell_count_series.",
}
_HINT = "Measure again; of a log without time, state --frame-period-s."


def known_facts(
    checklist: Mapping[str, Any],
    profile: Profile,
    beside: Beside,
    *,
    tested_at: datetime,
) -> Facts:
    """What the checks may hold a reading against.

    Args:
        checklist: The inspector's fields.
        profile: The station; its calibration is that of its own instrument.
        beside: What other instruments gave.
        tested_at: Aware; its day is the one at its own offset.

    Raises:
        ChecklistError: The label's entries are no numbers above zero.
    """
    label = declared_label(checklist)
    is_lithium = checklist.get("chemistry") not in _NOT_LITHIUM
    instrument = checklist.get("instrument_id", profile.instrument_id)
    is_own = instrument == profile.instrument_id
    return Facts(
        nominal_v=label.nominal_v if is_lithium else None,
        cells_in_series=label.cells_in_series if is_lithium else None,
        cells_v=beside.cells_v,
        resistances_mohm=beside.resistances_mohm,
        calibrated_on=profile.calibrated_on if is_own else None,
        measured_on=tested_at.date(),
    )


def find_doubts(
    recording: Recording, reading: Reading, facts: Facts, declared: Declared
) -> tuple[Check, ...]:
    """What the operator has to be told of a reading that may be sent.

    Raises:
        ReadingError: ``unbelievable``: a check forbids sending it.
    """
    told = _not_refused(run_checks(recording, facts))
    notes = condition_notes(
        reading.validity, reading.temperature_range_c, reading.c_rate, declared
    )
    return (
        *told,
        *(_warning("conditions", note) for note in notes),
        *(_warning("reader", text) for text in recording.warnings),
    )


def find_fact_doubts(facts: Facts) -> tuple[Check, ...]:
    """The same of a reading without a recording.

    Raises:
        ReadingError: ``unbelievable``: a check forbids sending it.
    """
    return _not_refused(run_fact_checks(facts))


def _not_refused(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The warnings among these checks.

    Raises:
        ReadingError: One of them forbids sending the reading.
    """
    refused = [c for c in checks if c.severity is Severity.REFUSE]
    if refused:
        message = " ".join(f"{check.code}: {check.sentence}" for check in refused)
        hints = dict.fromkeys(_HINTS.get(check.code, _HINT) for check in refused)
        raise ReadingError("unbelievable", message, " ".join(hints))
    return tuple(check for check in checks if check.severity is Severity.WARN)


def _warning(code: str, sentence: str) -> Check:
    return Check(code=code, severity=Severity.WARN, sentence=sentence)
