"""A verdict as it goes over the wire, and its reasons in words."""

from typing import Any

from battery_registry.scoring.evaluation import Contribution, Evaluation, FiredRule
from battery_registry.scoring.ruleset import RuleSet


def as_record(evaluation: Evaluation, ruleset: RuleSet) -> dict[str, Any]:
    """The verdict as JSON-ready values, the receipt's ``verdict``.

    Args:
        evaluation: The verdict.
        ruleset: The rule set it was judged by.

    Returns:
        ``score`` and points are in points with one decimal; readings are
        unrounded; every fired rule has its sentence for residents in both
        languages.
    """
    due = evaluation.next_due
    tenths = evaluation.score_tenths
    return {
        "code": evaluation.code.value,
        "score": None if tenths is None else tenths / 10,
        "fired": [_fired(fired, ruleset) for fired in evaluation.fired],
        "missing": list(evaluation.missing),
        "notes": list(evaluation.notes),
        "duties": list(evaluation.duties),
        "contributions": [_contribution(part) for part in evaluation.contributions],
        "capacity_fade_pct": evaluation.capacity_fade_pct,
        "next_due": None if due is None else due.isoformat(),
        "ruleset": {"id": evaluation.ruleset_id, "sha256": evaluation.ruleset_sha256},
    }


def _fired(fired: FiredRule, ruleset: RuleSet) -> dict[str, Any]:
    why = ruleset.get_rule(fired.rule_id).why
    limit = fired.threshold
    return {
        "rule_id": fired.rule_id,
        "clause": fired.clause,
        "outcome": fired.outcome,
        "inputs": dict(fired.inputs),
        "comparator": fired.comparator,
        "threshold": list(limit) if isinstance(limit, tuple) else limit,
        "text": {"zh": why.zh, "en": why.en},
    }


def _contribution(part: Contribution) -> dict[str, Any]:
    return {
        "factor": part.factor,
        "reading": part.reading,
        "unit": part.unit,
        "points": part.points_tenths / 10,
        "max_points": part.max_points_tenths / 10,
        "evidence": part.evidence.value,
    }


def explain(fired: FiredRule, ruleset: RuleSet) -> dict[str, str]:
    """The inspector's sentence on a fired rule with its figures, by language."""
    said = ruleset.get_rule(fired.rule_id).inspector
    count = len(ruleset.get_rule(fired.rule_id).test.inputs)
    reading = " / ".join(_number(value) for _, value in fired.inputs[:count])
    limit = fired.threshold
    ends = limit if isinstance(limit, tuple) else (limit,)
    threshold = " .. ".join(_number(end) for end in ends)
    return {
        "zh": said.zh.format(reading=reading, threshold=threshold),
        "en": said.en.format(reading=reading, threshold=threshold),
    }


def _number(value: object) -> str:
    """A value in words: seven digits, so that 500.0001 is not told as 500."""
    return f"{value:.7g}" if isinstance(value, float) else str(value)
