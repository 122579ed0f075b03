"""Make a rule set from its document, refusing everything that is not sound in it.

Pure: from a text to a value. ``rulesets/schema.json`` describes the same
document for editors; what is checked here is what the engine relies on.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256
from itertools import pairwise
from string import Formatter

from battery_registry.scoring.condition import Condition, Scope, read_condition
from battery_registry.scoring.document import Node, read
from battery_registry.scoring.evaluation import Evidence
from battery_registry.scoring.inputs import INPUTS, SITE, VERDICT, InputKind
from battery_registry.scoring.measurement import Chemistry, UnitKind
from battery_registry.scoring.points import Card
from battery_registry.scoring.ruleset import (
    SEVERITY,
    Applicable,
    Basis,
    Factor,
    Harm,
    Outcome,
    Rule,
    RuleSet,
    Text,
)

_MEMBERS = (
    *("$schema", "id", "version", "title", "effective_from", "effective_to"),
    *("utc_offset_minutes", "sources", "chemistry_groups", "score"),
    *("intervals_months", "factors", "rules", "site_rules"),
)


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
        RuleSetError: Something in it is unknown, missing, given twice or not
            monotone; it names the place.
    """
    root = read(text)
    root.only(*_MEMBERS)
    scope = _scope(root)
    site = replace(scope, inputs=SITE)
    _refuse_twice([*root.get("rules").items(), *root.get("site_rules").items()])
    _refuse_twice([*root.get("factors").items()])
    rules = tuple(_rule(node, scope) for node in root.get("rules").items())
    score, months = root.get("score"), root.get("intervals_months")
    score.only("cap_tenths", "red_floor_tenths", "yellow_limit_tenths")
    months.only("green", "yellow")
    until = root.get("effective_to")
    return RuleSet(
        id=root.get("id").text(),
        version=root.get("version").text(),
        title=_text(root.get("title")),
        effective_from=root.get("effective_from").day(),
        effective_to=None if until.value is None else until.day(),
        zone=timezone(timedelta(minutes=root.get("utc_offset_minutes").whole())),
        sources=scope.sources,
        cap_tenths=score.get("cap_tenths").whole(),
        red_floor_tenths=score.get("red_floor_tenths").whole(),
        yellow_limit_tenths=score.get("yellow_limit_tenths").whole(),
        green_months=months.get("green").whole(),
        yellow_months=months.get("yellow").whole(),
        factors=tuple(_factor(node) for node in root.get("factors").items()),
        rules=rules,
        site_rules=tuple(_rule(node, site) for node in root.get("site_rules").items()),
        sha256=sha256_of(text),
        applicable=_applicable(rules),
    )


def _scope(root: Node) -> Scope:
    """What the document's rules on a measurement may refer to."""
    return Scope(
        inputs=INPUTS,
        sources=tuple(root.get("sources").members()),
        groups={
            name: frozenset(Chemistry(c.one_of(*Chemistry)) for c in group.items())
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
                readings=tuple(rule for rule in mine if not _is_last(rule)),
                verdict=tuple(rule for rule in mine if _is_last(rule)),
            )
    return table


def _is_last(rule: Rule) -> bool:
    """Whether a rule reads the verdict, and so runs after it is known."""
    return any(not VERDICT.keys().isdisjoint(part.named()) for part in rule.parts())


def _text(node: Node, *places: str) -> Text:
    """A sentence in both languages, with no other place-holders than these."""
    node.only("zh", "en")
    for name in ("zh", "en"):
        said = node.get(name)
        text = said.text()
        try:
            held = {place for _, place, _, _ in Formatter().parse(text)}
        except ValueError:
            said.fail("has a brace without its fellow")
        if unknown := held - {None, *places}:
            said.fail(f"has unknown place-holders: {unknown}")
    return Text(zh=node.get("zh").text(), en=node.get("en").text())


def _rule(node: Node, scope: Scope) -> Rule:
    """One rule."""
    node.only(
        *("id", "clause", "source", "basis", "inputs", "comparator", "threshold"),
        *("accepted_methods", "when", "chemistries", "unit_kinds", "outcome"),
        *("effects", "texts"),
    )
    texts = node.get("texts")
    texts.only("why", "inspector")
    kinds, effects, when = (
        node.find(name) for name in ("unit_kinds", "effects", "when")
    )
    group = node.get("chemistries").one_of(*scope.groups)
    rule = Rule(
        id=node.get("id").text(),
        clause=node.get("clause").text(),
        source=node.get("source").one_of(*scope.sources),
        basis=Basis(node.get("basis").one_of(*Basis)),
        outcome=Outcome(node.get("outcome").one_of(*Outcome)),
        effects=tuple(effect.text() for effect in effects.items()) if effects else (),
        chemistries=scope.groups[group],
        unit_kinds=frozenset(UnitKind(k.one_of(*UnitKind)) for k in kinds.items())
        if kinds
        else frozenset(UnitKind),
        test=read_condition(node, scope),
        when=tuple(_when(part, scope) for part in when.items()) if when else (),
        why=_text(texts.get("why")),
        inspector=_text(texts.get("inspector"), "reading", "threshold"),
    )
    if rule.outcome in SEVERITY and _is_last(rule):
        node.get("outcome").fail("a rule on the verdict cannot change it")
    return rule


def _when(node: Node, scope: Scope) -> Condition:
    """A further condition of a rule."""
    node.only("inputs", "comparator", "threshold")
    return read_condition(node, scope)


def _factor(node: Node) -> Factor:
    """One factor, its points never falling where the reading gets worse."""
    node.only(
        "id", "input", "unit", "harm", "knots", "points_tenths", "evidence", "name"
    )
    name = node.get("input").one_of(*INPUTS)
    if INPUTS[name] is not InputKind.NUMBER:
        node.get("input").fail("is not a number")
    harm = Harm(node.get("harm").one_of(*Harm))
    knots = tuple(float(knot.number()) for knot in node.get("knots").items())
    points = tuple(given.whole() for given in node.get("points_tenths").items())
    if len(knots) < 2 or any(left >= right for left, right in pairwise(knots)):
        node.get("knots").fail("must be two or more, strictly increasing")
    if len(points) != len(knots):
        node.get("points_tenths").fail("must be as many as the knots")
    towards_harm = points if harm is Harm.HIGHER else points[::-1]
    if any(before > after for before, after in pairwise(towards_harm)):
        node.get("points_tenths").fail("must not fall where the reading gets worse")
    return Factor(
        id=node.get("id").text(),
        input=name,
        unit=node.get("unit").text(),
        harm=harm,
        card=Card.through(knots, points),
        evidence=Evidence(node.get("evidence").one_of(*Evidence)),
        name=_text(node.get("name")),
    )
