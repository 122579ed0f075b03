"""Why, in sentences."""

import re
from datetime import timedelta

from battery_registry.scoring import load, score_one
from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.explain import (
    explain_rule,
    for_inspectors,
    for_residents,
)
from battery_registry.scoring.history import Past, look_back
from battery_registry.scoring.reference import UNKNOWN_MODEL
from tests.scoring.builders import HEALTHY, judge, make_circumstances, make_measurement

CN = load("cn-2024")


def told(evaluation: Evaluation) -> dict[str, str]:
    return {one.key: one.text.en for one in for_inspectors(evaluation, CN)}


def test_inspectors_read_figures_clause_and_margin() -> None:
    (fired,) = judge(internal_resistance_mohm=500.0001).fired
    said = explain_rule(fired, CN)
    assert said.en == (
        "Internal resistance 500.0001 mΩ is above 500 mΩ. "
        "Clause 3(1); beyond the limit by 0.0001 mΩ."
    )
    assert "500.0001" in said.zh
    (fired,) = judge(ambient_temp_c=41.0).fired
    assert explain_rule(fired, CN).en.startswith(
        "Ambient temperature 41 °C is outside 10 .. 35 °C: test again. Clause project"
    )
    (fired,) = judge(leakage=True).fired
    assert explain_rule(fired, CN).en == "Appearance: leakage. Clause 2(1)."
    (fired,) = judge(cycle_count=900, maker_cycle_limit=800).fired
    assert explain_rule(fired, CN).en.endswith("beyond the limit by 100.")


def test_a_guard_tells_how_much_is_left() -> None:
    said = told(judge(internal_resistance_mohm=480.0))
    assert said["guard.GUARD-T1"].endswith("Clause 3(1); 20 mΩ left to the limit.")
    assert "462 mΩ" in said["guard.GUARD-T1"]


def test_factors_are_told_by_weight() -> None:
    found = judge(discharge_capacity_ah=16.0, water_marks=True, bms_alarm_count=1)
    keys = [one.key for one in for_inspectors(found, CN)]
    assert keys == [
        "factor.capacity_retention",
        "factor.water_marks",
        "factor.bms_alarms",
    ]
    said = told(found)["factor.capacity_retention"]
    assert said == "Capacity retention 0.8: 38 of 80 points."


def test_what_is_missing_is_named() -> None:
    said = told(judge(internal_resistance_mohm=None))
    assert said["missing"] == "Missing: internal_resistance_mohm."


def test_trend_repeat_and_flag_are_told() -> None:
    months = [(36, 12.0), (24, 16.0), (0.5, 13.0)]
    past = [
        Past(
            measurement=make_measurement(
                tested_at=HEALTHY.tested_at - timedelta(days=30.4375 * ago),
                discharge_capacity_ah=left,
            ),
            circumstances=make_circumstances(),
        )
        for ago, left in months
    ]
    background = look_back(
        HEALTHY, make_circumstances(), past=past, reference=UNKNOWN_MODEL, ruleset=CN
    )
    found = score_one(HEALTHY, make_circumstances(), CN, background)
    said = told(found)
    assert "An earlier reading counts" in said["factor.capacity_retention"]
    assert "no significant change" in said["trend"]
    assert "identity" in said["flag.IDENTITY"]
    falling = look_back(
        make_measurement(discharge_capacity_ah=11.0),
        make_circumstances(),
        past=past[1:2],
        reference=UNKNOWN_MODEL,
        ruleset=CN,
    )
    worse = make_measurement(discharge_capacity_ah=11.0)
    said = told(score_one(worse, make_circumstances(), CN, falling))
    assert "which is significant" in said["trend"]
    assert said["factor.trend"].startswith("Capacity is lost at 1.0")


def test_a_reading_beyond_the_limit_that_stands_is_told_so() -> None:
    before = make_measurement(
        tested_at=HEALTHY.tested_at - timedelta(days=2), internal_resistance_mohm=520.0
    )
    background = look_back(
        HEALTHY,
        make_circumstances(),
        past=[Past(measurement=before, circumstances=make_circumstances())],
        reference=UNKNOWN_MODEL,
        ruleset=CN,
    )
    found = score_one(HEALTHY, make_circumstances(), CN, background)
    assert told(found)["guard.GUARD-T1"].endswith("beyond the limit by 20 mΩ.")


def test_residents_read_no_figures() -> None:
    texts = [factor.why for factor in CN.factors]
    texts += [flag.why for flag in CN.flags.values()]
    texts += [guard.says.why for guard in CN.guards]
    for text in texts:
        for said in (text.zh, text.en):
            assert not re.search(r"\d|{", said)
    found = judge(
        internal_resistance_mohm=480.0, discharge_capacity_ah=9.0, drop_marks=True
    )
    keys = [one.key for one in for_residents(found, CN)]
    assert keys == [
        "rule.T3",
        "guard.GUARD-T1",
        "factor.capacity_retention",
        "factor.drop_marks",
    ]


def test_every_rule_can_be_said_to_an_inspector() -> None:
    for rule in (*CN.rules, *CN.site_rules):
        for text in (rule.inspector.zh, rule.inspector.en):
            assert "{" not in text.format(reading="r", threshold="t")
        for text in (rule.why.zh, rule.why.en):
            assert "{" not in text
