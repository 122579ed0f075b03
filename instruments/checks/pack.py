"""The cells of a pack against the whole, as a BMS reports them."""

import numpy as np

from instruments.checks.facts import Facts
from instruments.checks.outcome import Check, Severity
from instruments.recording import Recording

# wiring, fuse and switches take their share under load
_SUM_AGREES = 0.02
_SUM_WRONG = 0.1
_DEAD_CELL_V = 0.5


def cell_sum(recording: Recording, facts: Facts) -> Check | None:
    """The cells' sum against the voltages that the recording passes through.

    When the cells were read is not known: before, during or after. Cells beside a
    dead one do not add up, nor do those behind a switch that is open; both must be
    heard of, so that neither forbids sending the reading.
    """
    if not facts.cells_v:
        return None
    total = float(np.sum(facts.cells_v))
    lowest = float(np.min(recording.voltage_v))
    highest = float(np.max(recording.voltage_v))
    is_off = highest < _DEAD_CELL_V
    nearest = min(max(total, lowest), highest)
    off = 1.0 if is_off else abs(total / max(nearest, _DEAD_CELL_V) - 1)
    severity = Severity.OK if off <= _SUM_AGREES else Severity.WARN
    if off > _SUM_WRONG and not is_off and not _dead(facts):
        severity = Severity.REFUSE
    return Check(
        code="cell_sum",
        severity=severity,
        sentence=f"The {len(facts.cells_v)} cells add up to {total:.2f} V, the pack "
        f"has {lowest:.2f} to {highest:.2f} V.",
    )


def dead_cell(facts: Facts) -> Check | None:
    """A cell at next to nothing is broken, or its wire is: no imbalance.

    The registry has to hear of it, so that it never forbids sending the reading.
    """
    if not facts.cells_v:
        return None
    dead = _dead(facts)
    if not dead:
        return Check(
            code="dead_cell", severity=Severity.OK, sentence="Every cell has a voltage."
        )
    named = ", ".join(str(number) for number in dead)
    return Check(
        code="dead_cell",
        severity=Severity.WARN,
        sentence=f"Cell {named} has less than {_DEAD_CELL_V} V: it is dead or its wire "
        "is broken. This is no imbalance: set the pack aside and look at the cell.",
    )


def _dead(facts: Facts) -> list[int]:
    """Numbers, from 1, of the cells that have next to nothing."""
    return [n for n, volts in enumerate(facts.cells_v, 1) if volts < _DEAD_CELL_V]
