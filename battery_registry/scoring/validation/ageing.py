"""Cells that were aged in a laboratory, and when they fall below a limit."""

from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np

from battery_registry.scoring.validation.arrays import Floats
from battery_registry.scoring.validation.isotonic import non_increasing

NO_TIME: Final = "all its times are equal"
"""Why a set whose times tell of no life takes no part."""


class NoReadingError(ValueError):
    """A cell has no reading with a time and a capacity."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cell:
    """The life of one cell, as it was measured.

    Args:
        id: Its name within the set.
        times: When it was measured, not decreasing, in the set's unit of time.
        retention: Capacity against its own first readings, 1 when new.
        ratio: Resistance against its own first readings; NaN where it was not
            measured.
        trend_times: The times again, each once.
        trend: The retention's isotonic regression at ``trend_times``; it never
            rises.
    """

    id: str
    times: Floats
    retention: Floats
    ratio: Floats
    trend_times: Floats
    trend: Floats


def make_cell(*, cell_id: str, times: Floats, retention: Floats, ratio: Floats) -> Cell:
    """Make a cell of its readings, in any order.

    Readings without a time or a capacity are left out. Readings of one time
    count in the regression by their mean.

    Raises:
        NoReadingError: No reading is left.
    """
    known = np.isfinite(times) & np.isfinite(retention)
    if not known.any():
        raise NoReadingError(f"cell {cell_id} has no reading")
    order = np.argsort(times[known], kind="stable")
    sorted_times, measured = times[known][order], retention[known][order]
    trend_times, group, count = np.unique(
        sorted_times, return_inverse=True, return_counts=True
    )
    means = np.bincount(group, weights=measured) / count
    return Cell(
        id=cell_id,
        times=sorted_times,
        retention=measured,
        ratio=ratio[known][order],
        trend_times=trend_times,
        trend=non_increasing(means, count.astype(np.float64)),
    )


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AgeingSet:
    """Cells of one laboratory and one kind.

    Args:
        name: The set's name.
        cells: Its cells.
        chemistry: What its file says of the chemistry.
        time_axis: What its times count: ``efc`` or ``cycle``.
        sha256: SHA-256 of its file, 64 hex digits.
        unread_cells: Names of the cells that its file has, but without a reading
            that has a time and a capacity.
    """

    name: str
    cells: tuple[Cell, ...]
    chemistry: str
    time_axis: str
    sha256: str
    unread_cells: tuple[str, ...] = ()

    @property
    def has_ratio(self) -> bool:
        """Whether resistance was measured over life."""
        return any(bool(np.isfinite(cell.ratio).any()) for cell in self.cells)

    @property
    def has_time(self) -> bool:
        """Whether any time passes in it, in one cell at least."""
        return any(cell.times[-1] > cell.times[0] for cell in self.cells)

    @property
    def readings(self) -> int:
        """How many readings it has."""
        return sum(len(cell.times) for cell in self.cells)


def crossing(cell: Cell, retention: float) -> float:
    """When a cell falls below a retention; infinite if it never does.

    The first time at which the trend is below, drawn back along the straight
    line from the reading before it.
    """
    below = np.flatnonzero(cell.trend < retention)
    if not len(below):
        return inf
    at = int(below[0])
    if at == 0:
        return float(cell.trend_times[0])
    (before, after), (above, under) = (
        cell.trend_times[at - 1 : at + 1],
        cell.trend[at - 1 : at + 1],
    )
    return float(before + (above - retention) / (above - under) * (after - before))


def crossings(ageing: AgeingSet, retention: float) -> Floats:
    """When each cell of a set falls below a retention."""
    return np.array([crossing(cell, retention) for cell in ageing.cells])


def life(times: Floats) -> float | None:
    """The median of the finite crossings, None when there is none."""
    finite = times[np.isfinite(times)]
    return float(np.median(finite)) if len(finite) else None
