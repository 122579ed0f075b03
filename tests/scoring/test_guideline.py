"""The published guideline's own numbers, from the conformance data."""

import json
from pathlib import Path
from typing import Any

import pytest

from battery_registry.scoring import load
from tests.scoring.builders import judge


def read_guideline(shared_data: Path, name: str) -> Any:
    path = shared_data / "conformance" / "cn-health-assessment" / name
    return json.loads(path.read_text(encoding="utf-8"))


def test_boundary_cases(shared_data: Path) -> None:
    cases = read_guideline(shared_data, "boundary-cases.json")
    assert len(cases) >= 5
    for case in cases:
        given = case["in"]
        verdict = judge(
            internal_resistance_mohm=given["internal_resistance_ohm"] * 1000,
            max_output_voltage_v=given["max_output_voltage_v"],
            label_rated_capacity_ah=100.0,
            discharge_capacity_ah=100.0 - given["capacity_fade_pct"],
        )
        assert [rule.rule_id for rule in verdict.fired] == case.get("hits", [])
        assert (verdict.code == "red") is case["technical_hit"]


def test_the_technical_limits_are_the_guidelines(shared_data: Path) -> None:
    to_ours = {"Ohm": 1000, "V": 1, "%": 1}
    for limit in read_guideline(shared_data, "rules.json")["technical_any"]:
        test = load("cn-2024").get_rule(limit["id"]).test
        assert test.threshold == pytest.approx(limit["value"] * to_ours[limit["ucum"]])
        assert (test.comparator, limit["operator"]) == ("gt", ">")


def test_every_label_rule_of_the_guideline_is_there(shared_data: Path) -> None:
    named = {
        rule["id"] for rule in read_guideline(shared_data, "rules.json")["label_any"]
    }
    ours = {rule.id for rule in load("cn-2024").rules if rule.id.startswith("L")}
    assert ours == named
