"""Time: its order, and the test time against the instrument's own clock."""

import numpy as np

from instruments.checks.facts import Facts
from instruments.checks.outcome import Check, Severity
from instruments.recording import Recording

# a clock of whole seconds says nothing about less
_SHORTEST_S = 60.0
_FEWEST = 3
# share of the records that may be earlier than one before them
_FEW = 0.01
_BLOCKS = 50
_BLOCK_S = 30.0
_AGREE = 0.02
# what a mistaken unit makes of the ratio
_UNITS = {
    1000.0: "milliseconds read as seconds, or the reverse",
    60.0: "minutes read as seconds, or the reverse",
    3600.0: "hours read as seconds, or the reverse",
    86400.0: "days read as seconds, or the reverse",
}
_UNIT_AGREE = 0.05


def time_order(recording: Recording, _facts: Facts) -> Check | None:
    """Time that runs backwards, or stands still inside a step."""
    steps = np.diff(recording.time_s)
    backward = int(np.sum(steps < 0))
    inside = np.ones(len(steps), dtype=bool)
    inside[[step.stop - 1 for step in recording.steps[:-1]]] = False
    repeated = int(np.sum((steps == 0) & inside))
    if backward:
        # a record before its turn costs little; all after a jump back, the reading
        behind = int(np.sum(recording.time_s < recording.forward_s))
        return Check(
            code="time_order",
            severity=Severity.REFUSE if behind > len(steps) * _FEW else Severity.WARN,
            sentence=f"The time runs backwards {backward} times; {behind} records are "
            "earlier than one before them.",
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


def time_against_clock(recording: Recording, _facts: Facts) -> Check | None:
    """The test time against the file's dates: a ratio of 60 or 1000 is a unit.

    Pauses stop the test time and not the clock: blocks of records are compared, by
    their median.
    """
    if recording.clock_s is None or recording.time_assumed:
        return None
    known = np.isfinite(recording.clock_s)
    clock, time = recording.clock_s[known], recording.time_s[known]
    if len(clock) < _FEWEST or np.ptp(clock) < _SHORTEST_S:
        return None
    # a block is long against the clock's whole seconds
    longest = max(float(np.ptp(clock)), float(np.ptp(time)))
    blocks = int(min(_BLOCKS, longest / _BLOCK_S, len(clock) - 1))
    edges = np.linspace(0, len(clock) - 1, blocks + 1).astype(int)
    passed, counted = np.diff(clock[edges]), np.diff(time[edges])
    both = (passed > 0) & (counted > 0)
    if not both.any():
        return None
    return _clock_outcome(float(np.median(passed[both] / counted[both])))


def _clock_outcome(ratio: float) -> Check:
    for factor, meaning in _UNITS.items():
        if abs(max(ratio, 1 / ratio) / factor - 1) <= _UNIT_AGREE:
            return Check(
                code="time_clock",
                severity=Severity.REFUSE,
                sentence=f"The clock runs {ratio:.4g} times as fast as the test time: "
                f"{meaning}.",
            )
    return Check(
        code="time_clock",
        severity=Severity.OK if abs(ratio - 1) <= _AGREE else Severity.WARN,
        sentence=f"The clock runs {ratio:.4f} times as fast as the test time.",
    )
