"""The released rule set cn-2024, its hash and its schema."""

import json
import re
from datetime import timedelta

import pytest
from jsonschema import (
    Draft202012Validator,
)

from battery_registry.scoring import load, score_one
from battery_registry.scoring.comparison import COMPARATORS
from battery_registry.scoring.document import RuleSetError, read
from battery_registry.scoring.library import check, document, read_index
from battery_registry.scoring.measurement import Chemistry
from battery_registry.scoring.parsing import sha256_of
from battery_registry.scoring.ruleset import Outcome
from tests.scoring.builders import make_circumstances, make_measurement

RULES = [
    *("COV-1", "A1", "A2", "A3", "A4", "A5", "A6"),
    *("L1", "L2", "L3", "L4", "L5", "L6", "T1", "T2", "T3"),
    *("M1", "M2", "M3", "M4", "M5", "M6", "V1", "V2", "V3", "V4", "V5"),
    *("P1", "P2", "P3", "D1", "D2", "D3", "P4", "P5", "P6"),
]


def test_the_index_holds_the_hash_of_every_file() -> None:
    released = json.loads(document("INDEX.json"))["rulesets"]
    assert "cn-2024" in released
    for ruleset_id, entry in released.items():
        text = document(entry["file"])
        assert sha256_of(text) == entry["sha256"], "release a new file instead"
        assert load(ruleset_id).sha256 == entry["sha256"]
        assert load(ruleset_id).id == ruleset_id


def test_line_ends_do_not_change_the_hash() -> None:
    text = document("cn-2024.json")
    assert sha256_of(text.replace("\n", "\r\n")) == sha256_of(text)


def test_a_changed_file_is_refused() -> None:
    text, index = document("cn-2024.json"), document("INDEX.json")
    entry = read_index(index)["cn-2024"]
    assert check(text, ruleset_id="cn-2024", entry=entry) == load("cn-2024")
    with pytest.raises(RuleSetError, match="is not the file's") as refusal:
        check(text.replace("500", "900"), ruleset_id="cn-2024", entry=entry)
    line = index.split("\n")[(refusal.value.line or 0) - 1]
    assert load("cn-2024").sha256 in line


def test_an_index_that_says_otherwise_is_refused() -> None:
    index = document("INDEX.json").replace('"area": "cn"', '"area": "moon"')
    entry = read_index(index)["cn-2024"]
    with pytest.raises(RuleSetError, match="is not the document's cn"):
        check(document("cn-2024.json"), ruleset_id="cn-2024", entry=entry)


def test_a_set_under_another_name_is_refused() -> None:
    index = document("INDEX.json").replace('"cn-2024": {', '"cn-1999": {')
    entry = read_index(index)["cn-1999"]
    with pytest.raises(RuleSetError, match="not the document's id cn-2024") as refusal:
        check(document("cn-2024.json"), ruleset_id="cn-1999", entry=entry)
    assert str(refusal.value).startswith("line 3: rulesets.cn-1999: ")


@pytest.mark.parametrize(
    ("first", "second", "good"),
    [
        (("a", "2024-01-01", None), ("a", "2025-01-01", None), False),
        (("a", "2024-01-01", "2025-01-01"), ("a", "2025-01-01", None), False),
        (("a", "2024-01-01", "2024-12-31"), ("a", "2025-01-01", None), True),
        (("a", "2025-01-01", None), ("a", "2024-01-01", "2024-12-31"), True),
        (("a", "2024-01-01", None), ("b", "2024-01-01", None), True),
    ],
)
def test_two_sets_of_one_area_never_overlap(
    first: tuple[str, str, str | None],
    second: tuple[str, str, str | None],
    good: bool,
) -> None:
    names = ("area", "effective_from", "effective_to")
    sets = {
        name: dict(zip(names, told, strict=True))
        for name, told in (("one", first), ("two", second))
    }
    text = json.dumps({"rulesets": sets})
    if good:
        assert len(read_index(text)) == 2
        return
    with pytest.raises(RuleSetError, match="overlaps with") as refusal:
        read_index(text)
    assert refusal.value.where.endswith("two.effective_from")
    assert read(text).value == {"rulesets": sets}


def test_a_second_set_needs_no_code() -> None:
    reading = make_measurement(
        internal_resistance_mohm=450.0, discharge_capacity_ah=17.5
    )
    verdicts = [
        score_one(reading, make_circumstances(), load(name))
        for name in ("cn-2024", "cn-2024-strict")
    ]
    assert [verdict.code for verdict in verdicts] == ["green", "red"]
    assert verdicts[1].fired[0].threshold == 400
    fair = make_measurement(discharge_capacity_ah=17.5)  # 87.5 % left: 20 points
    codes = [
        score_one(fair, make_circumstances(), load(name)).code
        for name in ("cn-2024", "cn-2024-strict")
    ]
    assert codes == ["green", "yellow"]


def test_an_unknown_rule_set_is_refused() -> None:
    with pytest.raises(RuleSetError, match="holds no 'cn-1999'"):
        load("cn-1999")


def test_a_rule_set_is_read_once() -> None:
    assert load("cn-2024") is load("cn-2024")


def test_the_file_obeys_its_schema() -> None:
    schema = json.loads(document("schema.json"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for name in ("cn-2024.json", "cn-2024-strict.json"):
        content = json.loads(document(name))
        assert [error.message for error in validator.iter_errors(content)] == []
    del content["rules"][0]["texts"]["why"]["zh"]
    assert not validator.is_valid(content)
    content = json.loads(document("cn-2024.json"))
    for rule in content["rules"]:
        rule["outcome"] = "note"
    (error,) = validator.iter_errors(content)
    assert error.validator == "contains"


def test_the_schema_names_what_the_engine_knows() -> None:
    definitions = json.loads(document("schema.json"))["$defs"]
    assert set(definitions["comparator"]["enum"]) == set(COMPARATORS)
    outcomes = definitions["rule"]["properties"]["outcome"]["enum"]
    assert set(outcomes) == set(Outcome)


def test_every_rule_is_there_in_order() -> None:
    ruleset = load("cn-2024")
    assert [rule.id for rule in ruleset.rules] == RULES
    assert [rule.id for rule in ruleset.site_rules] == ["W1", "W2", "W3", "W4"]
    for get in (ruleset.get_rule, ruleset.get_factor, ruleset.get_guard):
        with pytest.raises(KeyError):
            get("Z9")


def test_only_lithium_is_judged() -> None:
    lithium = load("cn-2024").get_rule("COV-1").test.threshold
    for rule in load("cn-2024").rules:
        if rule.outcome is Outcome.RED:
            assert rule.chemistries == lithium
    outside = frozenset(Chemistry) - lithium
    assert outside == {"lead_acid", "sodium_ion", "nimh", "unknown"}


def test_red_comes_from_the_guideline_alone() -> None:
    reds = [rule for rule in load("cn-2024").rules if rule.outcome is Outcome.RED]
    assert {rule.basis for rule in reds} == {"guideline"}
    assert {rule.source for rule in reds} == {"guideline"}


def test_the_sentences_are_chinese_and_english() -> None:
    for rule in (*load("cn-2024").rules, *load("cn-2024").site_rules):
        for text in (rule.why, rule.inspector):
            assert re.search("[\u4e00-\u9fff]", text.zh), rule.id
            assert not re.search("[\u4e00-\u9fff]", text.en), rule.id


def test_a_test_repeats_another_for_the_days_of_the_file() -> None:
    ruleset = load("cn-2024")
    told = json.loads(document("cn-2024.json"))["trend"]["repeat_window_days"]
    assert ruleset.repeat_window == timedelta(days=told)


@pytest.mark.parametrize(("surface_c", "must"), [(60.5, True), (60.0, False)])
def test_a_rule_can_say_to_keep_a_battery_apart(
    surface_c: float, *, must: bool
) -> None:
    ruleset = load("cn-2024")
    found = score_one(
        make_measurement(battery_surface_temp_c=surface_c),
        make_circumstances(),
        ruleset,
    )
    assert ruleset.must_isolate(found) is must
