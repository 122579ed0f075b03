"""Trends, crossings, lives and snapshots."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.scoring.validation import make_cell
from battery_registry.scoring.validation.ageing import crossing, crossings, life
from battery_registry.scoring.validation.isotonic import non_increasing
from battery_registry.scoring.validation.task import Snapshots, Task, take_snapshots
from tests.scoring.validation.builders import make_fading_cell, make_set

TASK = Task(id="t", retention_frac=0.8, horizon_lives=0.15, needs_ratio=False)


def fitted(*values: float) -> list[float]:
    given_values = np.array(values)
    return [*map(float, non_increasing(given_values, np.ones(len(values))))]


@pytest.mark.parametrize(
    ("values", "fit"),
    [
        ((3.0, 2.0, 1.0), [3.0, 2.0, 1.0]),
        ((1.0, 2.0, 3.0), [2.0, 2.0, 2.0]),
        ((3.0, 1.0, 2.0, 0.0), [3.0, 1.5, 1.5, 0.0]),
        ((1.0, 0.0, 2.0), [1.0, 1.0, 1.0]),
        ((5.0,), [5.0]),
    ],
)
def test_neighbours_that_rise_are_pooled(
    values: tuple[float, ...], fit: list[float]
) -> None:
    assert fitted(*values) == fit


def test_heavy_readings_pull_the_pool() -> None:
    fit = non_increasing(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    assert fit.tolist() == [1.75, 1.75]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_the_fit_never_rises_and_keeps_the_mean(values: list[int]) -> None:
    fit = np.array(fitted(*map(float, values)))
    assert (np.diff(fit) <= 0).all()
    assert fit.mean() == pytest.approx(np.mean(values))


@given(st.lists(st.integers(0, 20), min_size=2, max_size=8))
def test_no_other_falling_line_is_nearer(values: list[int]) -> None:
    """The fit at each place is min over starts of max over ends of the means."""
    y = list(map(float, values))
    for at, fit in enumerate(fitted(*y)):
        best = min(
            max(float(np.mean(y[i : j + 1])) for j in range(at, len(y)))
            for i in range(at + 1)
        )
        assert fit == pytest.approx(best)


def test_a_crossing_lies_between_two_readings() -> None:
    cell = make_cell(
        cell_id="a",
        times=np.array([0.0, 10.0, 20.0]),
        retention=np.array([1.0, 0.9, 0.7]),
        ratio=np.full(3, np.nan),
    )
    assert crossing(cell, 0.8) == pytest.approx(15.0)
    assert crossing(cell, 0.5) == inf
    assert crossing(cell, 1.1) == 0.0


def test_readings_come_in_any_order_and_gaps_are_left_out() -> None:
    cell = make_cell(
        cell_id="a",
        times=np.array([2.0, np.nan, 0.0, 1.0, 1.0]),
        retention=np.array([0.7, 0.5, 1.0, 0.8, 0.9]),
        ratio=np.array([3.0, 9.0, 1.0, 2.0, 2.5]),
    )
    assert cell.times.tolist() == [0.0, 1.0, 1.0, 2.0]
    assert cell.ratio.tolist() == [1.0, 2.0, 2.5, 3.0]
    assert cell.trend.tolist() == pytest.approx([1.0, 0.85, 0.7])
    with pytest.raises(ValueError, match="cell b has no reading"):
        make_cell(
            cell_id="b",
            times=np.array([1.0]),
            retention=np.array([np.nan]),
            ratio=np.array([1.0]),
        )


def test_a_life_is_the_median_of_the_cells_that_cross() -> None:
    ageing = make_set(
        make_fading_cell(fade_per_cycle=0.01),
        make_fading_cell(fade_per_cycle=0.02),
        make_fading_cell(fade_per_cycle=0.005),
        make_fading_cell(fade_per_cycle=0.001),
    )
    ends = crossings(ageing, 0.8)
    assert ends[:3].tolist() == pytest.approx([20.0, 10.0, 40.0])
    assert ends[3] == inf
    assert life(ends) == pytest.approx(20.0)
    assert life(np.array([inf])) is None


def make_snapshots(*speeds: float, task: Task = TASK, cycles: int = 61) -> Snapshots:
    taken = take_snapshots(
        make_set(
            *(make_fading_cell(fade_per_cycle=speed, cycles=cycles) for speed in speeds)
        ),
        task,
    )
    assert isinstance(taken, Snapshots)
    return taken


def test_snapshots_lie_before_the_crossing_and_know_the_answer() -> None:
    taken = make_snapshots(0.0101, 0.0101, 0.0101, 0.002)
    assert taken.horizon == pytest.approx(0.15 * 0.2 / 0.0101)
    crossing_ones = taken.cell < 3
    assert (taken.time[crossing_ones] < 0.2 / 0.0101).all()
    assert np.bincount(taken.cell).tolist() == [20, 20, 20, 20]
    # The slow cell never crosses; only while a horizon of record is left is it known.
    slow = taken.time[~crossing_ones]
    assert slow[0] == 0.0
    assert slow[-1] + taken.horizon <= 60.0
    assert slow[-1] + 1 + taken.horizon > 60.0
    yes = taken.time[taken.label]
    assert set(yes.tolist()) == {17.0, 18.0, 19.0}
    assert taken.crossing_cells == 3
    assert taken.weights().sum() == pytest.approx(1.0)


def test_a_raw_reading_below_the_limit_is_no_snapshot() -> None:
    retention = np.array([1.0, 0.79, 0.95, 0.94, 0.93, 0.9, 0.7])
    cell = make_cell(
        cell_id="dip",
        times=np.arange(7.0) * 10,
        retention=retention,
        ratio=np.ones(7),
    )
    taken = take_snapshots(make_set(cell, cell, cell), TASK)
    assert isinstance(taken, Snapshots)
    assert 10.0 not in taken.time
    assert sorted(set(taken.time.tolist())) == [0.0, 20.0, 30.0, 40.0, 50.0]


@pytest.mark.parametrize(
    ("speeds", "ratio", "task", "reason"),
    [
        (
            (0.01,) * 3,
            None,
            replace(TASK, needs_ratio=True),
            "no resistance over life",
        ),
        ((0.01, 0.01, 0.001), 0.1, TASK, "cells that fall below 80%: 2"),
        ((0.001,) * 3, 0.1, TASK, "cells that fall below 80%: 0"),
        (
            (0.01,) * 3,
            0.1,
            replace(TASK, horizon_lives=1.5),
            "all its readings have the same",
        ),
        (
            (0.01,) * 3,
            0.1,
            replace(TASK, retention_frac=1.1),
            "no reading has an answer",
        ),
    ],
)
def test_a_set_that_cannot_take_part_says_why(
    speeds: tuple[float, ...],
    ratio: float | None,
    task: Task,
    reason: str,
) -> None:
    ageing = make_set(
        *(
            make_fading_cell(fade_per_cycle=speed, ratio_per_cycle=ratio)
            for speed in speeds
        )
    )
    taken = take_snapshots(ageing, task)
    assert isinstance(taken, str)
    assert taken.startswith(reason)


def test_a_set_in_which_no_time_passes_takes_no_part() -> None:
    cells = [make_fading_cell(name=f"c{n}", cycles=90) for n in range(3)]
    still = make_set(*(replace(cell, times=cell.times * 0) for cell in cells))
    assert take_snapshots(still, TASK) == "all its times are equal"
