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
    """The cells' sum against the pack's voltage at the end of the recording."""
    if not facts.cells_v:
        return None
    total = float(np.sum(facts.cells_v))
    pack = float(recording.voltage_v[-1])
    off = abs(total / pack - 1) if pack > 0 else 1.0
    severity = Severity.OK if off <= _SUM_AGREES else Severity.WARN
    if off > _SUM_WRONG:
        severity = Severity.REFUSE
    return Check(
        code="cell_sum",
        severity=severity,
        sentence=f"The {len(facts.cells_v)} cells add up to {total:.2f} V, the pack "
        f"has {pack:.2f} V.",
    )


def dead_cell(_recording: Recording, facts: Facts) -> Check | None:
    """A cell at next to nothing is broken, or its wire is: no imbalance."""
    if not facts.cells_v:
        return None
    dead = [n for n, volts in enumerate(facts.cells_v, 1) if volts < _DEAD_CELL_V]
    if not dead:
        return Check(
            code="dead_cell", severity=Severity.OK, sentence="Every cell has a voltage."
        )
    named = ", ".join(str(number) for number in dead)
    return Check(
        code="dead_cell",
        severity=Severity.REFUSE,
        sentence=f"Cell {named} has less than {_DEAD_CELL_V} V: it is dead or its wire "
        "is broken.",
    )
