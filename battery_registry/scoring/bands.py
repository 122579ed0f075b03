"""How uncertainties, guard bands, history and intervals are read from a document."""

from collections.abc import Mapping
from itertools import pairwise
from math import isfinite

from battery_registry.scoring.clauses import read_saying
from battery_registry.scoring.document import Node
from battery_registry.scoring.inputs import INPUTS, WORDS, InputKind
from battery_registry.scoring.interval import IntervalRules
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.scoring.ruleset import Rule
from battery_registry.scoring.trend import TrendRules
from battery_registry.scoring.uncertainty import Guard, Scale, Uncertainty

NEEDED = ("capacity_retention_frac", "internal_resistance_mohm")
"""Readings whose trend is drawn; a rule set must say how uncertain they are."""

_MOST_MONTHS = 120
_MOST_DAYS = 366
_MOST_READINGS = 1000
_DAYS_OF_SHORTEST_MONTH = 28

_PLACES = ("reading", "limit", "threshold", "u")


def read_uncertainties(node: Node) -> dict[str, Uncertainty]:
    """By input, how uncertain its readings are."""
    node.only("coverage_factor", "readings")
    found: dict[str, Uncertainty] = {}
    for part in node.get("readings").items():
        part.only("inputs", "scale", "method_input", "u")
        for name, times in part.get("inputs").members().items():
            if INPUTS.get(name) is not InputKind.NUMBER:
                times.fail("is not an input that is a number")
            if name in found:
                times.fail("overlaps: the input has an uncertainty already")
            found[name] = _uncertainty(part, read_positive(times))
    for name in NEEDED:
        if name not in found:
            node.get("readings").fail(f"says nothing of {name}")
    return found


def _uncertainty(node: Node, times: float) -> Uncertainty:
    methods = [word for word in WORDS if word.endswith("_method")]
    method_input = node.get("method_input").one_of(*methods)
    table: dict[tuple[InstrumentClass, str | None], float] = {}
    given = node.get("u").only(*InstrumentClass)
    for grade in InstrumentClass:
        if grade not in given:
            node.get("u").fail(f"{grade} is missing")
        by_method = given[grade].only(*WORDS[method_input])
        for method in WORDS[method_input]:
            if method not in by_method:
                given[grade].fail(f"{method} is missing")
            table[grade, method] = read_positive(by_method[method]) * times
            if not isfinite(table[grade, method]):
                by_method[method].fail("must be a finite number for every input")
        table[grade, None] = max(table[grade, word] for word in WORDS[method_input])
    return Uncertainty(
        scale=Scale(node.get("scale").one_of(*Scale)),
        method_input=method_input,
        table=table,
    )


def read_guards(
    node: Node,
    rules: tuple[Rule, ...],
    uncertainties: Mapping[str, Uncertainty],
    coverage: float,
) -> tuple[Guard, ...]:
    """The guard bands, each on the safe side of a rule's fixed limit."""
    by_id = {rule.id: rule for rule in rules}
    guards: list[Guard] = []
    for part in node.items():
        part.only("id", "rule", "texts")
        rule = by_id[part.get("rule").one_of(*by_id)]
        test = rule.test
        limit = test.threshold
        if test.comparator != "gt" or rule.when or not isinstance(limit, int | float):
            part.get("rule").fail("does not fire above a fixed number")
        if test.inputs[0] not in uncertainties:
            part.get("rule").fail(f"reads {test.inputs[0]}, of unknown uncertainty")
        if rule.id in {guard.rule_id for guard in guards}:
            part.get("rule").fail("overlaps: the rule is guarded already")
        uncertainty = uncertainties[test.inputs[0]]
        guards.append(
            Guard(
                id=part.get("id").text(),
                rule_id=rule.id,
                clause=rule.clause,
                input=test.inputs[0],
                threshold=limit,
                uncertainty=uncertainty,
                limits={
                    key: uncertainty.limit(limit, u, coverage)
                    for key, u in uncertainty.table.items()
                },
                says=read_saying(part.get("texts"), *_PLACES),
            )
        )
    return tuple(guards)


def read_trend(node: Node) -> TrendRules:
    """How a history is read."""
    numbers = (
        *("coverage_factor", "bound_factor", "identity_factor"),
        *("red_retention_frac", "resistance_temperature_k"),
        *("resistance_soc_pct", "resistance_jump_frac"),
    )
    node.only(*numbers, "theil_sen_from", "repeat_window_days", "temperature_edges_c")
    edges = node.get("temperature_edges_c")
    classes = tuple(float(edge.number()) for edge in edges.items())
    if any(left >= right for left, right in pairwise(classes)):
        edges.fail("overlap: they must be strictly increasing")
    return TrendRules(
        **{name: read_positive(node.get(name)) for name in numbers},
        theil_sen_from=node.get("theil_sen_from").between(1, _MOST_READINGS),
        repeat_window_days=node.get("repeat_window_days").between(1, _MOST_DAYS),
        temperature_edges_c=classes,
    )


def read_interval(node: Node) -> IntervalRules:
    """How inspections are spaced; after yellow never longer than after green."""
    node.only(
        "green_months", "yellow_months", "cycle_life_share", "cycle_life", "least_days"
    )
    green, yellow = (
        node.get(name).between(1, _MOST_MONTHS)
        for name in ("green_months", "yellow_months")
    )
    if yellow > green:
        node.get("yellow_months").fail("must not be longer than after green")
    least = node.get("least_days")
    if least.between(1, _MOST_DAYS) > yellow * _DAYS_OF_SHORTEST_MONTH:
        least.fail("must not be more than the months after yellow")
    return IntervalRules(
        green_months=green,
        yellow_months=yellow,
        cycle_life_share=read_positive(node.get("cycle_life_share")),
        cycle_life=read_positive(node.get("cycle_life")),
        least_days=least.between(1, _MOST_DAYS),
    )


def read_positive(node: Node) -> float:
    """A number above 0."""
    value = float(node.number())
    if value <= 0:
        node.fail("must be above 0")
    return value
