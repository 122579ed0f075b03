"""How a rule compares what it reads with its threshold.

Every comparison is on the unrounded value. A value that was not read never
satisfies a comparison, except one that asks for just that.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from battery_registry.scoring.inputs import InputKind

# The operands' kinds are checked once, when the rule set is read.
Test = Callable[[Any, Any], bool]


class Shape(StrEnum):
    """What a comparator's threshold looks like."""

    NOTHING = "nothing"
    VALUE = "value"
    RANGE = "range"
    LIST = "list"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparator:
    """A way to compare.

    Args:
        test: From what was read and the threshold to yes or no.
        shape: What the threshold looks like.
        many: Whether it reads a list of several inputs; otherwise just one.
        kinds: Kinds of input it can compare.
    """

    test: Test
    shape: Shape
    many: bool = False
    kinds: frozenset[InputKind] = frozenset(InputKind)


_ORDERED = frozenset({InputKind.NUMBER, InputKind.DATE})


def _ordering(compare: Callable[[Any, Any], bool]) -> Comparator:
    """A comparator of two ordered values; nothing compares with a missing one."""

    def test(value: Any, threshold: Any) -> bool:
        return value is not None and threshold is not None and compare(value, threshold)

    return Comparator(test=test, shape=Shape.VALUE, kinds=_ORDERED)


def _outside(value: Any, threshold: Any) -> bool:
    """Whether a value is outside a range whose ends belong to it."""
    return value is not None and not threshold[0] <= value <= threshold[1]


COMPARATORS: Mapping[str, Comparator] = MappingProxyType(
    {
        "gt": _ordering(operator.gt),
        "ge": _ordering(operator.ge),
        "lt": _ordering(operator.lt),
        "le": _ordering(operator.le),
        "eq": Comparator(test=operator.eq, shape=Shape.VALUE),
        "not_in": Comparator(
            test=lambda value, t: value is not None and value not in t,
            shape=Shape.LIST,
            kinds=frozenset({InputKind.WORD}),
        ),
        "not_between": Comparator(test=_outside, shape=Shape.RANGE, kinds=_ORDERED),
        "all_eq": Comparator(
            test=lambda read, t: all(value == t for value in read),
            shape=Shape.VALUE,
            many=True,
        ),
        "any_eq": Comparator(
            test=lambda read, t: any(value == t for value in read),
            shape=Shape.VALUE,
            many=True,
        ),
        "any_null": Comparator(
            test=lambda read, t: any(value is None for value in read),
            shape=Shape.NOTHING,
            many=True,
        ),
        "is_null": Comparator(test=lambda value, t: value is None, shape=Shape.NOTHING),
        "not_null": Comparator(
            test=lambda value, t: value is not None, shape=Shape.NOTHING
        ),
    }
)
"""Every comparator a rule set may name."""
