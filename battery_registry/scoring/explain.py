"""Why a verdict is what it is, in sentences for residents and for inspectors.

Every sentence comes from the rule set. Residents get no figures; inspectors get
the reading, the clause and how far it is from the limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from battery_registry.scoring.evaluation import (
    Contribution,
    Evaluation,
    FiredGuard,
    FiredRule,
    Trend,
)
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.sentences import Text

_UNITS = {
    "mohm": "mΩ",
    "v": "V",
    "pct": "%",
    "c": "°C",
    "ah": "Ah",
    "years": "a",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One sentence.

    Args:
        key: What it is about: ``rule.T1``, ``guard.GUARD-T3``,
            ``factor.trend``, ``flag.IDENTITY``, ``missing`` or ``trend``.
        text: The sentence.
    """

    key: str
    text: Text


def for_residents(evaluation: Evaluation, ruleset: RuleSet) -> tuple[Reason, ...]:
    """The reasons without figures: rules, guards, the factors that count, flags.

    Factors are told by what they add, most first.
    """
    return (
        *(
            Reason(key=f"rule.{rule.rule_id}", text=ruleset.get_rule(rule.rule_id).why)
            for rule in evaluation.fired
        ),
        *(
            Reason(
                key=f"guard.{one.guard_id}",
                text=ruleset.get_guard(one.guard_id).says.why,
            )
            for one in evaluation.guards
        ),
        *(
            Reason(
                key=f"factor.{part.factor}", text=ruleset.get_factor(part.factor).why
            )
            for part in _counting(evaluation)
        ),
        *(
            Reason(key=f"flag.{flag}", text=ruleset.flags[flag].why)
            for flag in evaluation.flags
        ),
    )


def for_inspectors(evaluation: Evaluation, ruleset: RuleSet) -> tuple[Reason, ...]:
    """The same with figures, clauses and margins; what is missing; the trend."""
    return tuple(_inspectors(evaluation, ruleset))


def _inspectors(evaluation: Evaluation, ruleset: RuleSet) -> Iterator[Reason]:
    for rule in evaluation.fired:
        yield Reason(key=f"rule.{rule.rule_id}", text=explain_rule(rule, ruleset))
    for guard in evaluation.guards:
        yield Reason(key=f"guard.{guard.guard_id}", text=_guard(guard, ruleset))
    for part in _counting(evaluation):
        yield Reason(key=f"factor.{part.factor}", text=_factor(part, ruleset))
    if evaluation.missing:
        said = ruleset.phrases["missing"].format(names=", ".join(evaluation.missing))
        yield Reason(key="missing", text=said)
    if evaluation.trend is not None:
        yield Reason(key="trend", text=_trend(evaluation.trend, ruleset))
    for flag in evaluation.flags:
        yield Reason(key=f"flag.{flag}", text=ruleset.flags[flag].inspector)


def explain_rule(fired: FiredRule, ruleset: RuleSet) -> Text:
    """The inspector's sentence on a fired rule: figures, clause, margin."""
    rule = ruleset.get_rule(fired.rule_id)
    readings = [value for _, value in fired.inputs[: len(rule.test.inputs)]]
    limit = fired.threshold
    ends = limit if isinstance(limit, tuple) else (limit,)
    said = rule.inspector.format(
        reading=" / ".join(_number(value) for value in readings),
        threshold=" .. ".join(_number(end) for end in ends),
    )
    gap = _gap(readings[0], limit)
    if gap is None:
        return _join(said, ruleset.phrases["clause"].format(clause=fired.clause))
    margin = _measure(gap, rule.test.inputs[0])
    more = ruleset.phrases["above_limit"].format(clause=fired.clause, margin=margin)
    return _join(said, more)


def _guard(fired: FiredGuard, ruleset: RuleSet) -> Text:
    said = ruleset.get_guard(fired.guard_id).says.inspector.format(
        reading=_number(fired.reading),
        limit=f"{fired.limit:.4g}",
        threshold=_number(fired.threshold),
        u=f"{fired.u:.3g}",
    )
    distance = fired.threshold - fired.reading
    phrase = "below_limit" if distance >= 0 else "above_limit"
    margin = _measure(abs(distance), fired.input)
    more = ruleset.phrases[phrase].format(clause=fired.clause, margin=margin)
    return _join(said, more)


def _factor(part: Contribution, ruleset: RuleSet) -> Text:
    figures = {
        "points": f"{part.points_tenths / 10:g}",
        "maximum": f"{part.max_points_tenths / 10:g}",
    }
    said = ruleset.get_factor(part.factor).inspector.format(
        reading=f"{part.reading:.4g}", **figures
    )
    if part.from_before:
        return _join(said, ruleset.phrases["from_before"])
    return said


def _trend(trend: Trend, ruleset: RuleSet) -> Text:
    phrase = "trend_loss" if trend.significant else "trend_none"
    return ruleset.phrases[phrase].format(
        n=trend.n,
        slope=f"{trend.slope_pct_per_month:.3g}",
        u=f"{trend.u_pct_per_month:.2g}",
    )


def _counting(evaluation: Evaluation) -> list[Contribution]:
    """The factors that add points, those that add most first."""
    counting = [part for part in evaluation.contributions if part.points_tenths]
    return sorted(counting, key=lambda part: -part.points_tenths)


def _join(first: Text, second: Text) -> Text:
    return Text(zh=first.zh + second.zh, en=f"{first.en} {second.en}")


def _gap(reading: object, limit: object) -> float | None:
    """How far a number is from its limit; None when they are no numbers."""
    if isinstance(reading, bool) or not isinstance(reading, int | float):
        return None
    return abs(reading - limit) if isinstance(limit, int | float) else None


def _measure(value: float, name: str) -> str:
    """A difference with the unit that its input's name ends in."""
    unit = _UNITS.get(name.rsplit("_", 1)[-1])
    return f"{value:.4g}" if unit is None else f"{value:.4g} {unit}"


def _number(value: object) -> str:
    """A value in words: seven digits, so that 500.0001 is not told as 500."""
    return f"{value:.7g}" if isinstance(value, float) else str(value)
