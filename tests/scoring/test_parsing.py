"""A rule set that is not sound is refused, with the place."""

from collections.abc import Callable
from datetime import date, timedelta, timezone
from typing import Any

import pytest

from battery_registry.scoring.document import RuleSetError, read
from battery_registry.scoring.factor import HARM_OF, Harm
from battery_registry.scoring.inputs import INPUTS, VERDICT, InputKind
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


def at(name: str, **changes: Any) -> Callable[[Content], object]:
    return lambda content: content[name].update(changes)


def in_score(**changes: Any) -> Callable[[Content], object]:
    return at("score", **changes)


def in_guard(**changes: Any) -> Callable[[Content], object]:
    return lambda content: content["guards"][0].update(changes)


def in_u(index: int = 0, **changes: Any) -> Callable[[Content], object]:
    return lambda content: content["uncertainty"]["readings"][index].update(changes)


def accepting(**changes: Any) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        need = rule_of(content, "P1")["accepted_methods"]
        need["internal_resistance_mohm"].update(changes)

    return change


def in_rules(**changes: Any) -> Callable[[Content], object]:
    return lambda content: [rule.update(changes) for rule in content["rules"]]


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
    (
        "format",
        lambda c: rule_of(c, "T1")["texts"]["inspector"].update(en="{reading:zz}"),
        "rules[13].texts.inspector.en",
        "must not format",
    ),
    (
        "conversion",
        lambda c: rule_of(c, "T1")["texts"]["inspector"].update(zh="{reading!r}"),
        "rules[13].texts.inspector.zh",
        "must not format",
    ),
    (
        "attribute",
        lambda c: rule_of(c, "T1")["texts"]["inspector"].update(en="{reading.real}"),
        "rules[13].texts.inspector.en",
        "unknown place-holders",
    ),
    (
        "index",
        lambda c: rule_of(c, "T1")["texts"]["inspector"].update(en="{reading[0]}"),
        "rules[13].texts.inspector.en",
        "unknown place-holders",
    ),
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
    (
        "word factor",
        in_factor(input="chemistry"),
        "factors[0].input",
        "neither a number",
    ),
    ("factor twice", in_factor(1, id="capacity_retention"), "factors[1].id", "twice"),
    ("verdict factor", in_factor(input="rules_fired"), "factors[0].input", "one of"),
    ("day factor", in_factor(input="tested_on"), "factors[0].input", "neither a"),
    ("no direction", in_factor(input="ocv_v"), "factors[0].input", "one direction"),
    ("young", in_factor(input="age_years"), "factors[0].harm", "must be higher"),
    ("wrong harm", in_factor(1, harm="lower"), "factors[1].harm", "must be higher"),
    ("no harm", in_factor(harm="higher"), "factors[0].harm", "must be lower"),
    (
        "many points",
        in_factor(points_tenths=[1001, 680, 550, 380, 260, 140, 0]),
        "factors[0].points_tenths[0]",
        "0 to 1000",
    ),
    (
        "steep",
        in_factor(knots=[-5e-324, 0, 5e-324, 1, 2, 3, 4]),
        "factors[0].knots",
        "too near",
    ),
    (
        "flag without points",
        in_factor(7, points_tenths=[]),
        "factors[7].points_tenths",
        "must not be empty",
    ),
    ("evidence", in_factor(evidence="hope"), "factors[0].evidence", "one of"),
    (
        "cap",
        lambda c: c["score"].update(cap_tenths=-1),
        "score.cap_tenths",
        "1 to 1000",
    ),
    ("floor", in_score(cap_tenths=799), "score.red_floor_tenths", "the cap"),
    (
        "yellow",
        in_score(yellow_limit_tenths=801),
        "score.yellow_limit_tenths",
        "above the floor",
    ),
    (
        "points twice",
        in_factor(
            1,
            input="capacity_retention_frac",
            harm="lower",
            points_tenths=[4, 3, 2, 1, 0],
        ),
        "factors[1].input",
        "overlaps",
    ),
    ("flag knots", in_factor(7, knots=[0, 2]), "factors[7].knots", "0 and 1"),
    (
        "flag points",
        in_factor(7, points_tenths=[1, 2]),
        "factors[7].points_tenths",
        "begin with 0",
    ),
    ("flag harm", in_factor(7, harm="lower"), "factors[7].harm", "must be higher"),
    (
        "no factor text",
        lambda c: c["factors"][0]["texts"].pop("why"),
        "factors[0].texts",
        "why is missing",
    ),
    ("days", at_top(effective_to="2023-12-31"), "effective_to", "before effective"),
    ("months", at("intervals", yellow_months=13), "intervals.yellow_months", "longer"),
    (
        "no month",
        at("intervals", green_months=0),
        "intervals.green_months",
        "1 to 120",
    ),
    (
        "ten years",
        at("intervals", green_months=121),
        "intervals.green_months",
        "1 to 120",
    ),
    ("least", at("intervals", least_days=367), "intervals.least_days", "1 to 366"),
    ("late", at("intervals", least_days=169), "intervals.least_days", "after yellow"),
    (
        "window",
        at("trend", repeat_window_days=367),
        "trend.repeat_window_days",
        "1 to 366",
    ),
    ("median", at("trend", theil_sen_from=0), "trend.theil_sen_from", "1 to 1000"),
    ("high cap", in_score(cap_tenths=1001), "score.cap_tenths", "1 to 1000"),
    (
        "all yellow",
        in_score(yellow_limit_tenths=0),
        "score.yellow_limit_tenths",
        "1 to 1000",
    ),
    ("bare day", at_top(effective_from="20240101"), "effective_from", "YYYY-MM-DD"),
    ("week", at_top(effective_from="2024-W01-1"), "effective_from", "YYYY-MM-DD"),
    ("far west", at_top(utc_offset_minutes=-721), "utc_offset_minutes", "-720 to 840"),
    ("far east", at_top(utc_offset_minutes=841), "utc_offset_minutes", "-720 to 840"),
    ("half a minute", at_top(utc_offset_minutes=0.5), "utc_offset_minutes", "whole"),
    ("never red", in_rules(outcome="note"), "rules", "outcome red"),
    ("huge", in_rule("T1", threshold=10**400), "rules[13].threshold", "finite"),
    (
        "no group",
        lambda c: c["chemistry_groups"].update(lead_acid=[]),
        "chemistry_groups.lead_acid",
        "must not be empty",
    ),
    ("no unit", in_rule("T1", unit_kinds=[]), "rules[13].unit_kinds", "be empty"),
    ("no word", in_rule("COV-1", threshold=[]), "rules[0].threshold", "be empty"),
    (
        "no method",
        accepting(methods=[]),
        "rules[27].accepted_methods.internal_resistance_mohm.methods",
        "be empty",
    ),
    (
        "huge u",
        lambda c: c["uncertainty"]["readings"][1]["u"]["quick"].update(bms=1e307),
        "uncertainty.readings[1].u.quick.bms",
        "finite number for every input",
    ),
    (
        "share",
        at("intervals", cycle_life_share=0),
        "intervals.cycle_life_share",
        "above 0",
    ),
    (
        "edges",
        at("trend", temperature_edges_c=[25, 15]),
        "trend.temperature_edges_c",
        "overlap",
    ),
    ("flags", at("flags", HOPE={}), "flags.HOPE", "not a known"),
    (
        "phrase",
        at("phrases", clause={"zh": "条", "en": "{x}"}),
        "phrases.clause.en",
        "unknown",
    ),
    ("guard of none", in_guard(rule="T9"), "guards[0].rule", "must be one of"),
    ("guard of a flag", in_guard(rule="A1"), "guards[0].rule", "fixed number"),
    ("guard of two", in_guard(rule="M2"), "guards[0].rule", "fixed number"),
    ("guard unknown u", in_guard(rule="T2"), "guards[0].rule", "unknown uncertainty"),
    ("guard twice", in_guard(rule="T3"), "guards[1].rule", "guarded already"),
    (
        "u of a word",
        in_u(inputs={"chemistry": 1}),
        "uncertainty.readings[0].inputs.chemistry",
        "number",
    ),
    (
        "u twice",
        in_u(1, inputs={"internal_resistance_mohm": 1}),
        "uncertainty.readings[1].inputs.internal_resistance_mohm",
        "overlaps",
    ),
    (
        "no u",
        in_u(inputs={"resistance_ratio": 1}),
        "uncertainty.readings",
        "says nothing",
    ),
    (
        "u of no class",
        lambda c: c["uncertainty"]["readings"][0]["u"].pop("quick"),
        "uncertainty.readings[0].u",
        "quick is missing",
    ),
    (
        "u of no method",
        lambda c: c["uncertainty"]["readings"][0]["u"]["quick"].pop("bms"),
        "uncertainty.readings[0].u.quick",
        "bms is missing",
    ),
    ("lacking", in_rule("P4", lacking=["hope"]), "rules[33].lacking[0]", "one of"),
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
    assert str(refusal.value) == f"line 1: {where}: {refusal.value.reason}"


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


def test_the_line_of_what_is_wrong_is_told() -> None:
    lines = document("cn-2024.json").split("\n")
    limit = next(i for i, line in enumerate(lines) if '"threshold": 500,' in line)
    lines[limit] = lines[limit].replace("500", "true")
    with pytest.raises(RuleSetError) as refusal:
        parse("\n".join(lines))
    assert refusal.value.line == limit + 1
    assert str(refusal.value).startswith(f"line {limit + 1}: rules[13].threshold: ")


def test_the_line_of_a_member_given_twice_and_of_bad_json() -> None:
    with pytest.raises(RuleSetError) as refusal:
        parse('{\n "id": [1, {"a": "x, y: {"}],\n\n "id": 2}')
    assert (refusal.value.line, refusal.value.where) == (4, "id")
    with pytest.raises(RuleSetError) as refusal:
        parse('{\n "id": ,\n}')
    assert refusal.value.line == 2


def test_what_is_nested_deeply_is_refused_with_its_line() -> None:
    with pytest.raises(RuleSetError, match="nested deeper than 32") as refusal:
        parse('{\n "id": ' + "[" * 100_000 + "]" * 100_000 + "}")
    assert refusal.value.line == 2


def test_no_number_is_too_long_to_be_refused() -> None:
    text = document("cn-2024.json").replace("500,", "5" * 5_000 + ",")
    with pytest.raises(RuleSetError, match="must be a finite number"):
        parse(text)


def test_a_name_with_a_dot_is_not_another_place() -> None:
    text = '{"a": {"b": 1, "b.c": 2},\n "a.b": 3, "a[0]": 4, "document": 5, "": 6}'
    root = read(text)
    assert root.get("a.b").where == 'document["a.b"]'
    assert root.get("a").get("b.c").where == 'a["b.c"]'
    with pytest.raises(RuleSetError, match=r'line 2: document\["a.b"\]: must be'):
        root.get("a.b").text()
    with pytest.raises(RuleSetError, match="given twice"):
        read('{"a.b": 1, "a.b": 2}')


def test_every_known_direction_is_of_an_input_that_can_give_points() -> None:
    assert {INPUTS[name] for name in HARM_OF} == {InputKind.NUMBER, InputKind.FLAG}
    assert HARM_OF.keys().isdisjoint(VERDICT)
    flags = [name for name in HARM_OF if INPUTS[name] is InputKind.FLAG]
    assert {HARM_OF[name] for name in flags} == {Harm.HIGHER}


def test_days_may_begin_west_of_greenwich() -> None:
    west = parse(changed(at_top(utc_offset_minutes=-720)))
    assert west.zone == timezone(timedelta(hours=-12))


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
    days = [(2023, 12, 31), (2024, 1, 1), (2027, 12, 31), (2028, 1, 1)]
    in_force = [ended.is_in_force(date(*day)) for day in days]
    assert in_force == [False, True, True, False]
    assert parse(document("cn-2024.json")).is_in_force(date.max)


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
