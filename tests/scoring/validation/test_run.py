"""The whole validation on made-up sets."""

from dataclasses import replace

import numpy as np
import pytest

from battery_registry.scoring import load
from battery_registry.scoring.points import Card
from battery_registry.scoring.validation import (
    Effort,
    NoCapacityFactorError,
    ValidatedCard,
    validate,
)
from battery_registry.scoring.validation.cards import CAPACITY_INPUT, RATIO_INPUT
from battery_registry.scoring.validation.monotony import worsened_pairs
from battery_registry.scoring.validation.silent import silent_transitions
from tests.scoring.validation.builders import (
    make_fading_cell,
    make_set,
    make_varied_set,
)

RULES = load("cn-2024")
CARD = ValidatedCard.of(RULES)
QUICK = Effort(bootstraps=20, pairs=200)


def silent_shares(fade_per_cycle: float, cycles: int) -> dict[tuple[str, float], float]:
    """Shares by rule and interval of three cells of one speed."""
    cell = make_fading_cell(fade_per_cycle=fade_per_cycle, cycles=cycles)
    return {
        (each.yellow_rule, each.interval_lives): each.share.value
        for each in silent_transitions(
            [make_set(cell, cell, cell)], CARD, bootstraps=5, seed=1
        )
        if each.share.value is not None
    }


def test_the_score_is_what_a_verdict_gives() -> None:
    retention = np.array([1.05, 0.9, 0.83, 0.4, 0.83])
    ratio = np.array([0.9, 1.4, 2.5, 9.0, np.nan])
    cards = {factor.input: factor.card for factor in RULES.factors}
    expected = [
        cards[CAPACITY_INPUT].points_for(q)
        + (0 if np.isnan(r) else cards[RATIO_INPUT].points_for(r))
        for q, r in zip(retention.tolist(), ratio.tolist(), strict=True)
    ]
    assert CARD.score(retention, ratio).tolist() == expected
    alone = [cards[CAPACITY_INPUT].points_for(q) for q in retention.tolist()]
    assert CARD.capacity_alone(retention, ratio).tolist() == alone
    assert expected[3] == CARD.cap_tenths


def test_a_rule_set_without_resistance_has_capacity_alone() -> None:
    only = tuple(f for f in RULES.factors if f.input == CAPACITY_INPUT)
    card = ValidatedCard.of(replace(RULES, factors=only))
    readings = np.array([0.9, 0.6]), np.array([3.0, 3.0])
    assert card.score(*readings).tolist() == card.capacity_alone(*readings).tolist()
    with pytest.raises(NoCapacityFactorError):
        ValidatedCard.of(replace(RULES, factors=()))


def test_sets_with_and_without_resistance_take_part_where_they_can() -> None:
    found = validate(
        [
            make_varied_set(name="a", seed=1),
            make_varied_set(name="b", seed=40),
            make_varied_set(name="c", with_ratio=False, seed=80),
        ],
        RULES,
        effort=QUICK,
    )
    tasks = {task.id: task for task in found.tasks}
    assert [each.name for each in tasks["A80_R"].sets] == ["a", "b"]
    assert [each.name for each in tasks["A80_R"].left_out] == ["c"]
    assert [each.name for each in tasks["A80_CAP"].sets] == ["a", "b", "c"]
    for task in found.tasks:
        for each in task.sets:
            value = each.measures.auroc.value
            assert value is not None
            assert 0.7 < value <= 1.0
            assert each.green_limit is not None
            assert each.measures.brier.value is not None
            assert each.measures.brier.value < 0.2
        assert task.brier_skill is not None
        assert task.lead_median is not None
        assert task.lead_median > 0
    assert found.warning is not None
    assert found.warning.warned_positives is not None
    assert found.warning.warned_negatives is not None
    assert found.warning.warned_positives > found.warning.warned_negatives
    assert [(each.name, each.has_ratio) for each in found.data] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]


def test_without_another_set_nothing_is_fitted() -> None:
    found = validate([make_varied_set()], RULES, effort=QUICK)
    (task, *_) = found.tasks
    (only,) = task.sets
    assert only.measures.auroc.value is not None
    assert only.measures.brier.value is None
    assert only.measures.false_green.value is None
    assert only.green_limit is None
    assert only.calibration_slope is None
    assert task.brier_skill is None
    assert task.lead_median is None


def test_without_a_cell_that_crosses_there_is_no_task() -> None:
    slow = make_fading_cell(fade_per_cycle=0.001)
    found = validate([make_set(slow, slow, slow)], RULES, effort=QUICK)
    assert found.tasks == ()
    assert found.silent == ()
    assert found.warning is None
    assert (found.data[0].below_80, found.data[0].cells) == (0, 3)


def test_the_same_seed_finds_the_same() -> None:
    sets = [make_varied_set(name="a"), make_varied_set(name="b", seed=40)]
    assert validate(sets, RULES, effort=QUICK) == validate(sets, RULES, effort=QUICK)


def test_a_slow_fade_is_never_red_without_yellow() -> None:
    # Half the capacity after 50 cycles: 0.8 to 0.5 lasts 30, every interval less.
    shares = silent_shares(0.01, 80)
    assert shares["card >= 25 points", 0.3] == 0.0
    assert shares["capacity < 0.80", 0.3] == 0.0
    # 0.7 to 0.5 lasts 20 of 50 cycles: seen at 0.3 of a life too.
    assert shares["capacity < 0.70", 0.3] == 0.0
    # The ratio is 1.5 after 25 cycles, and 2 after 50, when the cell is red.
    assert shares["resistance > 1.5 x new", 0.3] == 0.0
    assert shares["resistance > 2 x new", 0.1] == 1.0


def test_a_sudden_fall_is_silent_as_often_as_inspections_miss_it() -> None:
    flat = make_fading_cell(fade_per_cycle=0.0, cycles=101)
    retention = np.where(flat.times > 90, 0.4, 1.0)
    cell = replace(flat, retention=retention, trend=retention)
    results = silent_transitions(
        [make_set(cell, cell, cell)], CARD, bootstraps=5, seed=1
    )
    share = {(each.yellow_rule, each.interval_lives): each for each in results}
    # Below 0.8 for a quarter of a cycle before red, with 9 cycles in between.
    found = share["capacity < 0.80", 0.1]
    assert found.cells == 3
    assert found.share.value is not None
    assert 0.9 < found.share.value < 1.0


def test_a_cell_that_ends_before_it_is_seen_red_does_not_count() -> None:
    cell = make_fading_cell(fade_per_cycle=0.01, cycles=53)
    # Its trend falls below, but what is left of its record does not.
    short = replace(
        cell,
        times=cell.times[:50],
        retention=cell.retention[:50],
        ratio=cell.ratio[:50],
    )
    both = silent_transitions([make_set(cell, short)], CARD, bootstraps=5, seed=1)
    assert {each.cells for each in both} == {1}
    assert silent_transitions([make_set(short)], CARD, bootstraps=5, seed=1) == ()


def test_no_worse_pack_scores_lower() -> None:
    found = worsened_pairs(RULES, pairs=20_000, seed=3)
    assert (found.pairs, found.violations) == (20_000, 0)
    assert (found.removed_pairs, found.removed_lower) == (found.pairs, 0)


def test_a_card_that_is_not_monotone_is_found_out() -> None:
    (capacity,) = (f for f in RULES.factors if f.input == CAPACITY_INPUT)
    bent = replace(capacity, card=Card.through((0.5, 0.7, 1.0), (300, 500, 0)))
    found = worsened_pairs(replace(RULES, factors=(bent,)), pairs=2000, seed=3)
    assert found.violations > 100
