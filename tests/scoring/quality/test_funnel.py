"""The funnel: its distribution, its estimate, what it finds and what it spares."""

from itertools import accumulate
from math import comb

import numpy as np
import pytest
from numpy.random import Generator

from battery_registry.scoring.quality.beta_binomial import limits, probabilities
from battery_registry.scoring.quality.funnel import (
    ASSUMED_CORRELATION,
    MOST_CORRELATION,
    Band,
    Flag,
    Funnel,
    estimate_correlation,
    funnel_limits,
    judge,
)

RATE = 0.0448
CITY = 60


def city(
    rng: Generator, n: int, *, correlation: float, hiding: float | None = None
) -> dict[str, dict[str, Band]]:
    """Sixty stations; the first one finds only this share where it hides some."""
    made = {}
    for number in range(CITY):
        rate = RATE
        if correlation:
            size = 1 / correlation - 1
            rate = rng.beta(RATE * size, (1 - RATE) * size)
        if number == 0 and hiding is not None:
            rate = hiding
        made[f"S-{number:02}"] = {"2-4": Band(n=n, red=int(rng.binomial(n, rate)))}
    return made


def flags(judged: Funnel) -> list[Flag]:
    return [one.flag for one in judged.standings.values() if one.flag]


@pytest.mark.parametrize(("n", "rate"), [(1, 0.5), (30, 0.045), (400, 0.2)])
def test_without_correlation_it_is_the_binomial(n: int, rate: float) -> None:
    exact = [comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]
    assert probabilities(n, rate=rate, correlation=0.0) == pytest.approx(exact)


@pytest.mark.parametrize("correlation", [1e-5, 0.005, 0.2])
def test_its_mean_and_variance_are_the_beta_binomials(correlation: float) -> None:
    n, rate = 300, RATE
    shares = probabilities(n, rate=rate, correlation=correlation)
    k = np.arange(n + 1)
    mean = float(np.sum(k * shares))
    assert shares.sum() == pytest.approx(1.0)
    assert mean == pytest.approx(n * rate)
    variance = n * rate * (1 - rate) * (1 + (n - 1) * correlation)
    assert float(np.sum((k - mean) ** 2 * shares)) == pytest.approx(variance)


def test_limits_are_where_the_sum_passes() -> None:
    sums = list(accumulate(probabilities(200, rate=0.1, correlation=0.01)))
    low, high = limits(200, rate=0.1, correlation=0.01, at=(0.025, 0.975))
    assert sums[int(low) - 1] < 0.025 <= sums[int(low)]
    assert sums[int(high) - 1] < 0.975 <= sums[int(high)]
    smooth = limits(200, rate=0.1, correlation=0.01, at=(0.025, 0.975), smooth=True)
    for line, count in zip(smooth, (low, high), strict=True):
        assert count - 1 <= line <= count
    none = limits(20, rate=0.01, correlation=0.0, at=(0.025,), smooth=True)
    assert none == (0.0,)


def test_limits_narrow_as_stations_grow() -> None:
    widths = []
    for n in (50, 500, 5_000):
        within_95, within_998 = funnel_limits(n, rate=RATE, correlation=0.0)
        assert within_998.low <= within_95.low < RATE < within_95.high
        assert within_95.high <= within_998.high
        widths.append(within_998.high - within_998.low)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("correlation", [0.0, 0.005, 0.02])
def test_the_correlation_is_estimated(correlation: float) -> None:
    rng = np.random.default_rng(11)
    found = [
        judge(city(rng, 1_000, correlation=correlation)).correlation for _ in range(40)
    ]
    assert float(np.mean(found)) == pytest.approx(correlation, rel=0.2, abs=0.0003)


def test_an_odd_station_does_not_hide_itself_in_the_estimate() -> None:
    rng = np.random.default_rng(12)
    stations = city(rng, 1_000, correlation=0.0)
    before = judge(stations).correlation
    stations["S-00"] = {"2-4": Band(n=1_000, red=400)}
    judged = judge(stations)
    assert judged.correlation < before + 0.001
    assert judged.standings["S-00"].flag is Flag.HIGH_998


def test_all_that_differ_wholly_have_most_of_it() -> None:
    told = [(100, red, 0.5) for red in (0, 100) * 10]
    assert estimate_correlation(told) == MOST_CORRELATION


@pytest.mark.parametrize(
    ("n", "correlation", "least", "most"),
    [
        (300, 0.0, 0.40, 0.75),
        (1_000, 0.0, 0.98, 1.0),
        (300, 0.005, 0.0, 0.35),
        (1_000, 0.005, 0.20, 0.45),
        (1_000, 0.02, 0.0, 0.05),
    ],
)
def test_how_often_a_station_that_hides_reds_is_found(
    n: int, correlation: float, least: float, most: float
) -> None:
    """One in a hundred instead of 4.5, by the wide limits: correlation decides."""
    rng = np.random.default_rng(13)
    runs = 60
    found = sum(
        judge(city(rng, n, correlation=correlation, hiding=0.01)).standings["S-00"].flag
        is Flag.LOW_998
        for _ in range(runs)
    )
    assert least <= found / runs <= most


@pytest.mark.parametrize("correlation", [0.0, 0.005, 0.02])
def test_honest_stations_are_spared(correlation: float) -> None:
    rng = np.random.default_rng(14)
    runs = 40
    told = [
        flag
        for _ in range(runs)
        for flag in flags(judge(city(rng, 1_000, correlation=correlation)))
    ]
    wide = [flag for flag in told if flag in (Flag.LOW_998, Flag.HIGH_998)]
    assert len(told) / (runs * CITY) < 0.075
    assert len(wide) / (runs * CITY) < 0.006


def test_old_packs_are_no_fault_of_their_station() -> None:
    """One station has only old packs, four times as often red in every place."""
    stations = {
        f"S-{number}": {"0-2": Band(n=900, red=27), "6+": Band(n=100, red=12)}
        for number in range(12)
    }
    stations["OLD"] = {"6+": Band(n=1_000, red=120)}
    judged = judge(stations)
    old = judged.standings["OLD"]
    assert old.rate == pytest.approx(0.12)
    assert old.expected == pytest.approx(120.0)
    assert old.adjusted == pytest.approx(judged.rate)
    assert old.flag is None
    stations["OLD"] = {"0-2": Band(n=1_000, red=120)}
    assert judge(stations).standings["OLD"].flag is Flag.HIGH_998


def test_few_stations_take_the_assumed_correlation() -> None:
    judged = judge({"A": {"0-2": Band(n=100, red=5)}, "B": {"0-2": Band(n=100, red=4)}})
    assert not judged.is_estimated
    assert judged.correlation == ASSUMED_CORRELATION


def test_the_small_and_the_empty_are_not_judged() -> None:
    assert judge({}).rate is None
    empty = judge({"A": {}}).standings["A"]
    assert (empty.n, empty.rate, empty.adjusted, empty.flag) == (0, None, None, None)
    without = judge({"A": {"0-2": Band(n=0, red=0)}})
    assert without.standings["A"].rate is None
    small = judge({"A": {"0-2": Band(n=19, red=19)}, "B": {"0-2": Band(n=99, red=1)}})
    assert small.standings["A"].limits_95 is None
    assert small.standings["A"].flag is None
    all_red = judge({"A": {"0-2": Band(n=30, red=30)}}).standings["A"]
    assert all_red.limits_95 is None
    none_red = judge({"A": {"0-2": Band(n=30, red=0)}}).standings["A"]
    assert (none_red.rate, none_red.adjusted, none_red.flag) == (0.0, None, None)


def test_flags_name_the_widest_limits_passed() -> None:
    stations = {f"S-{n}": {"0-2": Band(n=1_000, red=45)} for n in range(20)}
    seen = set()
    for red in (10, 31, 45, 60, 90):
        stations["X"] = {"0-2": Band(n=1_000, red=red)}
        seen.add(judge(stations).standings["X"].flag)
    assert seen == {*Flag, None}


def test_a_flag_says_which_way_and_how_far() -> None:
    assert [(flag.is_high, flag.is_wide) for flag in Flag] == [
        (False, True),
        (False, False),
        (True, False),
        (True, True),
    ]
