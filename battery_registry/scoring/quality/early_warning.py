"""Which models, and which months of a model, turn red or fade more than others.

Few packs make wild rates: one red of two is no warning. A cohort's rate is
therefore drawn towards the others' (the mean of a beta-binomial's posterior),
its red ones are held against what chance and the usual difference between
cohorts give, and the level is shared among all that are looked at. It is
compared with packs of other models made in the same year, since old packs are
red more often. What comes of it is a proposal; a human decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist
from typing import Final

from battery_registry.scoring.quality.beta_binomial import probabilities
from battery_registry.scoring.quality.funnel import (
    ASSUMED_CORRELATION,
    LEAST_STATIONS,
    estimate_correlation,
)

LEAST_PACKS: Final = 5
"""A smaller cohort is not judged by its rates."""
LEAST_OTHERS: Final = 20
"""With fewer others of the same year, all years are compared with."""
ALPHA: Final = 0.01
"""Chance of a false warning among all cohorts together; judgement."""
LEAST_RATIO: Final = 1.5
"""How many times the others' rate a drawn-in rate must be; judgement."""
SUSPICIOUS: Final = 0.05
"""Chance below which a single fire is enough; judgement."""
FIRES_ENOUGH: Final = 2
"""Fires put down to the battery that are enough by themselves; judgement."""


class Level(StrEnum):
    """What is to be done about a cohort."""

    PROPOSE = "propose"
    WATCH = "watch"


class Sign(StrEnum):
    """Why it stands out."""

    RED = "red"
    FADE = "fade"
    FIRES = "fires"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Packs of one model made in one month.

    Args:
        maker: The maker.
        model: The model.
        month: Of production, ``2026-05``; None where it is not known.
        n: Packs that ever got a colour.
        red: How many of them were red, but for reds that were lifted.
        fade_n: Packs whose fade was measured.
        fade_sum: Sum of their fades, per cent.
        fade_squares: Sum of their squares.
        fires: Fires put down to the battery, confirmed or probable.
    """

    maker: str
    model: str
    month: str | None
    n: int
    red: int
    fade_n: int = 0
    fade_sum: float = 0.0
    fade_squares: float = 0.0
    fires: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyWarning:
    """A cohort that stands out.

    Args:
        maker: The maker.
        model: The model.
        month: Of production; None for the model as a whole.
        n: Packs that ever got a colour.
        red: How many were red.
        expected_red: How many the others' rates would give.
        rate: The red rate, drawn towards the others', a fraction.
        others_rate: The others' red rate, a fraction.
        chance: Probability of so many red ones or more, were it like others.
        fade_pct: Mean fade, drawn towards the others'; None if not measured.
        others_fade_pct: The others' mean fade.
        fires: Fires put down to the battery, confirmed or probable.
        signs: Why it stands out.
        level: What is to be done.
    """

    maker: str
    model: str
    month: str | None
    n: int
    red: int
    expected_red: float
    rate: float
    others_rate: float
    chance: float
    fade_pct: float | None
    others_fade_pct: float | None
    fires: int
    signs: tuple[Sign, ...]
    level: Level


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cohort:
    """A cell or a whole model, with what others would give."""

    cell: Cell
    others: Cell
    expected_rate: float


def judge(cells: Iterable[Cell]) -> tuple[EarlyWarning, ...]:
    """Find the cohorts that stand out, the gravest first.

    Args:
        cells: Every cell of the city, each maker, model and month once.
    """
    listed = list(cells)
    cohorts = [
        _cohort([cell], listed, month=cell.month)
        for cell in listed
        if cell.month is not None
    ]
    cohorts += [_cohort(model, listed, month=None) for model in _models(listed)]
    judged = [one for one in cohorts if one.cell.n >= LEAST_PACKS]
    correlation = _correlation(judged)
    found = [_warning(one, correlation, max(1, len(judged))) for one in cohorts]
    return tuple(
        sorted(
            (one for one in found if one is not None),
            key=lambda one: (one.level is Level.WATCH, one.chance, one.model),
        )
    )


def _models(cells: Sequence[Cell]) -> list[list[Cell]]:
    models: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        models.setdefault((cell.maker, cell.model), []).append(cell)
    return list(models.values())


def _cohort(
    own: Sequence[Cell], cells: Sequence[Cell], *, month: str | None
) -> _Cohort:
    first = own[0]
    others = [
        cell for cell in cells if (cell.maker, cell.model) != (first.maker, first.model)
    ]
    whole = _sum(own, month=month)
    expected = sum(cell.n * _rate(_of_year(cell, others)) for cell in own)
    return _Cohort(
        cell=whole,
        others=_sum(others, month=None) if others else _nothing(first),
        expected_rate=expected / whole.n if whole.n else _rate(others),
    )


def _of_year(cell: Cell, others: Sequence[Cell]) -> Sequence[Cell]:
    year = cell.month[:4] if cell.month else None
    same = [one for one in others if one.month and one.month[:4] == year]
    return same if sum(one.n for one in same) >= LEAST_OTHERS else others


def _rate(cells: Sequence[Cell]) -> float:
    """The red rate, kept off both ends (Jeffreys: half a pack more on each side)."""
    n, red = sum(cell.n for cell in cells), sum(cell.red for cell in cells)
    return (red + 0.5) / (n + 1)


def _correlation(cohorts: Sequence[_Cohort]) -> float:
    told = [(one.cell.n, one.cell.red, one.expected_rate) for one in cohorts]
    if len(told) < LEAST_STATIONS:
        return ASSUMED_CORRELATION
    # An estimate of none would draw every cohort wholly into the others.
    return max(ASSUMED_CORRELATION, estimate_correlation(told))


def _warning(
    cohort: _Cohort, correlation: float, looked_at: int
) -> EarlyWarning | None:
    cell, p = cohort.cell, cohort.expected_rate
    size = 1 / correlation - 1
    drawn = (p * size + cell.red) / (size + cell.n)
    chance = _chance(cell, p, correlation)
    fade, is_fading = _fade(cohort, looked_at)
    is_red = chance < ALPHA / looked_at and drawn >= LEAST_RATIO * p
    is_burning = cell.fires >= FIRES_ENOUGH or (cell.fires > 0 and chance < SUSPICIOUS)
    marks = {
        Sign.RED: is_red,
        Sign.FADE: is_fading,
        Sign.FIRES: cell.fires > 0,
    }
    signs = tuple(sign for sign, applies in marks.items() if applies)
    if not signs:
        return None
    return EarlyWarning(
        maker=cell.maker,
        model=cell.model,
        month=cell.month,
        n=cell.n,
        red=cell.red,
        expected_red=p * cell.n,
        rate=drawn,
        others_rate=p,
        chance=chance,
        fade_pct=fade,
        others_fade_pct=_mean(cohort.others),
        fires=cell.fires,
        signs=signs,
        level=Level.PROPOSE if is_red or is_burning else Level.WATCH,
    )


def _chance(cell: Cell, rate: float, correlation: float) -> float:
    """Probability of so many red ones or more; 1 where there are too few packs."""
    if cell.n < LEAST_PACKS:
        return 1.0
    shares = probabilities(cell.n, rate=rate, correlation=correlation)
    return float(shares[cell.red :].sum())


def _fade(cohort: _Cohort, looked_at: int) -> tuple[float | None, bool]:
    """The mean fade drawn towards the others', and whether it is beyond chance."""
    cell, others = cohort.cell, cohort.others
    own_mean, mean = _mean(cell), _mean(others)
    if own_mean is None or mean is None:
        return own_mean, False
    # What a pack differs from its like by, from all others; one of them weighs
    # as much as a pack's own reading.
    variance = max(others.fade_squares / others.fade_n - mean**2, 1.0)
    drawn = (own_mean * cell.fade_n + mean) / (cell.fade_n + 1)
    if cell.fade_n < LEAST_PACKS or others.fade_n < LEAST_OTHERS:
        return drawn, False
    error = sqrt(variance * (1 / cell.fade_n + 1 / others.fade_n))
    limit = NormalDist().inv_cdf(1 - ALPHA / looked_at)
    is_worse = own_mean >= LEAST_RATIO * mean
    return drawn, is_worse and (own_mean - mean) / error > limit


def _mean(cell: Cell) -> float | None:
    return cell.fade_sum / cell.fade_n if cell.fade_n else None


def _nothing(like: Cell) -> Cell:
    return Cell(maker=like.maker, model=like.model, month=None, n=0, red=0)


def _sum(cells: Sequence[Cell], *, month: str | None) -> Cell:
    return Cell(
        maker=cells[0].maker,
        model=cells[0].model,
        month=month,
        n=sum(cell.n for cell in cells),
        red=sum(cell.red for cell in cells),
        fade_n=sum(cell.fade_n for cell in cells),
        fade_sum=sum(cell.fade_sum for cell in cells),
        fade_squares=sum(cell.fade_squares for cell in cells),
        fires=sum(cell.fires for cell in cells),
    )
