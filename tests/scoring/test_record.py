"""A verdict on the wire and in words."""

import json
from datetime import date

from battery_registry.scoring import load
from battery_registry.scoring.record import as_record
from tests.scoring.builders import judge

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
