"""A verdict on the wire and in words."""

import json
from datetime import date, timedelta

import pytest

from battery_registry.scoring import load, score_one
from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.history import Past, look_back
from battery_registry.scoring.record import as_record, from_record
from battery_registry.scoring.reference import UNKNOWN_MODEL
from battery_registry.scoring.stored import measurement_of
from tests.scoring.builders import HEALTHY, judge, make_circumstances, make_measurement

CN = load("cn-2024")


def test_record_of_a_red_pack() -> None:
    record = as_record(judge(internal_resistance_mohm=500.1), CN)
    assert record["code"] == "red"
    assert record["score"] == 80.0
    assert record["fired"] == [
        {
            "rule_id": "T1",
            "clause": "3(1)",
            "outcome": "red",
            "inputs": {"internal_resistance_mohm": 500.1},
            "comparator": "gt",
            "threshold": 500,
            "text": {
                "zh": CN.get_rule("T1").why.zh,
                "en": "The battery's internal resistance is above 0.5 ohm.",
            },
        }
    ]
    assert record["next_due"] is None
    assert record["duties"] == ["D2", "D3"]
    assert record["ruleset"] == {"id": "cn-2024", "sha256": CN.sha256}


def test_record_of_a_green_pack() -> None:
    record = as_record(judge(discharge_capacity_ah=18.3), CN)
    assert record["code"] == "green"
    assert record["score"] == 11.9  # 91.5 % left
    assert record["contributions"][0] == {
        "factor": "capacity_retention",
        "reading": 0.915,
        "unit": "1",
        "points": 11.9,
        "max_points": 80.0,
        "evidence": "validated",
        "u": 0.02,
        "from_before": False,
    }
    assert record["notes"] == ["P3"]
    assert record["next_due"] == "2027-06-01"
    assert (record["fired"], record["missing"]) == ([], [])


def test_every_record_is_json_and_comes_back_the_same() -> None:
    verdicts = [
        judge(),
        judge(chemistry="lead_acid"),
        judge(ambient_temp_c=50.0, leakage=True, internal_resistance_mohm=None),
        judge(ccc_mark_present=False, production_date=date(2026, 1, 1)),
    ]
    for verdict in verdicts:
        record = as_record(verdict, CN)
        assert json.loads(json.dumps(record, allow_nan=False)) == record
    covered = as_record(verdicts[1], CN)["fired"][0]
    assert covered["threshold"] == sorted(CN.get_rule("COV-1").test.threshold)
    assert as_record(verdicts[1], CN)["score"] is None


def judge_with_a_past() -> Evaluation:
    """Near a limit, and better than fourteen months ago."""
    past = [
        Past(
            measurement=make_measurement(
                tested_at=HEALTHY.tested_at - timedelta(days=400),
                discharge_capacity_ah=15.0,
                self_discharge_pct_per_month=10.0,
            ),
            circumstances=make_circumstances(),
        )
    ]
    now = make_measurement(internal_resistance_mohm=480.0)
    background = look_back(
        now, make_circumstances(), past=past, reference=UNKNOWN_MODEL, ruleset=CN
    )
    return score_one(now, make_circumstances(), CN, background)


def test_record_of_guard_trend_and_flag() -> None:
    record = as_record(judge_with_a_past(), CN)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["code"] == "yellow"
    (guard,) = record["guards"]
    assert (guard["guard_id"], guard["reading"], guard["threshold"]) == (
        "GUARD-T1",
        480.0,
        500,
    )
    assert (record["trend"]["n"], record["trend"]["significant"]) == (2, False)
    assert [flag["id"] for flag in record["flags"]] == ["IDENTITY", "R-JUMP"]
    assert len(record["input_sha256"]) == 64


def test_a_kept_inspection_reads_back() -> None:
    body = {name: getattr(HEALTHY, name) for name in HEALTHY.__slots__}
    body |= {
        "tested_at": "2026-06-01T12:00:00+08:00",
        "production_date": "2024-06-01",
        "label_nominal_voltage_v": 48,
        "cycle_count": 12.0,
    }
    again = measurement_of(json.loads(json.dumps(body)))
    assert again == make_measurement(cycle_count=12)
    assert isinstance(again.cycle_count, int)
    assert isinstance(again.label_nominal_voltage_v, float)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"internal_resistance_mohm": 500.1, "leakage": True},
        {"internal_resistance_mohm": 499.0},
        {"ambient_temp_c": 40.0},
        {"internal_resistance_mohm": None, "resistance_method": None},
        {"unit_kind": "cell", "chemistry": "lead_acid"},
    ],
)
def test_a_verdict_is_read_back_as_it_was(changes: dict[str, object]) -> None:
    verdict = judge(**changes)
    record = json.loads(json.dumps(as_record(verdict, CN)))
    assert from_record(record) == verdict
    assert as_record(from_record(record), CN) == record


def test_a_verdict_with_a_past_is_read_back_as_it_was() -> None:
    verdict = judge_with_a_past()
    assert verdict.trend is not None
    assert any(part.from_before for part in verdict.contributions)
    record = json.loads(json.dumps(as_record(verdict, CN)))
    assert from_record(record) == verdict
