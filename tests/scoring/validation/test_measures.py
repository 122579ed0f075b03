"""Counts, calibration, intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.scoring.validation import logistic
from battery_registry.scoring.validation.bootstrap import draw, estimate
from battery_registry.scoring.validation.held_out import green_limit
from battery_registry.scoring.validation.results import Estimate
from battery_registry.scoring.validation.tally import auroc, count, measure

answers = st.lists(
    st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40
).filter(lambda rows: len({label for _, label in rows}) == 2)


@given(answers)
def test_auroc_is_the_share_of_pairs_won(rows: list[tuple[int, bool]]) -> None:
    yes = [score for score, label in rows if label]
    no = [score for score, label in rows if not label]
    won = sum((a > b) + (a == b) / 2 for a in yes for b in no)
    score, label = (np.array(column) for column in zip(*rows, strict=True))
    assert auroc(score, label) == pytest.approx(won / (len(yes) * len(no)))


def test_a_draw_of_cells_counts_as_the_cells_repeated() -> None:
    generator = np.random.default_rng(3)
    cell = np.repeat(np.arange(5), 6)
    score = generator.integers(0, 50, 30)
    label = generator.random(30) < 0.4
    probability = generator.random(30)
    times = np.array([2, 0, 1, 0, 2])
    tally = count(
        cell=cell, score=score, label=label, probability=probability, green_limit=20
    )
    found = measure(tally, times[np.newaxis, :].astype(np.float64))
    again = np.repeat(np.arange(30), times[cell])
    s, y, p = score[again], label[again], probability[again]
    assert found["auroc"][0] == pytest.approx(auroc(s, y))
    assert found["brier"][0] == pytest.approx(np.mean((p - y) ** 2))
    assert found["false_green"][0] == pytest.approx((s[y] < 20).mean())
    assert found["false_omission"][0] == pytest.approx(y[s < 20].mean())


def test_what_cannot_be_measured_is_nothing() -> None:
    tally = count(
        cell=np.array([0, 1]),
        score=np.array([3, 4]),
        label=np.array([False, True]),
        probability=None,
        green_limit=None,
    )
    found = measure(tally, np.array([[1.0, 1.0], [2.0, 0.0]]))
    assert found["auroc"][0] == 1.0
    assert np.isnan(found["auroc"][1])
    assert np.isnan(found["brier"]).all()
    assert estimate(found["brier"]) == Estimate(value=None, low=None, high=None)
    assert estimate(found["auroc"]) == Estimate(value=1.0, low=None, high=None)


def test_draws_start_with_the_set_itself_and_depend_on_its_name() -> None:
    one = draw("a", 4, bootstraps=50, seed=1)
    assert one.shape == (51, 4)
    assert one[0].tolist() == [1.0] * 4
    assert (one.sum(axis=1) == 4).all()
    assert (one == draw("a", 4, bootstraps=50, seed=1)).all()
    assert (one != draw("b", 4, bootstraps=50, seed=1)).any()


def test_an_interval_is_the_middle_of_the_draws() -> None:
    values = np.concatenate([[0.5], np.linspace(0, 1, 1001)])
    assert estimate(values) == Estimate(value=0.5, low=0.025, high=0.975)


def test_the_calibration_finds_the_curve_it_was_made_from() -> None:
    truth = logistic.Logistic(intercept=-6.0, slope=0.015)
    score = np.linspace(0, 1000, 5001)
    share = truth.probability(score)
    found = logistic.fit(
        np.concatenate([score, score]),
        np.repeat([True, False], len(score)),
        np.concatenate([share, 1 - share]),
    )
    assert found.intercept == pytest.approx(-6.0, abs=0.05)
    assert found.slope == pytest.approx(0.015, abs=0.0001)


def test_weights_count_as_repeated_readings() -> None:
    score = np.array([0.0, 1.0, 2.0, 3.0] * 500)
    label = np.array([False, True, False, True] * 500)
    heavy = np.where(score == 1.0, 3.0, 1.0)
    again = np.concatenate([np.arange(2000), *[np.flatnonzero(score == 1.0)] * 2])
    weighted = logistic.fit(score, label, heavy)
    repeated = logistic.fit(score[again], label[again], np.ones(len(again)))
    assert weighted.slope == pytest.approx(repeated.slope, rel=0.02)


def test_a_perfect_score_has_a_finite_curve() -> None:
    score = np.array([1.0] * 30 + [900.0] * 10)
    label = score > 500
    found = logistic.fit(score, label, np.ones(40))
    told = found.probability(np.array([1.0, 900.0]))
    assert told.tolist() == pytest.approx([1 / 32, 11 / 12], abs=1e-6)


def test_a_score_that_says_nothing_gets_the_base_rate() -> None:
    label = np.array([True] * 10 + [False] * 30)
    found = logistic.fit(np.full(40, 7.0), label, np.ones(40))
    (told,) = found.probability(np.array([7.0]))
    assert told == pytest.approx((10 * 11 / 12 + 30 / 32) / 40, abs=1e-6)


def test_less_than_a_twentieth_lies_below_the_green_limit() -> None:
    scores = np.arange(100)
    assert green_limit(scores, np.ones(100)) == 4
    weights = np.where(scores < 3, 10.0, 1.0)
    assert green_limit(scores, weights) == 0
    assert green_limit(np.array([9, 5]), np.ones(2)) == 5
