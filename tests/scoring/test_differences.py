"""Each change of a rule set by itself."""

from dataclasses import replace
from datetime import timedelta, timezone

from battery_registry.scoring import load
from battery_registry.scoring.batch import deciding
from battery_registry.scoring.differences import Part, differences
from battery_registry.scoring.ruleset import RuleSet

OLD = load("cn-2024")


def told(old: RuleSet, new: RuleSet) -> list[tuple[Part, str]]:
    return [(one.part, one.id) for one in differences(old, new)]


def without_rule(rule_id: str) -> RuleSet:
    return replace(
        OLD,
        rules=tuple(rule for rule in OLD.rules if rule.id != rule_id),
        guards=tuple(guard for guard in OLD.guards if guard.rule_id != rule_id),
    )


def test_equal_sets_do_not_differ() -> None:
    assert differences(OLD, OLD) == ()
    assert differences(OLD, replace(OLD, sha256="0" * 64, version="9")) == ()


def test_the_stricter_city_differs_in_what_it_says() -> None:
    changes = differences(OLD, load("cn-2024-strict"))
    assert [(one.part, one.id) for one in changes] == [
        (Part.RULE, "T1"),
        (Part.RULE, "T3"),
        (Part.GUARD, "GUARD-T1"),
        (Part.GUARD, "GUARD-T3"),
        (Part.LIMIT, "yellow"),
    ]
    by_id = {one.id: one.ruleset for one in changes}
    assert by_id["T1"].get_rule("T1").test.threshold == 400
    assert by_id["T1"].get_rule("T3") == OLD.get_rule("T3")
    assert by_id["T1"].guards == OLD.guards
    assert by_id["GUARD-T3"].get_guard("GUARD-T3").threshold == 40
    assert by_id["GUARD-T3"].get_rule("T3") == OLD.get_rule("T3")
    assert by_id["yellow"].yellow_limit_tenths == 200


def test_a_rule_comes_and_goes_with_its_guard() -> None:
    (gone,) = differences(OLD, without_rule("T1"))
    assert (gone.part, gone.id) == (Part.RULE, "T1")
    assert "GUARD-T1" not in [guard.id for guard in gone.ruleset.guards]
    (come,) = differences(without_rule("T1"), OLD)
    assert (come.part, come.id) == (Part.RULE, "T1")
    assert "GUARD-T1" in [guard.id for guard in come.ruleset.guards]
    assert {rule.id for rule in deciding(come.ruleset)} == {
        rule.id for rule in deciding(OLD)
    }


def test_a_guard_or_a_factor_comes_and_goes() -> None:
    no_guards, first = replace(OLD, guards=()), OLD.guards[0].id
    assert told(OLD, no_guards)[0] == (Part.GUARD, first)
    assert (Part.GUARD, first) in told(no_guards, OLD)
    fewer, gone = replace(OLD, factors=OLD.factors[1:]), OLD.factors[0].id
    (change,) = differences(OLD, fewer)
    assert (change.part, change.id) == (Part.FACTOR, gone)
    assert change.ruleset.factors == OLD.factors[1:]
    (change,) = differences(fewer, OLD)
    assert {factor.id for factor in change.ruleset.factors} == {
        factor.id for factor in OLD.factors
    }


def test_another_zone_is_a_change() -> None:
    elsewhere = replace(OLD, zone=timezone(timedelta(hours=7)))
    (change,) = differences(OLD, elsewhere)
    assert change.part is Part.ZONE
    assert change.ruleset.zone == elsewhere.zone
