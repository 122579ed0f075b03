"""Drift: the chart by hand, and how long it takes to be right or wrong."""

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from battery_registry.scoring.quality.drift import (
    LIMIT_SIGMAS,
    U_FRAC,
    WEIGHT,
    Quantity,
    follow,
    limit_frac,
)

U = 0.01


def run_lengths(errors: NDArray[np.float64]) -> NDArray[np.int64]:
    """Checks until the first alarm, by row of errors; all must come to one.

    The same recursion as ``follow``, for many instruments at once.
    """
    mean = np.zeros(len(errors))
    first = np.zeros(len(errors), dtype=np.int64)
    for number, column in enumerate(errors.T, start=1):
        mean = WEIGHT * column + (1 - WEIGHT) * mean
        is_out = (np.abs(mean) > limit_frac(number, u_frac=U)) & (first == 0)
        first[is_out] = number
    assert (first > 0).all()
    return first


def noise(instruments: int, checks: int) -> NDArray[np.float64]:
    return np.random.default_rng(7).normal(0.0, U, (instruments, checks))


def test_the_mean_and_its_limit_by_hand() -> None:
    one = follow([0.02], u_frac=U)
    assert one.mean_frac == pytest.approx(0.004)
    assert one.limit_frac == pytest.approx(2.86 * U * 0.2)
    assert not one.out_of_control
    two = follow([0.02, 0.03], u_frac=U)
    assert two.mean_frac == pytest.approx(0.2 * 0.03 + 0.8 * 0.004)
    assert two.limit_frac == pytest.approx(2.86 * U * 0.2 * sqrt(1 + 0.64))
    assert (two.n, two.alarms, two.out_of_control) == (2, 1, True)


def test_an_instrument_that_came_back_is_in_control_again() -> None:
    found = follow([0.05, *([0.0] * 20)], u_frac=U)
    assert found.alarms > 0
    assert not found.out_of_control


def test_no_check_says_nothing() -> None:
    found = follow([], u_frac=U)
    assert (found.n, found.mean_frac, found.out_of_control) == (0, 0.0, False)


def test_the_limit_widens_to_three_tenths_or_so_of_the_usual() -> None:
    final = LIMIT_SIGMAS * U * sqrt(WEIGHT / (2 - WEIGHT))
    limits = [limit_frac(number, u_frac=U) for number in range(1, 60)]
    assert limits == sorted(limits)
    assert limits[-1] == pytest.approx(final, rel=1e-9)


def test_the_simulation_is_the_chart() -> None:
    errors = noise(20, 4_000)
    for row, first in zip(errors, run_lengths(errors), strict=True):
        assert follow(row[:first].tolist(), u_frac=U).alarms == 1
        assert follow(row[: first - 1].tolist(), u_frac=U).alarms == 0


def test_a_sound_instrument_is_accused_once_in_about_350_days() -> None:
    mean = run_lengths(noise(2_500, 4_500)).mean()
    assert mean == pytest.approx(350, rel=0.10)


@pytest.mark.parametrize(
    ("step", "per_day", "days"),
    [(0.01, 0.0, 8.7), (0.02, 0.0, 2.8), (0.0, 0.03 / 30, 12.5), (0.0, 0.006 / 30, 35)],
)
def test_a_drift_is_found_in_days(step: float, per_day: float, days: float) -> None:
    day = np.arange(400)
    mean = run_lengths(noise(3_000, 400) + step + per_day * day).mean()
    assert mean == pytest.approx(days, rel=0.15)


def test_every_quantity_has_its_uncertainty() -> None:
    assert U_FRAC.keys() == set(Quantity)
