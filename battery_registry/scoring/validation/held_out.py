"""A score on each set, with all that is fitted taken from the other sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from battery_registry.scoring.validation import logistic
from battery_registry.scoring.validation.arrays import Flags, Floats, Ints
from battery_registry.scoring.validation.bootstrap import draw, estimate, rounded
from battery_registry.scoring.validation.cards import Score, ValidatedCard
from battery_registry.scoring.validation.logistic import Logistic
from battery_registry.scoring.validation.results import (
    LeftOut,
    Measures,
    SetResult,
    TaskResult,
)
from battery_registry.scoring.validation.tally import MEASURES, count, measure
from battery_registry.scoring.validation.task import Snapshots, Task

MISSED_SHARE: Final = 0.05
"""Share of the training sets' weighted answers yes that may be green."""

Samples = Mapping[str, Floats]
"""A measure's name to its value and bootstraps (``bootstrap.draw``)."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Fitted:
    """What the other sets say.

    Args:
        green_limit: In tenths of a point; None when there is no other set.
        calibration: The curve; None when there is no other set.
    """

    green_limit: int | None
    calibration: Logistic | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scored:
    """A set's snapshots with their scores."""

    snapshots: Snapshots
    score: Ints


def run_task(
    task: Task,
    taking: Sequence[Snapshots],
    left_out: Sequence[LeftOut],
    card: ValidatedCard,
    *,
    bootstraps: int,
    seed: int,
) -> TaskResult:
    """Measure the card, and capacity alone, on every set of a task."""
    drawn = [
        draw(each.name, each.cells, bootstraps=bootstraps, seed=seed) for each in taking
    ]
    whole, fits, scored = _held_out(card.score, taking, drawn)
    alone, _, _ = _held_out(card.capacity_alone, taking, drawn)
    means, means_alone = _mean(whole), _mean(alone)
    leads = [
        lead
        for part, fit in zip(scored, fits, strict=True)
        for lead in _lead(part, fit)
    ]
    return TaskResult(
        id=task.id,
        retention_frac=task.retention_frac,
        horizon_lives=task.horizon_lives,
        sets=tuple(
            _set_result(part, fit, mine, theirs)
            for part, fit, mine, theirs in zip(scored, fits, whole, alone, strict=True)
        ),
        left_out=tuple(left_out),
        mean=_told(means),
        brier_skill=_skill(means, taking),
        lead_median=rounded(float(np.median(leads))) if leads else None,
        lead_tenth=rounded(float(np.percentile(leads, 10))) if leads else None,
        capacity_alone=_told(means_alone),
        difference=_told({name: means[name] - means_alone[name] for name in MEASURES}),
    )


def _held_out(
    score: Score, taking: Sequence[Snapshots], drawn: Sequence[Floats]
) -> tuple[list[Samples], list[Fitted], list[Scored]]:
    """Samples, what was fitted on the others, and scores, set by set."""
    scored = [
        Scored(snapshots=each, score=score(each.retention, each.ratio))
        for each in taking
    ]
    fits = [fit_on([other for other in scored if other is not it]) for it in scored]
    samples: list[Samples] = [
        measure(
            count(
                cell=part.snapshots.cell,
                score=part.score,
                label=part.snapshots.label,
                probability=None
                if fit.calibration is None
                else fit.calibration.probability(part.score.astype(np.float64)),
                green_limit=fit.green_limit,
            ),
            times,
        )
        for part, fit, times in zip(scored, fits, drawn, strict=True)
    ]
    return samples, fits, scored


def fit_on(others: Sequence[Scored]) -> Fitted:
    """Fit the calibration and the green limit; sets are equal, and cells in them."""
    if not others:
        return Fitted(green_limit=None, calibration=None)
    score = np.concatenate([part.score for part in others])
    label = np.concatenate([part.snapshots.label for part in others])
    weights = np.concatenate([part.snapshots.weights() for part in others])
    return Fitted(
        green_limit=green_limit(score[label], weights[label]),
        calibration=logistic.fit(score.astype(np.float64), label, weights),
    )


def green_limit(scores: Ints, weights: Floats) -> int:
    """The score below which less than ``MISSED_SHARE`` of the weight lies.

    It is the highest such score among the scores given.
    """
    order = np.argsort(scores, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return int(scores[order][np.searchsorted(share, MISSED_SHARE)])


def _lead(part: Scored, fit: Fitted) -> list[float]:
    """Horizons from a cell's first snapshot that is not green to its crossing.

    A crossing cell that was always green counts as 0.
    """
    if fit.green_limit is None:
        return []
    snapshots = part.snapshots
    leads = []
    for cell in range(snapshots.cells):
        mine = snapshots.cell == cell
        end = float(snapshots.crossing[mine][0])
        if np.isfinite(end):
            seen = snapshots.time[mine & (part.score >= fit.green_limit)]
            leads.append((end - float(seen[0])) / snapshots.horizon if len(seen) else 0)
    return leads


def _set_result(
    part: Scored, fit: Fitted, samples: Samples, alone: Samples
) -> SetResult:
    """One set's results."""
    snapshots = part.snapshots
    return SetResult(
        name=snapshots.name,
        cells=snapshots.cells,
        crossing_cells=snapshots.crossing_cells,
        snapshots=len(part.score),
        positives=int(snapshots.label.sum()),
        life=rounded(snapshots.life),
        green_limit=None if fit.green_limit is None else fit.green_limit / 10,
        calibration_slope=_slope(part.score, snapshots.label, fit.calibration),
        measures=_told(samples),
        capacity_alone=_told(alone),
    )


def _slope(score: Ints, label: Flags, calibration: Logistic | None) -> float | None:
    """Slope of the answers over the log-odds that the other sets promised."""
    if calibration is None:
        return None
    odds = calibration.log_odds(score.astype(np.float64))
    return rounded(logistic.fit(odds, label, np.ones(len(odds))).slope)


def _mean(samples: Sequence[Samples]) -> Samples:
    """Plain mean over the sets, draw by draw; NaN where a set cannot say."""
    return {
        name: np.mean([each[name] for each in samples], axis=0) for name in MEASURES
    }


def _told(samples: Samples) -> Measures:
    """Samples as estimates."""
    return Measures(**{name: estimate(samples[name]) for name in MEASURES})


def _skill(means: Samples, taking: Sequence[Snapshots]) -> float | None:
    """Brier skill score against always telling the mean base rate."""
    brier = float(means["brier"][0])
    rate = float(np.mean([each.label.mean() for each in taking]))
    return rounded(1 - brier / (rate * (1 - rate))) if np.isfinite(brier) else None
