"""In what two rule sets judge differently, one change at a time.

Each change is the old set with that one thing of the new one, so that it can be
asked whether the change alone makes a verdict another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from battery_registry.scoring.factor import Factor
from battery_registry.scoring.ruleset import SEVERITY, Rule, RuleSet
from battery_registry.scoring.uncertainty import Guard


class Part(StrEnum):
    """What of a rule set was changed."""

    RULE = "rule"
    GUARD = "guard"
    FACTOR = "factor"
    LIMIT = "limit"
    ZONE = "zone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change.

    Args:
        part: What sort of thing it is.
        id: Which one, such as ``T1``.
        ruleset: The old set with this change and no other.
    """

    part: Part
    id: str
    ruleset: RuleSet


def differences(old: RuleSet, new: RuleSet) -> tuple[Change, ...]:
    """The changes that can make a code another; none between equal sets.

    A rule that comes or goes takes its guard bands along. How a set reads a
    history is no change of its own: it is in what was known before.
    """
    return (
        *_rules(old, new),
        *_guards(old, new),
        *_factors(old, new),
        *_others(old, new),
    )


def _rules(old: RuleSet, new: RuleSet) -> Iterator[Change]:
    before, after = _by_id(old), _by_id(new)
    for rule_id in dict.fromkeys([*before, *after]):
        was, is_now = before.get(rule_id), after.get(rule_id)
        if was is not None and is_now is not None and _judged(was) == _judged(is_now):
            continue
        yield _change(Part.RULE, rule_id, _with_rule(old, new, rule_id))


def _by_id(ruleset: RuleSet) -> dict[str, Rule]:
    return {rule.id: rule for rule in ruleset.rules if rule.outcome in SEVERITY}


def _judged(rule: Rule) -> tuple[object, ...]:
    """What a verdict hangs on; the words do not count."""
    return (rule.outcome, rule.chemistries, rule.unit_kinds, rule.test, rule.when)


def _with_rule(old: RuleSet, new: RuleSet, rule_id: str) -> RuleSet:
    others = [rule for rule in old.rules if rule.id != rule_id]
    added = [rule for rule in new.rules if rule.id == rule_id]
    guards = old.guards
    if not added:
        guards = tuple(guard for guard in guards if guard.rule_id != rule_id)
    elif len(others) == len(old.rules):
        guards += tuple(guard for guard in new.guards if guard.rule_id == rule_id)
    return replace(old, rules=(*others, *added), guards=guards)


def _guards(old: RuleSet, new: RuleSet) -> Iterator[Change]:
    before = {guard.id: guard for guard in old.guards}
    after = {guard.id: guard for guard in new.guards}
    common = _by_id(old).keys() & _by_id(new).keys()
    for guard_id in dict.fromkeys([*before, *after]):
        pair = (before.get(guard_id), after.get(guard_id))
        if any(one is not None and one.rule_id not in common for one in pair):
            continue
        if _banded(pair[0]) != _banded(pair[1]):
            others = [guard for guard in old.guards if guard.id != guard_id]
            added = [] if pair[1] is None else [pair[1]]
            made = replace(old, guards=(*others, *added))
            yield _change(Part.GUARD, guard_id, made)


def _banded(guard: Guard | None) -> tuple[object, ...] | None:
    if guard is None:
        return None
    method = guard.uncertainty.method_input
    return (guard.rule_id, guard.input, method, dict(guard.limits))


def _factors(old: RuleSet, new: RuleSet) -> Iterator[Change]:
    before = {factor.id: factor for factor in old.factors}
    after = {factor.id: factor for factor in new.factors}
    for factor_id in dict.fromkeys([*before, *after]):
        if _counted(before.get(factor_id)) != _counted(after.get(factor_id)):
            others = [factor for factor in old.factors if factor.id != factor_id]
            added = [after[factor_id]] if factor_id in after else []
            made = replace(old, factors=(*others, *added))
            yield _change(Part.FACTOR, factor_id, made)


def _counted(factor: Factor | None) -> tuple[object, ...] | None:
    return None if factor is None else (factor.input, factor.harm, factor.card)


def _others(old: RuleSet, new: RuleSet) -> Iterator[Change]:
    limit = new.yellow_limit_tenths
    if old.yellow_limit_tenths != limit:
        made = replace(old, yellow_limit_tenths=limit)
        yield _change(Part.LIMIT, "yellow", made)
    if old.zone != new.zone:
        yield _change(Part.ZONE, str(new.zone), replace(old, zone=new.zone))


def _change(part: Part, named: str, ruleset: RuleSet) -> Change:
    return Change(part=part, id=named, ruleset=ruleset)
