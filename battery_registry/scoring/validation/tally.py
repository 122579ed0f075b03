"""Counts by cell from which every measure and all its bootstraps follow.

A bootstrap draws cells. With ``m`` the times that each cell was drawn, each
measure is a ratio of sums of counts times ``m``, so a thousand bootstraps are a
few products of matrices.
"""

from dataclasses import dataclass

import numpy as np

from battery_registry.scoring.validation.arrays import Flags, Floats, Ints

MEASURES = ("auroc", "brier", "false_green", "false_omission")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tally:
    """Counts of one score on one set.

    Args:
        wins: By cell of the reading yes and cell of the reading no: pairs in
            which yes scores higher, and half of those with equal scores.
        positives: Readings yes, by cell.
        negatives: Readings no, by cell.
        squared_error: Sum of squared errors by cell; None without calibration.
        green_positives: Readings yes below the green limit, by cell.
        greens: Readings below the green limit, by cell; None without a limit.
    """

    wins: Floats
    positives: Floats
    negatives: Floats
    squared_error: Floats | None
    green_positives: Floats
    greens: Floats | None


def count(
    *,
    cell: Ints,
    score: Ints,
    label: Flags,
    probability: Floats | None,
    green_limit: int | None,
) -> Tally:
    """Count a set's readings by cell.

    Args:
        cell: Which cell, from 0.
        score: The scores, whole.
        label: The answers.
        probability: Calibrated scores, None without calibration.
        green_limit: Below it a score is green, None without a limit.
    """
    cells = int(cell.max()) + 1
    levels, level = np.unique(score, return_inverse=True)
    shape = (cells, len(levels))
    yes, no = np.zeros(shape), np.zeros(shape)
    np.add.at(yes, (cell[label], level[label]), 1.0)
    np.add.at(no, (cell[~label], level[~label]), 1.0)
    below = np.cumsum(no, axis=1) - no / 2
    green = None if green_limit is None else score < green_limit
    error = None if probability is None else (probability - label) ** 2
    return Tally(
        wins=yes @ below.T,
        positives=yes.sum(axis=1),
        negatives=no.sum(axis=1),
        squared_error=_by_cell(cell, cells, error),
        green_positives=np.zeros(cells)
        if green is None
        else np.bincount(cell[green & label], minlength=cells).astype(np.float64),
        greens=_by_cell(
            cell, cells, None if green is None else green.astype(np.float64)
        ),
    )


def _by_cell(cell: Ints, cells: int, amount: Floats | None) -> Floats | None:
    """Sums by cell."""
    if amount is None:
        return None
    return np.bincount(cell, weights=amount, minlength=cells).astype(np.float64)


def measure(tally: Tally, drawn: Floats) -> dict[str, Floats]:
    """The measures for each draw of cells; NaN where one cannot be measured.

    Args:
        tally: The counts.
        drawn: How often each cell was drawn, of shape (draws, cells).
    """
    yes, no = drawn @ tally.positives, drawn @ tally.negatives
    won = ((drawn @ tally.wins) * drawn).sum(axis=1)
    unknown = np.full(len(drawn), np.nan)
    error, greens = tally.squared_error, tally.greens
    green_yes = drawn @ tally.green_positives
    return {
        "auroc": _share(won, yes * no),
        "brier": unknown if error is None else _share(drawn @ error, yes + no),
        "false_green": unknown if greens is None else _share(green_yes, yes),
        "false_omission": unknown
        if greens is None
        else _share(green_yes, drawn @ greens),
    }


def _share(part: Floats, whole: Floats) -> Floats:
    """Part of a whole; NaN of nothing."""
    shares: Floats = np.full(len(part), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def auroc(score: Ints, label: Flags) -> float:
    """Chance that a reading yes scores above a reading no; ties count half.

    Args:
        score: The scores, whole.
        label: The answers, both of which occur.
    """
    cell = np.zeros(len(score), dtype=np.int64)
    tally = count(
        cell=cell, score=score, label=label, probability=None, green_limit=None
    )
    return float(measure(tally, np.ones((1, 1)))["auroc"][0])
