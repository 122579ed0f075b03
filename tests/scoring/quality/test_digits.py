"""Last digits: exact tails, and the figures that the limits promise."""

from math import exp, gamma

import numpy as np
import pytest
from numpy.random import Generator

from battery_registry.scoring.quality.digits import chi2_tail_9, judge

RUNS = 400


def draw(rng: Generator, n: int, *, rounded: float) -> list[int]:
    """Even last digits, but this share of the readings rounded to 0 or 5."""
    digits = rng.integers(0, 10, n)
    is_rounded = rng.random(n) < rounded
    digits[is_rounded] = 5 * rng.integers(0, 2, int(is_rounded.sum()))
    return [int(count) for count in np.bincount(digits, minlength=10)]


def share_flagged(n: int, *, rounded: float) -> float:
    rng = np.random.default_rng(20261123)
    return sum(judge(draw(rng, n, rounded=rounded)).flagged for _ in range(RUNS)) / RUNS


@pytest.mark.parametrize(
    ("chi2", "p"), [(0.0, 1.0), (16.918978, 0.05), (21.665994, 0.01), (33.719948, 1e-4)]
)
def test_the_tail_is_that_of_the_tables(chi2: float, p: float) -> None:
    assert chi2_tail_9(chi2) == pytest.approx(p, rel=1e-6)


def test_the_tail_is_the_integral_of_the_density() -> None:
    x = np.linspace(1e-9, 300.0, 2_000_001)
    density = x**3.5 * np.exp(-x / 2) / (2**4.5 * gamma(4.5))
    for chi2 in (0.5, 9.0, 40.0):
        beyond = density[x >= chi2]
        assert chi2_tail_9(chi2) == pytest.approx(
            float(np.trapezoid(beyond, dx=x[1] - x[0])), rel=1e-3
        )
    assert chi2_tail_9(1400.0) == pytest.approx(0.0, abs=exp(-650))


def test_a_single_digit_has_the_effect_one() -> None:
    found = judge([0, 0, 0, 0, 0, 200, 0, 0, 0, 0])
    assert found.effect == pytest.approx(1.0)
    assert found.p is not None
    assert found.p < 1e-100
    assert found.flagged


def test_few_readings_are_never_accused() -> None:
    assert not judge([99, 0, 0, 0, 0, 0, 0, 0, 0, 0]).flagged
    nothing = judge([0] * 10)
    assert (nothing.n, nothing.effect, nothing.p) == (0, None, None)
    assert not nothing.flagged


def test_a_slight_unevenness_of_many_readings_is_sure_and_harmless() -> None:
    found = judge([12_000, *([10_000] * 8), 8_000])
    assert found.p is not None
    assert found.p < 1e-80
    assert found.effect is not None
    assert found.effect < 0.1
    assert not found.flagged


def test_honest_readings_are_not_flagged() -> None:
    for n in (100, 300, 1_000):
        assert share_flagged(n, rounded=0.0) == 0.0


@pytest.mark.parametrize(
    ("n", "rounded", "power"), [(300, 0.20, 0.94), (100, 0.20, 0.19), (100, 0.30, 0.72)]
)
def test_rounded_readings_are_found_as_often_as_promised(
    n: int, rounded: float, power: float
) -> None:
    assert share_flagged(n, rounded=rounded) == pytest.approx(power, abs=0.06)


def test_ten_counts_are_needed() -> None:
    with pytest.raises(ValueError, match="1"):
        judge([1])
