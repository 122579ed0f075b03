"""The line through a history."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.scoring import load
from battery_registry.scoring.trend import Point, fit, months_to_red

RULES = load("cn-2024").trend


def points(*values: tuple[float, float], u: float = 0.02) -> list[Point]:
    return [Point(months=t, retention_frac=q, u_frac=u) for t, q in values]


def test_two_readings_make_a_line() -> None:
    trend = fit(points((0, 0.95), (10, 0.85)), rules=RULES)
    assert trend is not None
    assert trend.slope_pct_per_month == pytest.approx(-1)
    assert trend.u_pct_per_month == pytest.approx(2 / 50**0.5)
    assert (trend.n, trend.span_months, trend.significant) == (2, 10, True)
    assert trend.slope_pct_per_100_efc is None


def test_three_are_weighted_by_their_uncertainty() -> None:
    exact = [*points((0, 1.0), u=0.01), *points((5, 0.9), (10, 0.9), u=0.02)]
    trend = fit(exact, rules=RULES)
    assert trend is not None
    # weights 4:1:1 put the mean at t = 2.5, q = 0.9666..
    assert trend.slope_pct_per_month == pytest.approx(-100 * 0.1 / 7.5 * 0.9, rel=0.12)
    assert trend.significant


def test_from_four_on_one_slip_does_not_turn_it() -> None:
    steady = [(float(t), 0.95 - 0.01 * t) for t in range(6)]
    slipped = [*steady[:3], (3.0, 0.2), *steady[4:]]
    trend = fit(points(*slipped), rules=RULES)
    assert trend is not None
    assert trend.slope_pct_per_month == pytest.approx(-1, abs=0.01)


@pytest.mark.parametrize(
    "values", [[], [(0, 0.9)], [(1, 0.9), (1, 0.8)], [(1, 0.9), (1.9, 0.5)]]
)
def test_repeats_are_no_trend(values: list[tuple[float, float]]) -> None:
    assert fit(points(*values), rules=RULES) is None


def test_cycles_are_an_axis_of_their_own() -> None:
    used = [
        Point(months=0, retention_frac=0.95, u_frac=0.02, efc=100),
        Point(months=10, retention_frac=0.85, u_frac=0.02, efc=300),
    ]
    trend = fit(used, rules=RULES)
    assert trend is not None
    assert trend.slope_pct_per_100_efc == pytest.approx(-5)
    still = [used[0], Point(months=10, retention_frac=0.85, u_frac=0.02, efc=100)]
    trend = fit(still, rules=RULES)
    assert trend is not None
    assert trend.slope_pct_per_100_efc is None


def test_months_to_red_are_by_the_bound_not_by_the_line() -> None:
    trend = fit(points((0, 0.95), (10, 0.85)), rules=RULES)
    assert trend is not None
    left = months_to_red(trend, retention_frac=0.85, rules=RULES)
    assert left == pytest.approx(35 / (1 + 1.645 * 2 / 50**0.5))
    assert months_to_red(trend, retention_frac=0.4, rules=RULES) == 0
    flat = fit(points((0, 0.95), (10, 0.94)), rules=RULES)
    assert flat is not None
    assert months_to_red(flat, retention_frac=0.94, rules=RULES) is None


histories = st.lists(st.floats(0.3, 1.0), min_size=2, max_size=7)


@given(history=histories, less=st.floats(0, 0.5))
def test_a_lower_last_reading_never_makes_a_smaller_loss(
    history: list[float], less: float
) -> None:
    def slope(values: list[float]) -> float:
        trend = fit(points(*enumerate(values)), rules=RULES)
        return inf if trend is None else trend.slope_pct_per_month

    lower = [*history[:-1], history[-1] - less]
    assert slope(lower) <= slope(history) + 1e-12
