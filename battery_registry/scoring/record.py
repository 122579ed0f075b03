"""A verdict as it goes over the wire, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from battery_registry.scoring.evaluation import (
    Code,
    Contribution,
    Evaluation,
    Evidence,
    FiredGuard,
    FiredRule,
    Trend,
)
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.sentences import Text


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
        "guards": [_guard(fired, ruleset) for fired in evaluation.guards],
        "trend": None if evaluation.trend is None else _trend(evaluation.trend),
        "flags": [
            {"id": flag, "text": _both(ruleset.flags[flag].why)}
            for flag in evaluation.flags
        ],
        "input_sha256": evaluation.input_sha256,
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
        "text": _both(why),
    }


def _guard(fired: FiredGuard, ruleset: RuleSet) -> dict[str, Any]:
    return {
        "guard_id": fired.guard_id,
        "rule_id": fired.rule_id,
        "clause": fired.clause,
        "input": fired.input,
        "reading": fired.reading,
        "u": fired.u,
        "limit": fired.limit,
        "threshold": fired.threshold,
        "text": _both(ruleset.get_guard(fired.guard_id).says.why),
    }


def _trend(trend: Trend) -> dict[str, Any]:
    return {
        "slope_pct_per_month": trend.slope_pct_per_month,
        "slope_pct_per_100_efc": trend.slope_pct_per_100_efc,
        "u_pct_per_month": trend.u_pct_per_month,
        "n": trend.n,
        "span_months": trend.span_months,
        "significant": trend.significant,
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _contribution(part: Contribution) -> dict[str, Any]:
    return {
        "factor": part.factor,
        "reading": part.reading,
        "unit": part.unit,
        "points": part.points_tenths / 10,
        "max_points": part.max_points_tenths / 10,
        "evidence": part.evidence.value,
        "u": part.u,
        "from_before": part.from_before,
    }


def from_record(record: Mapping[str, Any]) -> Evaluation:
    """The verdict that a record tells; ``as_record`` of it is the record again.

    Args:
        record: As ``as_record`` made it, perhaps read back from JSON.
    """
    due, trend, score = record["next_due"], record["trend"], record["score"]
    return Evaluation(
        code=Code(record["code"]),
        score_tenths=None if score is None else round(score * 10),
        fired=tuple(_read_fired(one) for one in record["fired"]),
        contributions=tuple(_read_contribution(one) for one in record["contributions"]),
        missing=tuple(record["missing"]),
        notes=tuple(record["notes"]),
        duties=tuple(record["duties"]),
        capacity_fade_pct=record["capacity_fade_pct"],
        next_due=None if due is None else date.fromisoformat(due),
        ruleset_id=record["ruleset"]["id"],
        ruleset_sha256=record["ruleset"]["sha256"],
        input_sha256=record["input_sha256"],
        guards=tuple(_read_guard(one) for one in record["guards"]),
        trend=None if trend is None else Trend(**trend),
        flags=tuple(one["id"] for one in record["flags"]),
    )


def _read_fired(told: Mapping[str, Any]) -> FiredRule:
    limit = told["threshold"]
    return FiredRule(
        rule_id=told["rule_id"],
        clause=told["clause"],
        outcome=told["outcome"],
        inputs=tuple(told["inputs"].items()),
        comparator=told["comparator"],
        threshold=tuple(limit) if isinstance(limit, list) else limit,
    )


def _read_guard(told: Mapping[str, Any]) -> FiredGuard:
    return FiredGuard(**{name: told[name] for name in told if name != "text"})


def _read_contribution(told: Mapping[str, Any]) -> Contribution:
    return Contribution(
        factor=told["factor"],
        reading=told["reading"],
        unit=told["unit"],
        points_tenths=round(told["points"] * 10),
        max_points_tenths=round(told["max_points"] * 10),
        evidence=Evidence(told["evidence"]),
        u=told["u"],
        from_before=told["from_before"],
    )
