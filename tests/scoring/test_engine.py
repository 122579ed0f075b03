"""Which outcome prevails, and what else a verdict says."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from battery_registry.scoring import load, score_one
from battery_registry.scoring.interval import months_later
from battery_registry.scoring.parsing import parse
from tests.scoring.builders import (
    changed,
    judge,
    make_circumstances,
    make_measurement,
)

RED = {"leakage": True}
MISSING = {"internal_resistance_mohm": None}
VOID = {"calibration_valid": False}
OUTSIDE = {"chemistry": "nimh"}


@pytest.mark.parametrize(
    ("changes", "code", "fired"),
    [
        (MISSING, "incomplete", ["P1"]),
        (RED | MISSING, "red", ["A2", "P1"]),
        (VOID | MISSING, "void", ["V1", "P1"]),
        (VOID | RED | MISSING, "void", ["A2", "V1", "P1"]),
        (VOID | RED | MISSING | OUTSIDE, "not_covered", ["COV-1", "V1"]),
    ],
)
def test_precedence_with_every_fired_rule_told(
    changes: dict[str, Any], code: str, fired: list[str]
) -> None:
    verdict = judge(**changes)
    assert verdict.code == code
    assert [rule.rule_id for rule in verdict.fired] == fired


@pytest.mark.parametrize("changes", [MISSING, VOID, OUTSIDE, VOID | RED])
def test_no_colour_no_score(changes: dict[str, Any]) -> None:
    verdict = judge(**changes)
    assert (verdict.score_tenths, verdict.contributions) == (None, ())
    assert verdict.next_due is None


@pytest.mark.parametrize("method", ["bms", None])
def test_a_resistance_of_the_bms_completes_nothing(method: str | None) -> None:
    verdict = judge(resistance_method=method)
    assert verdict.code == "incomplete"
    assert verdict.missing == ("internal_resistance_mohm",)
    assert dict(verdict.fired[0].inputs)["resistance_method"] == method


@pytest.mark.parametrize("method", ["bms", "label_limit"])
def test_a_voltage_of_bms_or_label_completes_nothing(method: str) -> None:
    verdict = judge(max_output_voltage_method=method)
    assert verdict.missing == ("max_output_voltage_v",)
    assert verdict.code == "incomplete"


def test_missing_readings_are_named_in_the_rules_order() -> None:
    verdict = judge(max_output_voltage_v=None, internal_resistance_mohm=None)
    assert verdict.missing == ("internal_resistance_mohm", "max_output_voltage_v")


def test_a_missing_reading_is_named_once_though_two_rules_want_it() -> None:
    def second_rule(content: dict[str, Any]) -> None:
        rules = content["rules"]
        again = next(rule for rule in rules if rule["id"] == "P1") | {"id": "P9"}
        rules.append(again)

    verdict = score_one(
        make_measurement(internal_resistance_mohm=None),
        make_circumstances(),
        parse(changed(second_rule)),
    )
    assert [rule.rule_id for rule in verdict.fired] == ["P1", "P9"]
    assert verdict.missing == ("internal_resistance_mohm",)


def test_a_fired_rule_tells_all_it_looked_at() -> None:
    (fired,) = judge(ccc_mark_present=False, production_date=date(2026, 1, 15)).fired
    assert fired.clause == "2(2)2"
    assert fired.inputs == (
        ("ccc_mark_present", False),
        ("production_date", "2026-01-15"),
    )
    (fired,) = judge(cycle_count=900, maker_cycle_limit=800).fired
    assert dict(fired.inputs) == {"cycle_count": 900, "maker_cycle_limit": 800}
    assert (fired.comparator, fired.threshold) == ("gt", 800)
    (fired,) = judge(ambient_temp_c=-3.0).fired
    assert fired.threshold == (10, 35)


def test_the_score_is_the_sum_of_its_contributions() -> None:
    verdict = judge(discharge_capacity_ah=14.0)  # 70 % left
    capacity, resistance, *_ = verdict.contributions
    assert (capacity.factor, capacity.points_tenths) == ("capacity_retention", 550)
    assert (capacity.reading, capacity.max_points_tenths) == (0.7, 800)
    assert (resistance.reading, resistance.points_tenths) == (None, 0)
    assert verdict.score_tenths == 550


def test_the_score_is_capped() -> None:
    def lower_cap(content: dict[str, Any]) -> None:
        content["score"].update(cap_tenths=500, red_floor_tenths=400)

    verdict = score_one(
        make_measurement(discharge_capacity_ah=10.0),
        make_circumstances(),
        parse(changed(lower_cap)),
    )
    assert verdict.score_tenths == 500
    assert verdict.contributions[0].points_tenths == 800


def test_without_capacity_the_pack_is_green_with_a_note() -> None:
    verdict = judge(discharge_capacity_ah=None, capacity_method="none")
    assert verdict.code == "green"
    assert verdict.notes == ("P2", "P3")
    assert verdict.score_tenths == 0


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, date(2027, 6, 1)),
        ({"discharge_capacity_ah": 15.0}, date(2026, 12, 1)),
        (RED, None),
    ],
)
def test_next_due(changes: dict[str, Any], due: date | None) -> None:
    assert judge(**changes).next_due == due


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 15), 1, date(2026, 12, 15)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


def test_days_are_beijings() -> None:
    # 17:00 UTC on 31 May is already the fifth birthday in Beijing, but not past it.
    evening = datetime(2026, 5, 31, 17, 0, tzinfo=UTC)
    verdict = judge(tested_at=evening, production_date=date(2021, 6, 1))
    assert "D1" not in verdict.duties
    verdict = judge(tested_at=evening, production_date=date(2021, 5, 31))
    assert verdict.duties == ("D1",)
    assert verdict.next_due == date(2027, 6, 1)


def test_red_brings_its_duties() -> None:
    assert judge(**RED).duties == ("D2", "D3")


def test_the_same_input_gives_the_same_verdict() -> None:
    first, second = judge(), judge()
    assert first == second
    assert first.ruleset_sha256 == load("cn-2024").sha256


def test_the_input_hash_is_of_the_values_not_of_their_spelling() -> None:
    beijing = timezone(timedelta(hours=8))
    same = judge(
        tested_at=datetime(2026, 6, 1, 12, 0, tzinfo=beijing),
        label_nominal_voltage_v=48,
    )
    assert same.input_sha256 == judge().input_sha256
    others = [
        judge(leakage=True),
        judge(cycle_count=1),
        judge(production_date=None),
        judge(label_nominal_voltage_v=47.9),
        judge(training_valid=False),
        judge(calibration_valid=False),
        judge(tested_at=datetime(2026, 6, 1, 4, 1, tzinfo=UTC)),
    ]
    hashes = {other.input_sha256 for other in others} | {same.input_sha256}
    assert len(hashes) == len(others) + 1
