"""Conditions, points and guard bands over whole columns.

Each is the same, bit for bit, as what ``condition``, ``points`` and
``uncertainty`` do for one measurement.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from battery_registry.scoring.columns import (
    Column,
    Columns,
    Rows,
    Truth,
    among,
    is_null,
    kind_of,
    lookup,
    places,
)
from battery_registry.scoring.condition import Condition
from battery_registry.scoring.factor import Factor, Harm
from battery_registry.scoring.inputs import WORDS, InputKind
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.scoring.ruleset import Rule
from battery_registry.scoring.uncertainty import Guard

Tenths = npt.NDArray[np.int16]
Test = Callable[[Columns], Truth]
Compare = Callable[[Any, Any], Any]

_FEW = 16  # of a chunk: fewer than this share of the rows
_NEARLY_HALF = 0.5 - 1e-6
_ORDER: Mapping[str, Compare] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


class Asked:
    """A rule, asked of whole columns.

    Args:
        rule: The rule.
    """

    def __init__(self, rule: Rule) -> None:
        """Settle once how it is asked."""
        self.rule = rule
        self._test = test_of(rule.test)
        self._when = [test_of(part) for part in rule.when]
        self.chemistries = lookup(places("chemistry", rule.chemistries))
        whole = len(rule.unit_kinds) == len(WORDS["unit_kind"])
        self._units = None if whole else lookup(places("unit_kind", rule.unit_kinds))

    def fires(self, columns: Columns, applies: Truth, out: Truth) -> None:
        """Write where it fires, of the rows to whose chemistry it applies."""
        may = applies
        if self._units is not None:
            may = may & among(columns.get("unit_kind"), self._units)
        if not self._when:
            np.logical_and(self._test(columns), may, out=out)
            return
        for when in self._when:
            may = may & when(columns)
        passing = np.count_nonzero(may)
        if passing > columns.size // _FEW:
            np.logical_and(self._test(columns), may, out=out)
            return
        out[:] = False
        if passing:
            # What the test reads need not be made for all rows.
            rows = np.flatnonzero(may)
            out[rows] = self._test(columns.part(rows, size=len(rows)))

    def applies(self, columns: Columns, rows: Rows) -> Truth:
        """Whether the rule is there at all for these rows."""
        mine = among(columns.get("chemistry")[rows], self.chemistries)
        if self._units is None:
            return mine
        return mine & among(columns.get("unit_kind")[rows], self._units)


def test_of(condition: Condition) -> Test:
    """How a condition is asked of columns."""
    read = [_reader(condition, name) for name in condition.inputs]
    comparator, limit = condition.comparator, condition.threshold
    if comparator in ("any_null", "is_null"):
        return lambda columns: _any([~is_read(columns) for is_read in read])
    if comparator == "not_null":
        return read[0]
    tests = [_compare(condition, name, limit) for name in condition.inputs]
    if condition.accepted:
        tests = [_both(test, one) for test, one in zip(tests, read, strict=True)]
    if comparator == "all_eq":
        return lambda columns: _all([test(columns) for test in tests])
    return lambda columns: _any([test(columns) for test in tests])


def _any(truths: list[Truth]) -> Truth:
    return truths[0] if len(truths) == 1 else np.logical_or.reduce(truths)


def _all(truths: list[Truth]) -> Truth:
    return truths[0] if len(truths) == 1 else np.logical_and.reduce(truths)


def _both(one: Test, other: Test) -> Test:
    return lambda columns: one(columns) & other(columns)


def _reader(condition: Condition, name: str) -> Test:
    """Where an input was read by a method that counts."""
    needs = [
        (need.method_input, lookup(places(need.method_input, need.methods)))
        for need in condition.accepted
        if need.input == name
    ]

    def is_read(columns: Columns) -> Truth:
        read = ~is_null(columns.get(name))
        for method_input, table in needs:
            read &= among(columns.get(method_input), table)
        return read

    return is_read


def _compare(condition: Condition, name: str, limit: Any) -> Test:
    """One input's comparison; nothing compares with what was not read."""
    comparator, other = condition.comparator, condition.threshold_input
    if comparator == "not_in":
        table = lookup(places(name, frozenset(WORDS[name]) - limit))
        return lambda columns: among(columns.get(name), table)
    if comparator == "not_between":
        low, high = (_coded(name, end) for end in limit)

        def outside(columns: Columns) -> Truth:
            column = columns.get(name)
            out: Truth = (column < low) | (column > high)
            return out

        return outside
    if other is not None:
        return _compare_two(comparator, name, other)
    compare: Compare = _ORDER.get(comparator, operator.eq)
    coded = _coded(name, limit)
    return lambda columns: compare(columns.get(name), coded)


def _compare_two(comparator: str, name: str, other: str) -> Test:
    compare = _ORDER.get(comparator)
    if compare is not None:
        return lambda columns: compare(columns.get(name), columns.get(other))

    def same(columns: Columns) -> Truth:
        one, two = columns.get(name), columns.get(other)
        equal: Truth = (one == two) | (is_null(one) & is_null(two))
        return equal

    return same


def _coded(name: str, value: Any) -> Any:
    """A threshold as a column holds it."""
    if isinstance(value, date):
        return np.datetime64(value)
    if kind_of(name) is InputKind.WORD:
        return WORDS[name].index(value)
    return np.int8(value) if kind_of(name) is InputKind.FLAG else float(value)


class Counted:
    """A factor's points over whole columns."""

    def __init__(self, factor: Factor) -> None:
        """Settle once how they are given."""
        self.factor = factor
        self._knots = np.array(factor.card.knots)
        self._points = np.array(factor.card.points_tenths, dtype=np.float64)
        self._standing = f"standing_{factor.input}"
        self._worse = np.fmax if factor.harm is Harm.HIGHER else np.fmin
        self._is_flag = kind_of(factor.input) is InputKind.FLAG
        self._yes = np.int16(factor.card.most_tenths)
        self._scratch = np.empty(0)
        self._gives = np.greater if factor.harm is Harm.HIGHER else np.less
        self._edge = self._knots[0 if factor.harm is Harm.HIGHER else -1]
        at_edge = self._points[0 if factor.harm is Harm.HIGHER else -1]
        self._may_skip = bool(at_edge == 0)

    def give(self, columns: Columns, out: Tenths) -> None:
        """Write the points in whole tenths, 0 where nothing counts."""
        reading = columns.get(self.factor.input)
        standing = columns.find(self._standing)
        if self._is_flag:
            if standing is None:
                out[:] = reading == 1
                out *= self._yes
                return
            reading = np.where(reading < 0, np.nan, reading)
        if standing is not None:
            reading = self._worse(reading, standing)
        if not self._may_skip or not self._give_to_few(reading, out):
            self._between(reading, out)

    def _give_to_few(self, reading: Column, out: Tenths) -> bool:
        """Give only to the rows beyond the first knot, where those are few."""
        rows = np.flatnonzero(self._gives(reading, self._edge))
        if len(rows) * 2 > len(reading):
            return False
        few = np.empty(len(rows), out.dtype)
        self._between(reading[rows], few)
        out[:] = 0
        out[rows] = few
        return True

    def _between(self, reading: Column, out: Tenths) -> None:
        exact = np.interp(reading, self._knots, self._points)
        np.fmax(exact, 0.0, out=exact)  # NaN is no reading: no points
        if len(self._scratch) != len(exact):
            self._scratch = np.empty(len(exact))
        points = np.rint(exact, out=self._scratch)
        out[:] = points
        exact -= points
        if exact.max(initial=0) > _NEARLY_HALF or exact.min(initial=0) < -_NEARLY_HALF:
            # A machine that fuses multiply and add may round a tie the other way.
            for row in np.flatnonzero(np.abs(exact) > _NEARLY_HALF):
                out[row] = self.factor.card.points_for(float(reading[row]))


class Watched:
    """A guard band over whole columns."""

    def __init__(self, guard: Guard) -> None:
        """Settle once where it begins."""
        self.guard = guard
        method = guard.uncertainty.method_input
        grades = list(InstrumentClass)
        self._method_input = method
        self._limits = np.array(
            [
                [guard.limits[grade, word] for word in (*WORDS[method], None)]
                for grade in grades
            ]
        )
        self._lowest = self._limits.min()
        self._usual = grades.index(InstrumentClass.STATION)
        self._standing = f"standing_{guard.input}"

    def rows(self, columns: Columns) -> Rows:
        """The rows whose reading lies above its guard's limit."""
        reading = columns.get(self.guard.input)
        standing = columns.find(self._standing)
        if standing is not None:
            reading = np.fmax(reading, standing)
        rows = np.flatnonzero(reading > self._lowest)
        methods = columns.get(self._method_input)[rows]
        grades = columns.find("instrument_class")
        usual = self._usual if grades is None else grades[rows]
        found: Rows = rows[reading[rows] > self._limits[usual, methods]]
        return found
