"""A rule set that is not sound is refused, with the place."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from battery_registry.scoring.document import RuleSetError
from battery_registry.scoring.library import document
from battery_registry.scoring.parsing import parse
from tests.scoring.builders import changed, rule_of

Content = dict[str, Any]


def in_rule(rule_id: str, **changes: Any) -> Callable[[Content], object]:
    return lambda content: rule_of(content, rule_id).update(changes)


def without(rule_id: str, name: str) -> Callable[[Content], object]:
    return lambda content: rule_of(content, rule_id).pop(name)


def in_factor(index: int = 0, **changes: Any) -> Callable[[Content], object]:
    return lambda content: content["factors"][index].update(changes)


def in_text(language: str, said: object) -> Callable[[Content], object]:
    return lambda content: rule_of(content, "T1")["texts"]["why"].update(
        {language: said}
    )


def at_top(**changes: Any) -> Callable[[Content], object]:
    return lambda content: content.update(changes)


def accepting(**changes: Any) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        need = rule_of(content, "P1")["accepted_methods"]
        need["internal_resistance_mohm"].update(changes)

    return change


REFUSALS: list[tuple[str, Callable[[Content], object], str, str]] = [
    ("comparator", in_rule("T1", comparator="above"), "rules[13].comparator", "one of"),
    ("input", in_rule("T1", inputs=["ohms"]), "rules[13].inputs[0]", "must be one of"),
    ("no input", in_rule("T1", inputs=[]), "rules[13].inputs", "cannot compare 0"),
    (
        "two inputs",
        in_rule("T1", inputs=["ocv_v", "ambient_temp_c"]),
        "rules[13].inputs",
        "cannot compare 2",
    ),
    (
        "mixed inputs",
        in_rule("L1", inputs=["maker_label_present", "ocv_v"]),
        "rules[7].inputs",
        "different kinds",
    ),
    (
        "word order",
        in_rule("A3", comparator="gt"),
        "rules[3].comparator",
        "deformation",
    ),
    ("word", in_rule("A3", threshold="terrible"), "rules[3].threshold", "one of none"),
    ("flag", in_rule("A1", threshold=1), "rules[1].threshold", "true or false"),
    ("number", in_rule("T1", threshold="500"), "rules[13].threshold", "a number"),
    ("bool", in_rule("T1", threshold=True), "rules[13].threshold", "a number"),
    ("nan", in_rule("T1", threshold=float("nan")), "rules[13].threshold", "finite"),
    ("null", in_rule("P2", threshold=0), "rules[28].threshold", "null"),
    ("range", in_rule("V2", threshold=[35, 10]), "rules[23].threshold", "lower one"),
    ("ends", in_rule("V2", threshold=[1, 2, 3]), "rules[23].threshold", "two values"),
    ("no list", in_rule("V2", threshold=35), "rules[23].threshold", "must be a list"),
    ("no limit", without("T1", "threshold"), "rules[13]", "threshold is missing"),
    (
        "limit's kind",
        in_rule("M2", threshold={"input": "leakage"}),
        "rules[17].threshold.input",
        "not of the kind of cycle_count",
    ),
    (
        "limit's member",
        in_rule("M2", threshold={"input": "maker_cycle_limit", "times": 2}),
        "rules[17].threshold.times",
        "not a known member",
    ),
    ("misspelt", in_rule("T1", wehn=[]), "rules[13].wehn", "not a known member"),
    (
        "day",
        in_rule(
            "L2",
            when=[
                {
                    "inputs": ["production_date"],
                    "comparator": "ge",
                    "threshold": "2025-11-31",
                }
            ],
        ),
        "rules[8].when[0].threshold",
        "YYYY-MM-DD",
    ),
    ("group", in_rule("T1", chemistries="gel"), "rules[13].chemistries", "one of li"),
    ("unit", in_rule("T1", unit_kinds=["car"]), "rules[13].unit_kinds[0]", "one of"),
    ("outcome", in_rule("T1", outcome="blue"), "rules[13].outcome", "one of"),
    (
        "late red",
        in_rule("D3", outcome="red"),
        "rules[32].outcome",
        "cannot change it",
    ),
    ("source", in_rule("T1", source="hearsay"), "rules[13].source", "one of"),
    ("rule twice", in_rule("T2", id="T1"), "rules[14].id", "given twice"),
    (
        "site twice",
        lambda content: content["site_rules"][0].update(id="T1"),
        "site_rules[0].id",
        "given twice",
    ),
    (
        "site input",
        lambda content: content["site_rules"][0].update(inputs=["leakage"]),
        "site_rules[0].inputs[0]",
        "must be one of waste",
    ),
    (
        "no zh",
        lambda content: rule_of(content, "T1")["texts"]["why"].pop("zh"),
        "rules[13].texts.why",
        "zh is missing",
    ),
    ("empty en", in_text("en", " "), "rules[13].texts.why.en", "not empty"),
    ("no text", in_text("en", 5), "rules[13].texts.why.en", "must be a text"),
    ("place-holder", in_text("en", "{reading}"), "rules[13].texts.why.en", "reading"),
    ("brace", in_text("en", "50 {"), "rules[13].texts.why.en", "brace"),
    (
        "not in the rule",
        in_rule("P1", inputs=["internal_resistance_mohm"]),
        "rules[27].accepted_methods.max_output_voltage_v",
        "not an input",
    ),
    (
        "method input",
        accepting(method_input="ocv_v"),
        "rules[27].accepted_methods.internal_resistance_mohm.method_input",
        "one of",
    ),
    (
        "method",
        accepting(methods=["guess"]),
        "rules[27].accepted_methods.internal_resistance_mohm.methods[0]",
        "one of",
    ),
    ("knots", in_factor(knots=[0, 1, 1, 2, 3, 4, 5]), "factors[0].knots", "increasing"),
    ("one knot", in_factor(knots=[1]), "factors[0].knots", "two or more"),
    (
        "falling",
        in_factor(points_tenths=[800, 680, 690, 380, 260, 140, 0]),
        "factors[0].points_tenths",
        "must not fall",
    ),
    (
        "falling ratio",
        in_factor(1, points_tenths=[0, 10, 30, 20, 200]),
        "factors[1].points_tenths",
        "must not fall",
    ),
    ("fewer", in_factor(points_tenths=[800, 0]), "factors[0].points_tenths", "as many"),
    (
        "half tenths",
        in_factor(1, points_tenths=[0, 1.5, 3, 8, 20]),
        "factors[1].points_tenths[1]",
        "whole number",
    ),
    ("word factor", in_factor(input="chemistry"), "factors[0].input", "not a number"),
    ("factor twice", in_factor(1, id="capacity_retention"), "factors[1].id", "twice"),
    ("evidence", in_factor(evidence="hope"), "factors[0].evidence", "one of"),
    (
        "cap",
        lambda c: c["score"].update(cap_tenths=-1),
        "score.cap_tenths",
        "0 or more",
    ),
    ("more", at_top(extra=1), "extra", "not a known member"),
    ("rules", at_top(rules={}), "rules", "must be a list"),
    ("sources", at_top(sources=[]), "sources", "must be an object"),
    (
        "chemistry",
        at_top(chemistry_groups={"li": ["gold"]}),
        "chemistry_groups.li[0]",
        "one of",
    ),
]


@pytest.mark.parametrize(
    ("change", "where", "reason"),
    [case[1:] for case in REFUSALS],
    ids=[case[0] for case in REFUSALS],
)
def test_refused_with_its_place(
    change: Callable[[Content], object], where: str, reason: str
) -> None:
    with pytest.raises(RuleSetError) as refusal:
        parse(changed(change))
    assert refusal.value.where == where
    assert reason in refusal.value.reason
    assert str(refusal.value) == f"{where}: {refusal.value.reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ("{}", "sources is missing"),
        ('{"id": "a", "id": "b"}', "given twice"),
    ],
)
def test_what_is_no_document_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RuleSetError, match=reason):
        parse(text)


def test_a_sound_document_is_read() -> None:
    ruleset = parse(document("cn-2024.json"))
    assert (ruleset.id, ruleset.version) == ("cn-2024", "1.0.0")
    assert ruleset.effective_to is None
    assert ruleset.get_rule("D3").effects == (
        "store_and_charge_separately",
        "block_resale",
        "open_recycling_case",
    )
    assert ruleset.get_rule("V3").unit_kinds == {"pack"}


def test_a_rule_set_may_end() -> None:
    ended = parse(changed(at_top(effective_to="2027-12-31")))
    assert ended.effective_to == date(2027, 12, 31)


def test_a_range_of_days_is_told_in_words() -> None:
    made = in_rule(
        "V2",
        inputs=["production_date"],
        comparator="not_between",
        threshold=["2020-01-01", "2030-01-01"],
    )
    condition = parse(changed(made)).get_rule("V2").test
    values = {"production_date": date(2019, 12, 31)}
    assert condition.holds(values)
    assert condition.told_threshold(values) == ("2020-01-01", "2030-01-01")
    assert not condition.holds({"production_date": None})
