"""The verdict on one measurement."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from battery_registry.scoring.evaluation import Code, Contribution, Evaluation
from battery_registry.scoring.inputs import derive, input_sha256
from battery_registry.scoring.measurement import Circumstances, Measurement
from battery_registry.scoring.ruleset import SEVERITY, Outcome, Rule, RuleSet


def score_one(
    measurement: Measurement, circumstances: Circumstances, ruleset: RuleSet
) -> Evaluation:
    """Judge one measurement.

    Every rule for the chemistry and the kind of unit is asked, and all that
    fire are told. The code is the first of not_covered, void, red, incomplete
    among them, else yellow or green by the score. A bad reading counts from any
    method; whether it completes the inspection depends on its method.

    Args:
        measurement: What was found.
        circumstances: Who measured, and with what.
        ruleset: By which rules.

    Returns:
        The verdict; ``fired`` holds the rules that bear on the code.
    """
    values = derive(measurement, circumstances, zone=ruleset.zone)
    mine = ruleset.applicable[measurement.chemistry, measurement.unit_kind]
    fired = [rule for rule in mine.readings if rule.fires(values)]
    deciding = [rule for rule in fired if rule.outcome in SEVERITY]
    code, score_tenths, contributions = _scored(deciding, values, ruleset)
    values["rules_fired"] = len(deciding)
    values["assessment_result"] = code
    fired += [rule for rule in mine.verdict if rule.fires(values)]
    return Evaluation(
        code=code,
        score_tenths=score_tenths,
        fired=tuple(rule.tell(values) for rule in deciding),
        contributions=contributions,
        missing=_missing(deciding, values),
        notes=_ids(fired, Outcome.NOTE, Outcome.GREEN),
        duties=_ids(fired, Outcome.DUTY),
        capacity_fade_pct=values["capacity_fade_pct"],
        next_due=_next_due(code, values["tested_on"], ruleset),
        ruleset_id=ruleset.id,
        ruleset_sha256=ruleset.sha256,
        input_sha256=input_sha256(measurement, circumstances),
    )


def _scored(
    deciding: list[Rule], values: Mapping[str, Any], ruleset: RuleSet
) -> tuple[Code, int | None, tuple[Contribution, ...]]:
    """The code, and for a colour the score in tenths and what it is made of."""
    contributions = _contributions(values, ruleset)
    score_tenths = sum(part.points_tenths for part in contributions)
    code = _prevailing(deciding)
    if code is None:
        yellow = score_tenths >= ruleset.yellow_limit_tenths
        code = Code.YELLOW if yellow else Code.GREEN
    elif code is Code.RED:
        score_tenths = max(score_tenths, ruleset.red_floor_tenths)
    else:
        return code, None, ()
    return code, min(score_tenths, ruleset.cap_tenths), contributions


def _prevailing(deciding: list[Rule]) -> Code | None:
    """The code of the outcome that prevails, None when no rule decides."""
    outcomes = {rule.outcome for rule in deciding}
    for outcome in SEVERITY:
        if outcome in outcomes:
            return Code(outcome.value)
    return None


def _contributions(
    values: Mapping[str, Any], ruleset: RuleSet
) -> tuple[Contribution, ...]:
    """What each factor adds; a reading that is missing adds nothing."""
    contributions = []
    for factor in ruleset.factors:
        reading = values[factor.input]
        contributions.append(
            Contribution(
                factor=factor.id,
                reading=reading,
                unit=factor.unit,
                points_tenths=0 if reading is None else factor.card.points_for(reading),
                max_points_tenths=factor.card.most_tenths,
                evidence=factor.evidence,
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


def _next_due(code: Code, tested_on: date, ruleset: RuleSet) -> date | None:
    """When the next inspection is due; None unless green or yellow."""
    if code is Code.GREEN:
        return months_later(tested_on, ruleset.green_months)
    if code is Code.YELLOW:
        return months_later(tested_on, ruleset.yellow_months)
    return None


def months_later(day: date, months: int) -> date:
    """The same day some calendar months later, or that month's last day."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))
