"""The trend of a battery's capacity over comparable inspections.

A line through the readings: weighted least squares of two or three, Theil-Sen
(the median of all slopes between two of them) from four on. It counts only when
the loss over the whole span exceeds what the readings' uncertainty explains,
``1.96 * sqrt(2) * u``; before that there is no significant change to speak of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum, sqrt
from statistics import median

from battery_registry.scoring.evaluation import Trend

MONTH_DAYS = 30.4375
"""Days in a mean month, 365.25 / 12."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrendRules:
    """How a rule set reads a history.

    Args:
        coverage_factor: Of a significant loss (1.96).
        bound_factor: Of the bound of the projected capacity (1.645).
        identity_factor: A rise beyond this many times the uncertainty of a
            difference is no rise of the same battery (3).
        theil_sen_from: From this many readings on the median of slopes.
        red_retention_frac: Where the capacity turns red.
        repeat_window_days: A test within so many days repeats another.
        temperature_edges_c: Where the classes of ambient temperature meet.
        resistance_temperature_k: Resistances compare within this difference.
        resistance_soc_pct: The same of the state of charge.
        resistance_jump_frac: A rise beyond this share is no ageing.
    """

    coverage_factor: float
    bound_factor: float
    identity_factor: float
    theil_sen_from: int
    red_retention_frac: float
    repeat_window_days: int
    temperature_edges_c: tuple[float, ...]
    resistance_temperature_k: float
    resistance_soc_pct: float
    resistance_jump_frac: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One capacity of a history.

    Args:
        months: When, in months from any common start.
        retention_frac: What was left of the new capacity.
        u_frac: Its standard uncertainty, above 0.
        efc: Full cycles by then, None where not known.
    """

    months: float
    retention_frac: float
    u_frac: float
    efc: float | None = None


def fit(points: Sequence[Point], *, rules: TrendRules) -> Trend | None:
    """The trend through comparable readings, in the order of their tests.

    None with fewer than two, or none that is no mere repeat of the first: days
    tell nothing of ageing. The slope is monotone: a lower last reading never
    gives a smaller loss.
    """
    span = points[-1].months - points[0].months if points else 0.0
    if span * MONTH_DAYS <= rules.repeat_window_days:
        return None
    times = [point.months for point in points]
    slope = _slope(times, points, rules)
    u = max(points[0].u_frac, points[-1].u_frac)
    return Trend(
        slope_pct_per_month=slope * 100,
        slope_pct_per_100_efc=_per_100_efc(points, rules),
        u_pct_per_month=_u_slope(times, points) * 100,
        n=len(points),
        span_months=span,
        significant=-slope * span > rules.coverage_factor * sqrt(2) * u,
    )


def months_to_red(
    trend: Trend, *, retention_frac: float, rules: TrendRules
) -> float | None:
    """Months until the capacity's 90 % bound reaches the red limit.

    None without a significant loss; 0 when it is there already.
    """
    if not trend.significant:
        return None
    loss_pct = -trend.slope_pct_per_month + rules.bound_factor * trend.u_pct_per_month
    left_pct = (retention_frac - rules.red_retention_frac) * 100
    return max(0.0, left_pct / loss_pct)


def _slope(xs: Sequence[float], points: Sequence[Point], rules: TrendRules) -> float:
    """Retention per unit of ``xs``, which do not all coincide."""
    if len(points) >= rules.theil_sen_from:
        pairs = combinations(zip(xs, points, strict=True), 2)
        return median(
            (late.retention_frac - early.retention_frac) / (x1 - x0)
            for (x0, early), (x1, late) in pairs
            if x1 != x0
        )
    weights, mean = _weights(xs, points)
    mean_q = fsum(
        w * p.retention_frac for w, p in zip(weights, points, strict=True)
    ) / fsum(weights)
    terms = zip(weights, xs, points, strict=True)
    return fsum(w * (x - mean) * (p.retention_frac - mean_q) for w, x, p in terms) / (
        _spread(weights, xs, mean)
    )


def _u_slope(xs: Sequence[float], points: Sequence[Point]) -> float:
    """Standard uncertainty of the least-squares slope."""
    weights, mean = _weights(xs, points)
    return 1 / sqrt(_spread(weights, xs, mean))


def _weights(xs: Sequence[float], points: Sequence[Point]) -> tuple[list[float], float]:
    """The readings' weights, and the weighted mean of ``xs``."""
    weights = [point.u_frac**-2 for point in points]
    mean = fsum(w * x for w, x in zip(weights, xs, strict=True)) / fsum(weights)
    return weights, mean


def _spread(weights: Sequence[float], xs: Sequence[float], mean: float) -> float:
    return fsum(w * (x - mean) ** 2 for w, x in zip(weights, xs, strict=True))


def _per_100_efc(points: Sequence[Point], rules: TrendRules) -> float | None:
    """The slope per 100 full cycles, where all of them were counted."""
    counts = [point.efc for point in points if point.efc is not None]
    if len(counts) < len(points) or counts[-1] <= counts[0]:
        return None
    return _slope(counts, points, rules) * 100 * 100
