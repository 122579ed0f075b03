"""Voltage and current: sign, range, and the cells that the label promises."""

from itertools import pairwise

import numpy as np

from instruments.checks.facts import Facts
from instruments.checks.outcome import Check, Severity
from instruments.recording import Recording, Step, StepKind

_MAX_VOLTAGE_V = 1000.0
_MIN_CELL_V = 0.1
# outside these a lithium cell is deeply discharged or overcharged, or was counted
# wrongly: 48 V on a label may be 13, 14 or 16 cells
_CELL_V = (2.0, 4.4)
# no lithium cell lives to show this
_IMPOSSIBLE_CELL_V = 5.0
_TYPICAL_CELL_V = 3.6
# of the voltage at the start: more than a load that is let go
_FAR = 0.05
_SIGNS = {StepKind.CHARGE: 1.0, StepKind.DISCHARGE: -1.0}


def current_sign(recording: Recording, _facts: Facts) -> Check | None:
    """The voltage must fall when a discharge starts, and rise with a charge."""
    right = wrong = 0
    pairs = pairwise(recording.steps)
    for rest, step in pairs:
        if rest.kind is StepKind.REST and step.kind in _SIGNS:
            if _moves_as_called(recording, rest, step):
                right += 1
            else:
                wrong += 1
    where = "starts"
    if right + wrong == 0:
        where = "charges and discharges"
        moves = _whole_moves(recording)
        right, wrong = moves.count(True), moves.count(False)
    if right + wrong == 0:
        return None
    severity = Severity.OK if not wrong else Severity.WARN
    if wrong > right:
        severity = Severity.REFUSE
    return Check(
        code="current_sign",
        severity=severity,
        sentence=f"At {right} of {right + wrong} {where} the voltage moves the way "
        "the current is called.",
    )


def _whole_moves(recording: Recording) -> list[bool]:
    """Whether the voltage moves as called, of each phase that moves it far."""
    moves = []
    for phase in recording.phases:
        volts = recording.voltage_v[phase.rows]
        change = float(volts[-1] - volts[0])
        if phase.kind in _SIGNS and abs(change) > _FAR * abs(float(volts[0])):
            moves.append(change * _SIGNS[phase.kind] > 0)
    return moves


def _moves_as_called(recording: Recording, rest: Step, step: Step) -> bool:
    sign = _SIGNS[step.kind]
    # the second record: some testers write one before the load is on
    loaded = min(step.start + 1, step.stop - 1)
    change = recording.voltage_v[loaded] - recording.voltage_v[rest.stop - 1]
    current = float(np.mean(recording.current_a[step.start : step.stop]))
    return bool(change * sign >= 0 and current * sign >= 0)


def voltage_range(recording: Recording, _facts: Facts) -> Check | None:
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


def cell_voltage(recording: Recording, facts: Facts) -> Check | None:
    """The voltage shared among the cells in series, against what lithium can have.

    A pack that is too high or too low is what the registry must hear of; only what
    no cell can have forbids sending the reading.
    """
    if facts.nominal_v is None and facts.cells_in_series is None:
        return None
    cells = facts.cells_in_series
    if cells is None:
        cells = max(round((facts.nominal_v or 0.0) / _TYPICAL_CELL_V), 1)
    lowest = float(np.min(recording.voltage_v)) / cells
    highest = float(np.max(recording.voltage_v)) / cells
    severity, tail = Severity.OK, "as a lithium cell has"
    if lowest < _CELL_V[0]:
        severity, tail = Severity.WARN, f"below {_CELL_V[0]} V: deeply discharged"
    if highest > _CELL_V[1]:
        severity = Severity.WARN
        tail = f"above {_CELL_V[1]} V: overcharged, or not what was declared"
    if highest >= _IMPOSSIBLE_CELL_V:
        severity, tail = Severity.REFUSE, "which no cell has: not what was declared"
    return Check(
        code="cell_voltage",
        severity=severity,
        sentence=f"Shared among {cells} cells in series the voltage lies between "
        f"{lowest:.3f} and {highest:.3f} V, {tail}.",
    )
