"""Make a rule set from its document, refusing everything that is not sound in it.

Pure: from a text to a value. ``rulesets/schema.json`` describes the same
document for editors; what is checked here is what the engine relies on.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta, timezone
from hashlib import sha256

from battery_registry.scoring import bands
from battery_registry.scoring.clauses import (
    is_last,
    read_factor,
    read_rule,
    read_saying,
    read_text,
)
from battery_registry.scoring.condition import Scope
from battery_registry.scoring.document import Node, read
from battery_registry.scoring.factor import Factor
from battery_registry.scoring.inputs import INPUTS, SITE
from battery_registry.scoring.measurement import Chemistry, UnitKind
from battery_registry.scoring.ruleset import Applicable, Outcome, Rule, RuleSet
from battery_registry.scoring.sentences import Saying, Text

_MEMBERS = (
    *("$schema", "id", "area", "version", "title", "effective_from", "effective_to"),
    *("utc_offset_minutes", "sources", "chemistry_groups", "score", "intervals"),
    *("trend", "uncertainty", "guards", "flags", "phrases", "factors", "rules"),
    "site_rules",
)
PHRASES: Mapping[str, tuple[str, ...]] = {
    "above_limit": ("clause", "margin"),
    "below_limit": ("clause", "margin"),
    "clause": ("clause",),
    "missing": ("names",),
    "from_before": (),
    "trend_loss": ("slope", "u", "n"),
    "trend_none": ("slope", "u", "n"),
}
"""Sentences around the reasons, with their places."""
_MOST_TENTHS = 1000
FLAGS = ("IDENTITY", "R-JUMP")


def sha256_of(text: str) -> str:
    """SHA-256 of a document, 64 hex digits: UTF-8 with line feeds only.

    A checkout that turns line ends into CR LF does not change it.
    """
    return sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def parse(text: str) -> RuleSet:
    """Read a rule set.

    Args:
        text: The document, JSON.

    Raises:
        RuleSetError: Something in it is unknown, missing, given twice, not
            monotone or overlaps; it names the place and its line.
    """
    root = read(text)
    root.only(*_MEMBERS)
    scope = _scope(root)
    site = replace(scope, inputs=SITE)
    _refuse_twice([*root.get("rules").items(), *root.get("site_rules").items()])
    _refuse_twice([*root.get("factors").items(), *root.get("guards").items()])
    rules = _rules(root.get("rules"), scope)
    uncertainty = root.get("uncertainty")
    uncertainties = bands.read_uncertainties(uncertainty)
    coverage = bands.read_positive(uncertainty.get("coverage_factor"))
    cap, floor, yellow = _score(root.get("score"))
    begins, ends = _days(root)
    return RuleSet(
        id=root.get("id").text(),
        area=root.get("area").text(),
        version=root.get("version").text(),
        title=read_text(root.get("title")),
        effective_from=begins,
        effective_to=ends,
        zone=_zone(root.get("utc_offset_minutes")),
        sources=scope.sources,
        cap_tenths=cap,
        red_floor_tenths=floor,
        yellow_limit_tenths=yellow,
        interval=bands.read_interval(root.get("intervals")),
        trend=bands.read_trend(root.get("trend")),
        uncertainties=uncertainties,
        guards=bands.read_guards(root.get("guards"), rules, uncertainties, coverage),
        flags=_flags(root.get("flags")),
        phrases=_phrases(root.get("phrases")),
        factors=_factors(root.get("factors")),
        rules=rules,
        site_rules=tuple(
            read_rule(node, site) for node in root.get("site_rules").items()
        ),
        sha256=sha256_of(text),
        applicable=_applicable(rules),
    )


def _rules(node: Node, scope: Scope) -> tuple[Rule, ...]:
    """The rules on a measurement; a set that never says red protects nobody."""
    rules = tuple(read_rule(part, scope) for part in node.items())
    if not any(rule.outcome is Outcome.RED for rule in rules):
        node.fail("hold none with the outcome red")
    return rules


def _zone(node: Node) -> timezone:
    """Where its days begin: an offset that some place on earth has."""
    return timezone(timedelta(minutes=node.between(-720, 840)))


def _days(root: Node) -> tuple[date, date | None]:
    """The first and the last day on which it is in force."""
    begins, until = root.get("effective_from").day(), root.get("effective_to")
    if until.value is None:
        return begins, None
    ends = until.day()
    if ends < begins:
        until.fail("must not be before effective_from")
    return begins, ends


def _score(node: Node) -> tuple[int, int, int]:
    """Cap, floor of red, limit of yellow: a worse code never has the lower score."""
    node.only("cap_tenths", "red_floor_tenths", "yellow_limit_tenths")
    cap, floor, yellow = (
        node.get(name).between(1, _MOST_TENTHS)
        for name in ("cap_tenths", "red_floor_tenths", "yellow_limit_tenths")
    )
    if floor > cap:
        node.get("red_floor_tenths").fail("must not be above the cap")
    if yellow > floor:
        node.get("yellow_limit_tenths").fail("must not be above the floor of red")
    return cap, floor, yellow


def _factors(node: Node) -> tuple[Factor, ...]:
    """The factors; no reading gives points twice."""
    factors: list[Factor] = []
    for part in node.items():
        factor = read_factor(part)
        if factor.input in {other.input for other in factors}:
            part.get("input").fail("overlaps: another factor reads it already")
        factors.append(factor)
    return tuple(factors)


def _flags(node: Node) -> dict[str, Saying]:
    node.only(*FLAGS)
    return {name: read_saying(node.get(name)) for name in FLAGS}


def _phrases(node: Node) -> dict[str, Text]:
    node.only(*PHRASES)
    return {
        name: read_text(node.get(name), *places) for name, places in PHRASES.items()
    }


def _scope(root: Node) -> Scope:
    """What the document's rules on a measurement may refer to."""
    return Scope(
        inputs=INPUTS,
        sources=tuple(root.get("sources").members()),
        groups={
            name: frozenset(Chemistry(c.one_of(*Chemistry)) for c in group.filled())
            for name, group in root.get("chemistry_groups").members().items()
        },
    )


def _refuse_twice(nodes: list[Node]) -> None:
    """Refuse an id that is given twice."""
    seen = set()
    for node in nodes:
        name = node.get("id")
        if name.text() in seen:
            name.fail("the id is given twice")
        seen.add(name.text())


def _applicable(
    rules: tuple[Rule, ...],
) -> Mapping[tuple[Chemistry, UnitKind], Applicable]:
    """Sort the rules out by what they apply to, so that nobody asks again."""
    table = {}
    for chemistry in Chemistry:
        for unit_kind in UnitKind:
            mine = [
                rule
                for rule in rules
                if chemistry in rule.chemistries and unit_kind in rule.unit_kinds
            ]
            table[chemistry, unit_kind] = Applicable(
                readings=tuple(rule for rule in mine if not is_last(rule)),
                verdict=tuple(rule for rule in mine if is_last(rule)),
            )
    return table
