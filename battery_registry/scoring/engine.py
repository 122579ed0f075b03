"""The verdict on one measurement."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from battery_registry.scoring.background import NOTHING_BEFORE, Background
from battery_registry.scoring.evaluation import (
    Code,
    Contribution,
    Evaluation,
    FiredGuard,
)
from battery_registry.scoring.inputs import derive, input_sha256
from battery_registry.scoring.interval import next_due
from battery_registry.scoring.measurement import Circumstances, Measurement
from battery_registry.scoring.ruleset import (
    SEVERITY,
    Applicable,
    Outcome,
    Rule,
    RuleSet,
)


def score_one(
    measurement: Measurement,
    circumstances: Circumstances,
    ruleset: RuleSet,
    background: Background = NOTHING_BEFORE,
) -> Evaluation:
    """Judge one measurement.

    Every rule for the chemistry and the kind of unit is asked, and all that
    fire are told. The code is the first of not_covered, void, red, incomplete
    among them, else yellow by a guard band or the score, else green. A bad
    reading counts from any method; whether it completes the inspection depends
    on its method.

    Args:
        measurement: What was found.
        circumstances: Who measured, and with what.
        ruleset: By which rules.
        background: What was known before; it only makes a verdict worse.

    Returns:
        The verdict; ``fired`` holds the rules that bear on the code.
    """
    values = derive(
        measurement, circumstances, zone=ruleset.zone, background=background
    )
    mine = ruleset.applicable[measurement.chemistry, measurement.unit_kind]
    fired = [rule for rule in mine.readings if rule.fires(values)]
    deciding = [rule for rule in fired if rule.outcome in SEVERITY]
    guards = _guards(deciding, values, background, mine, ruleset)
    contributions = _contributions(values, background, ruleset)
    code, score_tenths = _scored(deciding, guards, contributions, ruleset)
    values["rules_fired"] = len(deciding)
    values["assessment_result"] = code
    fired += [rule for rule in mine.verdict if rule.fires(values)]
    return Evaluation(
        code=code,
        score_tenths=score_tenths,
        fired=tuple(rule.tell(values) for rule in deciding),
        contributions=() if score_tenths is None else contributions,
        missing=_missing(deciding, values),
        notes=(*_ids(fired, Outcome.NOTE, Outcome.GREEN), *background.flags),
        duties=_ids(fired, Outcome.DUTY),
        capacity_fade_pct=values["capacity_fade_pct"],
        next_due=_next_due(code, values, background, ruleset),
        ruleset_id=ruleset.id,
        ruleset_sha256=ruleset.sha256,
        input_sha256=input_sha256(measurement, circumstances, background),
        guards=guards,
        trend=background.trend,
        flags=background.flags,
    )


def _next_due(
    code: Code, values: Mapping[str, Any], background: Background, ruleset: RuleSet
) -> date | None:
    return next_due(
        code,
        tested_on=values["tested_on"],
        cycle_limit=values["maker_cycle_limit"],
        background=background,
        rules=ruleset.interval,
    )


def _guards(
    deciding: list[Rule],
    values: Mapping[str, Any],
    background: Background,
    mine: Applicable,
    ruleset: RuleSet,
) -> tuple[FiredGuard, ...]:
    """The guard bands a reading lies in; beyond the limit the rule itself speaks."""
    spoken = {rule.id for rule in deciding}
    asked = {rule.id for rule in mine.readings} - spoken
    found = (
        guard.find(values, background.standing)
        for guard in ruleset.guards
        if guard.rule_id in asked
    )
    return tuple(guard for guard in found if guard is not None)


def _scored(
    deciding: list[Rule],
    guards: tuple[FiredGuard, ...],
    contributions: tuple[Contribution, ...],
    ruleset: RuleSet,
) -> tuple[Code, int | None]:
    """The code, and for a colour the score in tenths."""
    score_tenths = sum(part.points_tenths for part in contributions)
    code = _prevailing(deciding)
    if code is None:
        yellow = bool(guards) or score_tenths >= ruleset.yellow_limit_tenths
        code = Code.YELLOW if yellow else Code.GREEN
    elif code is Code.RED:
        score_tenths = max(score_tenths, ruleset.red_floor_tenths)
    else:
        return code, None
    return code, min(score_tenths, ruleset.cap_tenths)


def _prevailing(deciding: list[Rule]) -> Code | None:
    """The code of the outcome that prevails, None when no rule decides."""
    outcomes = {rule.outcome for rule in deciding}
    for outcome in SEVERITY:
        if outcome in outcomes:
            return Code(outcome.value)
    return None


def _contributions(
    values: Mapping[str, Any], background: Background, ruleset: RuleSet
) -> tuple[Contribution, ...]:
    """What each factor adds; a reading that was never taken adds nothing."""
    contributions = []
    for factor in ruleset.factors:
        reading, from_before = factor.counted(values, background.standing)
        if reading is None:
            contributions.append(factor.unread)
            continue
        contributions.append(
            Contribution(
                factor=factor.id,
                reading=reading,
                unit=factor.unit,
                points_tenths=factor.card.points_for(reading),
                max_points_tenths=factor.unread.max_points_tenths,
                evidence=factor.evidence,
                u=ruleset.u_of(factor.input, reading, values),
                from_before=from_before,
            )
        )
    return tuple(contributions)


def _missing(deciding: list[Rule], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Mandatory inputs without an acceptable reading, in the rules' order."""
    names = [
        name
        for rule in deciding
        if rule.outcome is Outcome.INCOMPLETE
        for name in rule.unread(values)
    ]
    return tuple(dict.fromkeys(names))


def _ids(fired: list[Rule], *outcomes: Outcome) -> tuple[str, ...]:
    """Ids of the rules with one of these outcomes."""
    return tuple(rule.id for rule in fired if rule.outcome in outcomes)
