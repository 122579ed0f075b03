"""A comparison within a rule, and how it is read from the document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from battery_registry.scoring.comparison import COMPARATORS, Shape
from battery_registry.scoring.document import Node
from battery_registry.scoring.evaluation import Reading, Threshold
from battery_registry.scoring.inputs import WORDS, InputKind
from battery_registry.scoring.measurement import Chemistry

Predicate = Callable[[Mapping[str, Any]], bool]
"""From the values of the inputs, by name, to yes or no."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Acceptance:
    """Only these methods make a reading count.

    Args:
        input: The reading.
        method_input: The input that holds its method.
        methods: Methods that count; without a method it does not count.
    """

    input: str
    method_input: str
    methods: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A comparison of inputs with a threshold.

    Args:
        inputs: Names of the inputs it reads.
        comparator: A name in ``COMPARATORS``.
        threshold: Number, flag, word, day, a range's two ends, a set of
            words, or None.
        threshold_input: The input whose value is the threshold, instead.
        accepted: Readings of other methods count as not read.
        holds: From the values to whether they satisfy it.
    """

    inputs: tuple[str, ...]
    comparator: str
    threshold: Any = None
    threshold_input: str | None = None
    accepted: tuple[Acceptance, ...] = ()
    holds: Predicate = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Settle once how it is asked; every inspection asks all of them."""
        object.__setattr__(self, "holds", self._predicate())

    def _predicate(self) -> Predicate:
        """The shortest way to ask it."""
        comparator = COMPARATORS[self.comparator]
        test, limit = comparator.test, self.threshold
        if comparator.many:
            return lambda values: test(
                [self.read(name, values) for name in self.inputs], limit
            )
        (name,) = self.inputs
        if self.accepted or self.threshold_input:
            return lambda values: test(self.read(name, values), self._limit(values))
        return lambda values: test(values[name], limit)

    def read(self, name: str, values: Mapping[str, Any]) -> Any:
        """An input's value, None when its method does not count here."""
        for need in self.accepted:
            if need.input == name and values[need.method_input] not in need.methods:
                return None
        return values[name]

    def _limit(self, values: Mapping[str, Any]) -> Any:
        name = self.threshold_input
        return self.threshold if name is None else values[name]

    def told_threshold(self, values: Mapping[str, Any]) -> Threshold:
        """The threshold as a verdict tells it."""
        limit = self._limit(values)
        if isinstance(limit, frozenset):
            return tuple(sorted(limit))
        if isinstance(limit, tuple):
            return tuple(told(end) for end in limit)
        return told(limit)

    def named(self) -> tuple[str, ...]:
        """Every input it looks at, methods and limits included."""
        limits = (self.threshold_input,) if self.threshold_input else ()
        return (*self.inputs, *(need.method_input for need in self.accepted), *limits)


def told(value: Any) -> Reading:
    """A value as a verdict tells it: days in words, the rest as it is."""
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a rule may refer to."""

    inputs: Mapping[str, InputKind]
    sources: tuple[str, ...]
    groups: Mapping[str, frozenset[Chemistry]]


def read_condition(node: Node, scope: Scope) -> Condition:
    """A comparison, with every name and the threshold's form checked."""
    inputs = tuple(name.one_of(*scope.inputs) for name in node.get("inputs").items())
    comparator = node.get("comparator").one_of(*COMPARATORS)
    spec = COMPARATORS[comparator]
    if not inputs or (len(inputs) > 1 and not spec.many):
        node.get("inputs").fail(f"{comparator} cannot compare {len(inputs)} inputs")
    kinds = {scope.inputs[name] for name in inputs}
    if len(kinds) > 1 and spec.shape is not Shape.NOTHING:
        node.get("inputs").fail("are of different kinds")
    if not kinds <= spec.kinds:
        node.get("comparator").fail(f"cannot compare {inputs[0]}")
    limit = node.get("threshold")
    by_input = spec.shape is Shape.VALUE and isinstance(limit.value, dict)
    methods = node.find("accepted_methods")
    return Condition(
        inputs=inputs,
        comparator=comparator,
        threshold=None if by_input else _threshold(limit, inputs[0], scope, spec.shape),
        threshold_input=_threshold_input(limit, inputs[0], scope) if by_input else None,
        accepted=_accepted(methods, inputs, scope) if methods else (),
    )


def _threshold_input(limit: Node, name: str, scope: Scope) -> str:
    """The input that holds the threshold."""
    limit.only("input")
    held = limit.get("input")
    other = held.one_of(*scope.inputs)
    if scope.inputs[other] is not scope.inputs[name]:
        held.fail(f"is not of the kind of {name}")
    return other


def _threshold(limit: Node, name: str, scope: Scope, shape: Shape) -> Any:
    """A threshold written in the document, in the form its comparator wants."""
    if shape is Shape.NOTHING:
        if limit.value is not None:
            limit.fail("must be null")
        return None
    if shape is Shape.VALUE:
        return _scalar(limit, name, scope)
    values = tuple(_scalar(item, name, scope) for item in limit.filled())
    if shape is Shape.LIST:
        return frozenset(values)
    if len(values) != 2 or values[0] > values[1]:
        limit.fail("must be two values, the lower one first")
    return values


def _scalar(limit: Node, name: str, scope: Scope) -> Any:
    """One value of an input's kind."""
    kind = scope.inputs[name]
    if kind is InputKind.FLAG:
        return limit.flag()
    if kind is InputKind.NUMBER:
        return limit.number()
    if kind is InputKind.DATE:
        return limit.day()
    return limit.one_of(*WORDS[name])


def _accepted(
    node: Node, inputs: tuple[str, ...], scope: Scope
) -> tuple[Acceptance, ...]:
    """Which methods make a reading count."""
    accepted = []
    method_inputs = [word for word in WORDS if word in scope.inputs]
    for name, need in node.members().items():
        if name not in inputs:
            need.fail("is not an input of the rule")
        need.only("method_input", "methods")
        method = need.get("method_input").one_of(*method_inputs)
        methods = frozenset(
            word.one_of(*WORDS[method]) for word in need.get("methods").filled()
        )
        accepted.append(Acceptance(input=name, method_input=method, methods=methods))
    return tuple(accepted)
