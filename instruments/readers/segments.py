"""Columns to steps: where one ends, what it does, what its counter counted."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from instruments.readers.roles import Resets, kind_of
from instruments.recording import Floats, Step, StepKind

Kinds = npt.NDArray[np.int8]
Starts = npt.NDArray[np.int64]

# below this share of the file's largest current nothing flows
_NO_CURRENT = 0.002
# and below this many amperes, unless the instrument is made for button cells
_NOISE_A = 2e-5
_SIGN_RUNS = 20
_BY_SIGN = {-1: StepKind.DISCHARGE, 0: StepKind.REST, 1: StepKind.CHARGE}


def current_signs(current_a: Floats) -> Kinds:
    """-1, 0 or 1 for each record."""
    largest = float(np.max(np.abs(current_a), initial=0.0))
    threshold = max(_NO_CURRENT * largest, min(_NOISE_A, largest / 2) if largest else 0)
    if largest <= _NOISE_A:
        threshold = largest
    signs = np.where(np.abs(current_a) <= threshold, 0, np.sign(current_a))
    return signs.astype(np.int8)


def starts_of(rows: int, columns: list[pl.Series]) -> Starts:
    """The rows at which one of the columns changes, row 0 among them."""
    changed = np.zeros(rows, dtype=bool)
    changed[:1] = True
    for column in columns:
        differs = column.ne_missing(column.shift(1)).to_numpy()
        changed[1:] |= differs[1:]
    return np.flatnonzero(changed).astype(np.int64)


def split_by_sign(starts: Starts, current_a: Floats) -> Starts:
    """The starts, and those inside a step that both charges and discharges.

    A step whose direction changes often is a pulse test and stays whole.
    """
    signs = current_signs(current_a)
    changes = np.flatnonzero(np.diff(signs)) + 1
    stops = np.append(starts[1:], len(signs))
    both = (np.minimum.reduceat(signs, starts) < 0) & (
        np.maximum.reduceat(signs, starts) > 0
    )
    inside = np.searchsorted(changes, stops) - np.searchsorted(changes, starts)
    split = both & (inside <= _SIGN_RUNS)
    owner = np.searchsorted(starts, changes, side="right") - 1
    return np.union1d(starts, changes[split[owner]]).astype(np.int64)


def kinds_by_state(
    states: pl.Series, starts: Starts, known: dict[str, StepKind]
) -> list[StepKind]:
    """What each step does, by the vendor's word at its first record."""
    words = [str(word or "") for word in states.gather(starts).to_list()]
    table = {word: kind_of(word, known) for word in set(words)}
    return [table[word] for word in words]


def kinds_by_current(starts: Starts, current_a: Floats) -> list[StepKind]:
    """What each step does, by the sign most of its records have."""
    signs = current_signs(current_a).astype(np.int64)
    counts = np.diff(np.append(starts, len(signs)))
    charging = np.add.reduceat((signs > 0).astype(np.int64), starts)
    discharging = np.add.reduceat((signs < 0).astype(np.int64), starts)
    kinds = []
    for up, down, count in zip(charging, discharging, counts, strict=True):
        if up and down:
            kinds.append(StepKind.OTHER)
        elif up + down > count / 2 or (up + down and count <= 2):
            kinds.append(_BY_SIGN[int(np.sign(up - down))])
        else:
            kinds.append(StepKind.REST)
    return kinds


def signed(
    current_a: Floats, kinds: Sequence[StepKind], starts: Starts, notes: list[str]
) -> Floats:
    """Negative in discharges and positive in charges, as the steps' states say.

    Some vendors write amounts only; some call a discharge positive.
    """
    lengths = np.diff(np.append(starts, len(current_a)))
    down, up = (
        np.repeat([kind is wanted for kind in kinds], lengths)
        for wanted in (StepKind.DISCHARGE, StepKind.CHARGE)
    )
    # of the whole: noise about zero and a pulse the other way do not decide
    if current_a[down].sum() <= 0:
        return current_a
    if current_a[up].sum() < 0:
        notes.append("a discharge is positive in this file: every sign was turned")
        return -current_a
    notes.append("the current has no sign: taken from the step's state")
    return np.where(down, -current_a, current_a)


def steps_of(
    starts: Starts,
    rows: int,
    kinds: list[StepKind],
    labels: list[str],
    step: Floats | None,
    cycle: Floats | None,
) -> tuple[Step, ...]:
    """Steps with the numbers that the file gives them, else counted from 1."""
    stops = np.append(starts[1:], rows)
    numbers = np.arange(1, len(starts) + 1) if step is None else step[starts]
    cycles = np.ones(len(starts)) if cycle is None else cycle[starts]
    return tuple(
        Step(
            number=int(number),
            kind=kind,
            label=label,
            start=int(start),
            stop=int(stop),
            cycle=int(cycle_number),
        )
        for number, cycle_number, kind, label, start, stop in zip(
            numbers, cycles, kinds, labels, starts, stops, strict=True
        )
    )


def count_from_step(counter: Floats, starts: Starts, resets: Resets) -> Floats:
    """A counter's absolute advance since the step's start, >= 0.

    A counter that runs on starts a step near where it ended the one before;
    one that was reset starts it near zero.
    """
    first = counter[starts]
    before = np.concatenate([[0.0], counter[starts[1:] - 1]])
    runs_on = np.abs(first - before) <= np.abs(first)
    # the file's first record may already hold a little of its step, or much of
    # what came before the file
    last = counter[starts[1] - 1] if len(starts) > 1 else counter[-1]
    runs_on[0] = abs(first[0]) > 0.02 * abs(last - first[0])
    before[0] = first[0]
    base = np.where(runs_on & (resets is not Resets.STEP), before, 0.0)
    lengths = np.diff(np.append(starts, len(counter)))
    since: Floats = np.abs(counter - np.repeat(base, lengths))
    return since


def join_step_times(step_time_s: Floats, starts: Starts) -> Floats:
    """Test time from a time that starts again at every step.

    What passes between the last record of a step and the start of the next is
    not in the file and counts as nothing.
    """
    back = np.flatnonzero(np.diff(step_time_s) < 0) + 1
    starts = np.union1d(starts[1:], back)
    starts = starts[step_time_s[starts] <= step_time_s[starts - 1]]
    offsets = np.zeros(len(step_time_s))
    offsets[starts] = step_time_s[starts - 1]
    joined: Floats = step_time_s + np.cumsum(offsets)
    return joined
