"""Points between knots."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.scoring import load
from battery_registry.scoring.points import Card

CAPACITY, RESISTANCE = (factor.card for factor in load("cn-2024").factors[:2])


@pytest.mark.parametrize(
    ("retention", "points"),
    [
        (1.2, 0.0),
        (1.0, 0.0),
        (0.95, 7.0),
        (0.9, 14.0),
        (0.85, 26.0),
        (0.8, 38.0),
        (0.7, 55.0),
        (0.65, 61.5),
        (0.6, 68.0),
        (0.5, 80.0),
        (0.1, 80.0),
    ],
)
def test_capacity_points_are_those_of_the_v1_card(
    retention: float, points: float
) -> None:
    assert CAPACITY.points_for(retention) == round(points * 10)


@pytest.mark.parametrize(
    ("ratio", "points"),
    [(0.9, 0), (1.0, 0), (1.25, 1), (1.5, 3), (1.75, 5.5), (2, 8), (3, 20), (9, 20)],
)
def test_resistance_points_are_those_of_the_v1_card(
    ratio: float, points: float
) -> None:
    assert RESISTANCE.points_for(ratio) == round(points * 10)


def numpy_points(
    card: Card, readings: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The documented formula, for a whole column."""
    knots, points = np.array(card.knots), np.array(card.points_tenths, dtype=float)
    slopes = np.array(card.slopes)
    i = np.clip(np.searchsorted(knots, readings, side="right") - 1, 0, len(slopes) - 1)
    between = np.rint(points[i] + (readings - knots[i]) * slopes[i])
    outside = np.where(readings <= knots[0], points[0], points[-1])
    inside = (readings > knots[0]) & (readings < knots[-1])
    points_of: npt.NDArray[np.float64] = np.where(inside, between, outside)
    return points_of


@pytest.mark.parametrize("card", [CAPACITY, RESISTANCE])
def test_the_formula_is_the_same_for_a_column(card: Card) -> None:
    spread = np.random.default_rng(7).uniform(0, 4, 20_000)
    knots = np.array(card.knots)
    readings = np.concatenate(
        [spread, knots, np.nextafter(knots, 0), np.nextafter(knots, 9)]
    )
    one_by_one = [card.points_for(float(x)) for x in readings]
    assert numpy_points(card, readings).astype(int).tolist() == one_by_one


@given(a=st.floats(0, 4), b=st.floats(0, 4))
def test_points_never_fall_towards_harm(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert CAPACITY.points_for(low) >= CAPACITY.points_for(high)
    assert RESISTANCE.points_for(low) <= RESISTANCE.points_for(high)
