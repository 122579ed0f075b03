"""Which models, and which months of a model, turn red or fade more than others.

Few packs make wild rates: one red of two is no warning. A cohort's rate is
therefore drawn towards the others' (the mean of a beta-binomial's posterior),
its red ones are held against what chance and the usual difference between
cohorts give, and the level is shared among all that are looked at. It is
compared with packs of other models made in the same year, since old packs are
red more often. What comes of it is a proposal; a human decides.

With p the others' rate, rho the correlation that ``funnel`` estimates by trimmed
moments, and m = 1/rho - 1, a cohort of r red ones among n has the drawn rate
(p m + r) / (m + n), the posterior mean under a Beta(p m, (1 - p) m) (Gelman et
al., Bayesian Data Analysis, 3rd ed., section 2.4), and the chance P(R >= r) of
the beta-binomial. It is a warning if that is below ``ALPHA`` divided by the
cohorts looked at (Bonferroni) and the drawn rate is ``LEAST_RATIO`` times p. Mean
fades are held apart likewise, by a normal with the variance of all others. So
where cohorts are alike, each of the two signs is false in at most ``ALPHA`` of
the cities; where models truly differ, the worse ones are told, as they should be.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt
from statistics import NormalDist
from typing import Any, Final, TypeVar

from battery_registry.scoring.quality.beta_binomial import probabilities
from battery_registry.scoring.quality.funnel import (
    ASSUMED_CORRELATION,
    LEAST_STATIONS,
    estimate_correlation,
)

_Key = TypeVar("_Key", bound=Hashable)
_NUMBERS: Final = ("n", "red", "fade_n", "fade_sum", "fade_squares", "fires")

LEAST_PACKS: Final = 5
"""A smaller cohort is not judged by its rates."""
LEAST_OTHERS: Final = 20
"""With fewer others of the same year, all years are compared with."""
ALPHA: Final = 0.01
"""Chance of a false warning by one sign among all cohorts; judgement."""
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
    cohorts = _cohorts(list(cells))
    judged = [one for one in cohorts if one.cell.n >= LEAST_PACKS]
    correlation = _correlation(judged)
    found = [_warning(one, correlation, max(1, len(judged))) for one in cohorts]
    return tuple(
        sorted(
            (one for one in found if one is not None),
            key=lambda one: (one.level is Level.WATCH, one.chance, one.model),
        )
    )


def _cohorts(cells: Sequence[Cell]) -> list[_Cohort]:
    """Every month of every model, then every model; others are all less its own."""
    if not cells:
        return []
    total, years = _sum(cells), _by_year(cells)
    months, models = [], []
    for own in _groups(cells, lambda cell: (cell.maker, cell.model)).values():
        whole, own_years = _sum(own), _by_year(own)
        others = _less(total, whole)
        rates = {
            year: _rate(_like(_less(years[year], of_year), others, is_known=bool(year)))
            for year, of_year in own_years.items()
        }
        expected = sum(cell.n * rates[_year(cell)] for cell in own)
        months += [
            _Cohort(cell=cell, others=others, expected_rate=rates[_year(cell)])
            for cell in own
            if cell.month is not None
        ]
        models.append(
            _Cohort(
                cell=whole,
                others=others,
                expected_rate=expected / whole.n if whole.n else _rate(others),
            )
        )
    return months + models


def _groups(
    cells: Iterable[Cell], key: Callable[[Cell], _Key]
) -> dict[_Key, list[Cell]]:
    found: dict[_Key, list[Cell]] = {}
    for cell in cells:
        found.setdefault(key(cell), []).append(cell)
    return found


def _by_year(cells: Iterable[Cell]) -> dict[str, Cell]:
    return {year: _sum(some) for year, some in _groups(cells, _year).items()}


def _year(cell: Cell) -> str:
    return cell.month[:4] if cell.month else ""


def _like(of_year: Cell, others: Cell, *, is_known: bool) -> Cell:
    return of_year if is_known and of_year.n >= LEAST_OTHERS else others


def _rate(others: Cell) -> float:
    """The red rate, kept off both ends (Jeffreys: half a pack more on each side)."""
    return (others.red + 0.5) / (others.n + 1)


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


def _sum(cells: Sequence[Cell]) -> Cell:
    """Add up; the month is left open."""
    added: dict[str, Any] = {
        name: sum(getattr(cell, name) for cell in cells) for name in _NUMBERS
    }
    return replace(cells[0], month=None, **added)


def _less(whole: Cell, part: Cell) -> Cell:
    return replace(
        whole,
        **{name: getattr(whole, name) - getattr(part, name) for name in _NUMBERS},
    )
