"""What is to be foretold, and the readings from which it has to be."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from battery_registry.scoring.validation.ageing import (
    NO_TIME,
    AgeingSet,
    crossings,
    life,
)
from battery_registry.scoring.validation.arrays import Flags, Floats, Ints

SNAPSHOTS_PER_CELL: Final = 20
FEWEST_CROSSINGS: Final = 3
"""Fewer cells that cross say nothing of a typical life (NASA at 70 %: one)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Foretell that a cell falls below a retention within a horizon.

    Args:
        id: Its name.
        retention_frac: The retention to fall below.
        horizon_lives: The horizon, in typical lives of the cell's own set.
        needs_ratio: Only sets with resistance over life take part.
    """

    id: str
    retention_frac: float
    horizon_lives: float
    needs_ratio: bool


TASKS: Final = (
    Task(id="A80_R", retention_frac=0.80, horizon_lives=0.15, needs_ratio=True),
    Task(id="B70_R", retention_frac=0.70, horizon_lives=0.15, needs_ratio=True),
    Task(id="C50_R", retention_frac=0.50, horizon_lives=0.15, needs_ratio=True),
    Task(id="A80_CAP", retention_frac=0.80, horizon_lives=0.15, needs_ratio=False),
)
"""80 %, 70 % and 50 % (what rule T3 makes red); the last one takes every set."""

WARNING_TASK: Final = Task(
    id="A80_H30", retention_frac=0.80, horizon_lives=0.30, needs_ratio=True
)
"""Where the yellow limit's cost is told: whom it warns in twice the horizon."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Snapshots:
    """Single readings of a set with the answer, one entry an array each.

    Args:
        name: The set's name.
        cell: Which cell, counted from 0 over the cells that have a snapshot.
        time: When.
        retention: The raw capacity retention.
        ratio: The resistance ratio, NaN where it was not measured.
        label: Whether the cell falls below within the horizon.
        crossing: When the cell falls below, infinite if never.
        horizon: The horizon, in the set's unit of time.
        life: The typical life, in the set's unit of time.
        crossing_cells: How many of the set's cells fall below.
    """

    name: str
    cell: Ints
    time: Floats
    retention: Floats
    ratio: Floats
    label: Flags
    crossing: Floats
    horizon: float
    life: float
    crossing_cells: int

    @property
    def cells(self) -> int:
        """How many cells have a snapshot."""
        return int(self.cell.max()) + 1

    def weights(self) -> Floats:
        """Weights that make all cells equal and sum to 1."""
        in_cell = np.bincount(self.cell)
        return 1.0 / (in_cell[self.cell] * self.cells)


def take_snapshots(ageing: AgeingSet, task: Task) -> Snapshots | str:
    """Take a set's snapshots for a task.

    A snapshot is a measured reading before the crossing, not yet below the
    limit, whose answer is known: its cell crosses, or was measured for a horizon
    longer. Of more than ``SNAPSHOTS_PER_CELL`` those nearest to evenly spaced
    times are taken.

    Returns:
        The snapshots, or why the set takes no part.
    """
    if task.needs_ratio and not ageing.has_ratio:
        return "no resistance over life"
    if not ageing.has_time:
        return NO_TIME
    ends = crossings(ageing, task.retention_frac)
    crossed = int(np.isfinite(ends).sum())
    typical = life(ends)
    if typical is None or crossed < FEWEST_CROSSINGS:
        return f"cells that fall below {task.retention_frac:.0%}: {crossed}"
    horizon = task.horizon_lives * typical
    picked = [
        _picked(ageing, index, float(ends[index]), horizon, task.retention_frac)
        for index in range(len(ageing.cells))
    ]
    taking = [index for index, rows in enumerate(picked) if len(rows)]
    if not taking:
        return "no reading has an answer"
    joined = _join(ageing, ends, picked, taking)
    label = joined["crossing"] <= joined["time"] + horizon
    if label.all() or not label.any():
        return "all its readings have the same answer"
    return Snapshots(
        name=ageing.name,
        cell=np.repeat(np.arange(len(taking)), [len(picked[i]) for i in taking]),
        **joined,
        label=label,
        horizon=horizon,
        life=typical,
        crossing_cells=crossed,
    )


def _join(
    ageing: AgeingSet, ends: Floats, picked: list[Ints], taking: list[int]
) -> dict[str, Floats]:
    """The picked readings of all cells, one after the other."""
    cells = ageing.cells
    return {
        "time": np.concatenate([cells[i].times[picked[i]] for i in taking]),
        "retention": np.concatenate([cells[i].retention[picked[i]] for i in taking]),
        "ratio": np.concatenate([cells[i].ratio[picked[i]] for i in taking]),
        "crossing": np.repeat(ends[taking], [len(picked[i]) for i in taking]),
    }


def _picked(
    ageing: AgeingSet, index: int, end: float, horizon: float, limit: float
) -> Ints:
    """Which readings of one cell are its snapshots."""
    cell = ageing.cells[index]
    times = cell.times
    known = np.isfinite(end) | (times + horizon <= times[-1])
    able = np.flatnonzero((times < end) & (cell.retention >= limit) & known)
    if len(able) <= SNAPSHOTS_PER_CELL:
        return able
    offered = times[able]
    wanted = np.linspace(offered[0], offered[-1], SNAPSHOTS_PER_CELL)
    distance = np.abs(offered[np.newaxis, :] - wanted[:, np.newaxis])
    nearest: Ints = able[np.unique(distance.argmin(axis=1))]
    return nearest
