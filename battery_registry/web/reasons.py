"""Why a battery has its code, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from battery_registry import context, scoring
from battery_registry.scoring import explain
from battery_registry.scoring.document import RuleSetError
from battery_registry.scoring.explain import Reason
from battery_registry.scoring.record import from_record
from battery_registry.scoring.ruleset import RuleSet


def for_residents(verdict: Mapping[str, Any]) -> list[str]:
    """Say it without figures; what is not decisive for the code is left out."""
    ruleset = _its_ruleset(verdict)
    if ruleset is None:
        return _as_told(verdict)
    return _spoken(explain.for_residents(from_record(verdict), ruleset))


def for_inspectors(verdict: Mapping[str, Any]) -> list[str]:
    """Say it with readings, clauses and margins."""
    ruleset = _its_ruleset(verdict)
    if ruleset is None:
        return _as_told(verdict)
    return _spoken(explain.for_inspectors(from_record(verdict), ruleset))


def factors(verdict: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Name what the score is made of: each factor that was read, and its part."""
    ruleset, language = _its_ruleset(verdict), context.language()
    read = [one for one in verdict["contributions"] if one["reading"] is not None]
    if ruleset is None:
        return [(one["factor"], one) for one in read]
    return [
        (str(getattr(ruleset.get_factor(one["factor"]).name, language)), one)
        for one in read
    ]


def _its_ruleset(verdict: Mapping[str, Any]) -> RuleSet | None:
    """The very rule set it was judged by, None where this version lacks it."""
    try:
        ruleset = scoring.load(verdict["ruleset"]["id"])
    except RuleSetError:
        return None
    return ruleset if ruleset.sha256 == verdict["ruleset"]["sha256"] else None


def _as_told(verdict: Mapping[str, Any]) -> list[str]:
    """The sentences that were written down with the verdict."""
    lists = (verdict.get(name, ()) for name in ("fired", "guards", "flags"))
    language = context.language()
    return [str(one["text"][language]) for told in lists for one in told]


def _spoken(reasons: Sequence[Reason]) -> list[str]:
    language = context.language()
    return [str(getattr(reason.text, language)) for reason in reasons]
