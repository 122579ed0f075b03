"""How rules and factors are read from a rule set's document."""

from itertools import pairwise
from math import isfinite
from string import Formatter

from battery_registry.scoring.condition import Condition, Scope, read_condition
from battery_registry.scoring.document import Node
from battery_registry.scoring.evaluation import Evidence
from battery_registry.scoring.factor import HARM_OF, Factor, Harm
from battery_registry.scoring.inputs import INPUTS, VERDICT, InputKind
from battery_registry.scoring.measurement import UnitKind
from battery_registry.scoring.points import Card
from battery_registry.scoring.ruleset import SEVERITY, Basis, Outcome, Rule
from battery_registry.scoring.sentences import Saying, Text

_FLAG_KNOTS = (0.0, 1.0)
_MOST_TENTHS = 1000
_BEFORE_VERDICT = tuple(name for name in INPUTS if name not in VERDICT)


def read_text(node: Node, *places: str) -> Text:
    """A sentence in both languages, with no other place-holders than these."""
    node.only("zh", "en")
    for name in ("zh", "en"):
        said = node.get(name)
        text = said.text()
        try:
            parts = [*Formatter().parse(text)]
        except ValueError:
            said.fail("has a brace without its fellow")
        # Some formats fail for some readings only, long after this.
        if any(spec or conversion for _, _, spec, conversion in parts):
            said.fail("must not format its place-holders")
        held = {place for _, place, _, _ in parts}
        if unknown := held - {None, *places}:
            said.fail(f"has unknown place-holders: {unknown}")
    return Text(zh=node.get("zh").text(), en=node.get("en").text())


def read_saying(node: Node, *places: str) -> Saying:
    """What is said to residents, and to inspectors with these places."""
    node.only("why", "inspector")
    return Saying(
        why=read_text(node.get("why")),
        inspector=read_text(node.get("inspector"), *places),
    )


def is_last(rule: Rule) -> bool:
    """Whether a rule reads the verdict, and so runs after it is known."""
    return any(not VERDICT.keys().isdisjoint(part.named()) for part in rule.parts())


def read_rule(node: Node, scope: Scope) -> Rule:
    """One rule."""
    node.only(
        *("id", "clause", "source", "basis", "inputs", "comparator", "threshold"),
        *("accepted_methods", "when", "chemistries", "unit_kinds", "outcome"),
        *("effects", "lacking", "texts"),
    )
    says = read_saying(node.get("texts"), "reading", "threshold")
    kinds, effects, when, lacking = (
        node.find(name) for name in ("unit_kinds", "effects", "when", "lacking")
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
        unit_kinds=frozenset(UnitKind(k.one_of(*UnitKind)) for k in kinds.filled())
        if kinds
        else frozenset(UnitKind),
        test=read_condition(node, scope),
        when=tuple(_when(part, scope) for part in when.items()) if when else (),
        why=says.why,
        inspector=says.inspector,
        lacking=tuple(name.one_of(*scope.inputs) for name in lacking.items())
        if lacking
        else (),
    )
    if rule.outcome in SEVERITY and is_last(rule):
        node.get("outcome").fail("a rule on the verdict cannot change it")
    return rule


def _when(node: Node, scope: Scope) -> Condition:
    """A further condition of a rule."""
    node.only("inputs", "comparator", "threshold")
    return read_condition(node, scope)


def read_factor(node: Node) -> Factor:
    """One factor, its points never falling where the reading gets worse."""
    node.only(
        *("id", "input", "unit", "harm", "knots", "points_tenths", "evidence"),
        *("name", "texts"),
    )
    says = read_saying(node.get("texts"), "reading", "points", "maximum")
    name = _input_of_factor(node)
    harm = _harm(node, name)
    return Factor(
        id=node.get("id").text(),
        input=name,
        unit=node.get("unit").text(),
        harm=harm,
        card=_card(node, harm),
        evidence=Evidence(node.get("evidence").one_of(*Evidence)),
        name=read_text(node.get("name")),
        why=says.why,
        inspector=says.inspector,
    )


def _input_of_factor(node: Node) -> str:
    """A number's name, or a flag's whose truth does harm; no verdict is needed."""
    name = node.get("input").one_of(*_BEFORE_VERDICT)
    kind = INPUTS[name]
    if kind not in (InputKind.NUMBER, InputKind.FLAG):
        node.get("input").fail("is neither a number nor a flag")
    if kind is InputKind.FLAG:
        if _knots(node) != _FLAG_KNOTS:
            node.get("knots").fail("of a flag must be 0 and 1")
        if node.get("points_tenths").filled()[0].value != 0:
            node.get("points_tenths").fail("of a flag must begin with 0")
    return name


def _harm(node: Node, name: str) -> Harm:
    """The direction of harm, which is the input's own and not the document's."""
    harm = Harm(node.get("harm").one_of(*Harm))
    if name not in HARM_OF:
        node.get("input").fail("is not known to do harm in one direction")
    if harm is not HARM_OF[name]:
        node.get("harm").fail(f"of {name} must be {HARM_OF[name]}")
    return harm


def _knots(node: Node) -> tuple[float, ...]:
    return tuple(float(knot.number()) for knot in node.get("knots").items())


def _card(node: Node, harm: Harm) -> Card:
    knots = _knots(node)
    points = tuple(
        given.between(0, _MOST_TENTHS) for given in node.get("points_tenths").items()
    )
    if len(knots) < 2 or any(left >= right for left, right in pairwise(knots)):
        node.get("knots").fail("must be two or more, strictly increasing")
    if len(points) != len(knots):
        node.get("points_tenths").fail("must be as many as the knots")
    towards_harm = points if harm is Harm.HIGHER else points[::-1]
    if any(before > after for before, after in pairwise(towards_harm)):
        node.get("points_tenths").fail("must not fall where the reading gets worse")
    card = Card.through(knots, points)
    if not all(isfinite(slope) for slope in card.slopes):
        node.get("knots").fail("are too near to each other")
    return card
