"""Each rule of cn-2024: one pack on which it fires, one just short of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from battery_registry.scoring import load
from tests.scoring.builders import judge, told_ids

LEAD = {"chemistry": "lead_acid"}
HOT_DAY = datetime(2026, 4, 30, 4, 0, tzinfo=UTC)

# rule, changes that make it fire, changes that nearly do
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("COV-1", {"chemistry": "sodium_ion"}, {"chemistry": "unknown_li"}),
    ("A1", {"housing_broken_exposed": True}, {}),
    ("A2", {"leakage": True}, {}),
    ("A3", {"deformation": "severe"}, {"deformation": "slight"}),
    ("A4", {"burn_marks": True}, {}),
    ("A5", {"mount_mismatch": True}, {"mount_mismatch": None}),
    ("A6", {"port_damaged": True}, {"port_damaged": True, **LEAD}),
    (
        "L1",
        {"maker_label_present": False, "purchase_proof_present": False},
        {"maker_label_present": False},
    ),
    (
        "L2",
        {"ccc_mark_present": False, "production_date": date(2025, 11, 1)},
        {"ccc_mark_present": False, "production_date": date(2025, 10, 31)},
    ),
    ("L3", {"label_rated_capacity_ah": None}, {"label_rated_energy_wh": None}),
    ("L4", {"label_nominal_voltage_v": 48.1}, {"label_nominal_voltage_v": 48.0}),
    (
        "L5",
        {"label_safe_life_years": 2.0},  # on the second birthday it is reached
        {"label_safe_life_years": 2.0, "production_date": date(2024, 6, 2)},
    ),
    ("L6", {"second_life": True}, {}),
    (
        "T1",
        {"internal_resistance_mohm": 500.1},
        {"internal_resistance_mohm": 500.0},
    ),
    ("T2", {"max_output_voltage_v": 60.01}, {"max_output_voltage_v": 60.0}),
    ("T3", {"discharge_capacity_ah": 9.99}, {"discharge_capacity_ah": 10.0}),
    ("M1", {"maker_frequent_alarms": True}, {"maker_frequent_alarms": False}),
    (
        "M2",
        {"cycle_count": 801, "maker_cycle_limit": 800},
        {"cycle_count": 9000, "maker_cycle_limit": None},
    ),
    (
        "M3",
        {"lowest_output_voltage_v": 35.9, "maker_min_voltage_v": 36.0},
        {"lowest_output_voltage_v": 36.0, "maker_min_voltage_v": 36.0},
    ),
    (
        "M4",
        {"highest_work_temp_c": 60.5, "maker_max_temp_c": 60.0},
        {"highest_work_temp_c": None, "maker_max_temp_c": 60.0},
    ),
    (
        "M5",
        {"bms_fault": True, "maker_declares_bms_fault_unsafe": True},
        {"bms_fault": True, "maker_declares_bms_fault_unsafe": False},
    ),
    ("M6", {"maker_other_safety_issue": True}, {"maker_other_safety_issue": None}),
    ("V1", {"calibration_valid": False}, {"calibration_valid": True}),
    ("V2", {"ambient_temp_c": 35.1}, {"ambient_temp_c": 35.0}),
    (
        "V3",
        {"internal_resistance_mohm": 4.9},
        {"internal_resistance_mohm": 4.9, "unit_kind": "cell"},
    ),
    (
        "V4",
        {"battery_surface_temp_c": 60.1, **LEAD},
        {"battery_surface_temp_c": 60.0},
    ),
    ("V5", {"training_valid": False}, {"training_valid": True}),
    ("P1", {"internal_resistance_mohm": None}, {"resistance_method": "ac_1khz"}),
    ("P2", {"capacity_method": "partial_estimate"}, {"capacity_method": "bms"}),
    ("P3", {}, {"internal_resistance_mohm": None}),
    (
        "D1",
        {"production_date": date(2021, 5, 31)},
        {"production_date": date(2021, 6, 1)},  # the fifth birthday itself
    ),
    ("D2", {"leakage": True}, {"leakage": True, "tested_at": HOT_DAY}),
    ("D3", {"leakage": True}, {"leakage": True, "training_valid": False}),
    ("P4", {"capacity_method": "none"}, {"capacity_method": "partial_estimate"}),
    (
        "P5",
        {"discharge_capacity_ah": None},
        {"discharge_capacity_ah": None, "capacity_method": "none"},
    ),
    (
        "P6",
        {"resistance_method": "ac_1khz", "pulse_seconds": 10.0},
        {"resistance_method": "dc_pulse", "pulse_seconds": 10.0},
    ),
]

SITE_CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("W1", {"waste": True}, {"waste": False}),
    ("W2", {"storage_days": 91}, {"storage_days": 90}),
    ("W3", {"site_stock_t": 3.001}, {"site_stock_t": 3}),
    ("W4", {"site_stock_t": 5.001}, {"site_stock_t": 5}),
]


@pytest.mark.parametrize(
    ("rule_id", "changes", "near"), CASES, ids=lambda v: str(v)[:9]
)
def test_rule_fires_and_stays_quiet_just_short_of_it(
    rule_id: str, changes: dict[str, Any], near: dict[str, Any]
) -> None:
    assert rule_id in told_ids(judge(**changes))
    assert rule_id not in told_ids(judge(**near))


@pytest.mark.parametrize(("rule_id", "values", "near"), SITE_CASES)
def test_site_rule_fires_and_stays_quiet_just_short_of_it(
    rule_id: str, values: dict[str, Any], near: dict[str, Any]
) -> None:
    rule = load("cn-2024").get_rule(rule_id)
    assert rule.fires(values)
    assert not rule.fires(near)


def test_no_rule_is_left_out_of_the_tables() -> None:
    ruleset = load("cn-2024")
    assert [case[0] for case in CASES] == [rule.id for rule in ruleset.rules]
    assert [case[0] for case in SITE_CASES] == [rule.id for rule in ruleset.site_rules]


@pytest.mark.parametrize("rule_id", [case[0] for case in CASES if case[0][0] in "ALTM"])
def test_a_guideline_rule_makes_red_by_itself(rule_id: str) -> None:
    changes = next(case[1] for case in CASES if case[0] == rule_id)
    verdict = judge(**changes)
    assert verdict.code == "red"
    assert [rule.rule_id for rule in verdict.fired] == [rule_id]
    assert verdict.fired[0].outcome == "red"


@pytest.mark.parametrize(
    "changes",
    [
        {"internal_resistance_mohm": 501.0, "resistance_method": "bms"},
        {"internal_resistance_mohm": 501.0, "resistance_method": None},
        {"max_output_voltage_v": 61.0, "max_output_voltage_method": "label_limit"},
        {"discharge_capacity_ah": 9.0, "capacity_method": "bms"},
    ],
)
def test_a_bad_reading_counts_from_any_method(changes: dict[str, Any]) -> None:
    assert judge(**changes).code == "red"


def test_a_partial_discharge_never_speaks_of_fade() -> None:
    verdict = judge(discharge_capacity_ah=1.0, capacity_method="partial_estimate")
    assert verdict.code == "green"
    assert verdict.capacity_fade_pct is None
    assert "P2" in verdict.notes
