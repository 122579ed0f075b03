"""Inputs of many measurements at once, as columns.

A number is a float, NaN where it was not read; a flag 1, 0 or -1; a word the
place of the word in ``inputs.WORDS``, -1 where there is none; a day a
``datetime64``, NaT where there is none. ``inputs.derive`` is the same for one
measurement, and the two agree to the last bit.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from battery_registry.scoring.inputs import FADE_METHODS, INPUTS, WORDS, InputKind

Column = npt.NDArray[Any]
Truth = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

BACKGROUND = ("new_resistance_mohm", "new_capacity_ah")
"""Columns of what was known before, beside ``standing_<input>``."""

_DAY = np.timedelta64(1, "D")
_LEAP_DAY = (2, 29)


def kind_of(name: str) -> InputKind:
    """The kind of a column."""
    return INPUTS.get(name, InputKind.NUMBER)


def lookup(yes: frozenset[int]) -> bytes:
    """A table for ``among``: which of a word column's values count."""
    table = bytearray(256)
    for value in yes:
        table[value] = True
    return bytes(table)


def places(name: str, words: frozenset[Any]) -> frozenset[int]:
    """Where these words are in a word column."""
    return frozenset(i for i, word in enumerate(WORDS[name]) if word in words)


def among(column: Column, table: bytes) -> Truth:
    """Whether each value is one that counts; by far the fastest way to ask."""
    return np.frombuffer(column.tobytes().translate(table), dtype=np.bool_)


_SPEAKING = lookup(places("capacity_method", FADE_METHODS))


class Columns:
    """Columns of equal length, the derived ones made when they are asked for.

    Args:
        given: Columns by name. A derived input that is given is taken as it is.
        size: Their length.
        offset: Where the rule set's days begin, east of UTC.
    """

    def __init__(
        self, given: Mapping[str, Column], *, size: int, offset: timedelta
    ) -> None:
        """Hold the columns."""
        self.size = size
        self._given = given
        self._offset = offset
        self._rows: slice | Rows = slice(None)
        self._made: dict[str, Column] = {}

    def part(self, rows: slice | Rows, *, size: int) -> "Columns":
        """Some of the rows; columns are cut when they are asked for."""
        part = Columns(self._given, size=size, offset=self._offset)
        if isinstance(self._rows, slice) and isinstance(rows, np.ndarray):
            part._rows = rows + (self._rows.start or 0)
        else:
            part._rows = rows
        return part

    def find(self, name: str) -> Column | None:
        """A column that was given."""
        return self.get(name) if name in self._given else None

    def get(self, name: str) -> Column:
        """A column that was given or follows from them; else nothing was read."""
        column = self._made.get(name)
        if column is None:
            column = self._made[name] = self._make(name)
        return column

    def _make(self, name: str) -> Column:
        given = self._given.get(name)
        if given is not None:
            return given[self._rows]
        make = _DERIVED.get(name)
        return self._blank(kind_of(name)) if make is None else make(self)

    def _blank(self, kind: InputKind) -> Column:
        if kind is InputKind.NUMBER:
            return np.full(self.size, np.nan)
        if kind is InputKind.DATE:
            return np.full(self.size, np.datetime64("NaT", "D"))
        return np.full(self.size, -1, dtype=np.int8)

    def tested_on(self) -> Column:
        """The day of the test where the rule set's days are."""
        here = self.get("tested_at") + np.timedelta64(self._offset)
        return here.astype("datetime64[D]")


def is_null(column: Column) -> Truth:
    """Where nothing was read."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind == "M":
        return np.isnat(column)
    null: Truth = column < 0
    return null


def _fade_capacity_ah(columns: Columns) -> Column:
    """The discharged capacity where it may speak of fade."""
    speaks = among(columns.get("capacity_method"), _SPEAKING)
    return np.where(speaks, columns.get("discharge_capacity_ah"), np.nan)


def _fade_pct(columns: Columns) -> Column:
    rated = columns.get("label_rated_capacity_ah")
    discharged = columns.get("fade_capacity_ah")
    fade: Column = (rated - discharged) / rated * 100
    return fade


def _retention_frac(columns: Columns) -> Column:
    rated = columns.get("label_rated_capacity_ah")
    new = columns.find("new_capacity_ah")
    if new is not None:
        # fmax keeps the label where the model is unknown, but not the reverse
        rated = np.where(np.isnan(rated), rated, np.fmax(rated, new))
    retention: Column = columns.get("fade_capacity_ah") / rated
    return retention


def _ratio(columns: Columns) -> Column:
    ratio: Column = columns.get("internal_resistance_mohm") / columns.get(
        "new_resistance_mohm"
    )
    return ratio


def _imbalance_mv(columns: Columns) -> Column:
    low, high = columns.get("cell_voltage_min_v"), columns.get("cell_voltage_max_v")
    imbalance: Column = (high - low) * 1000
    return imbalance


def _is_there(name: str) -> Callable[[Columns], Column]:
    def made(columns: Columns) -> Column:
        return (~is_null(columns.get(name))).view(np.int8)

    return made


def _age_years(columns: Columns) -> Column:
    made_on = columns.get("production_date").astype("datetime64[D]")
    return age_years(made_on, columns.get("tested_on"))


def age_years(made_on: Column, on: Column) -> Column:
    """``inputs.age_years`` for whole columns; NaN without a production date."""
    known = ~np.isnat(made_on)
    age = np.full(len(made_on), np.nan)
    born, now = made_on[known], on[known]
    completed = _years(now) - _years(born)
    completed -= now < _anniversary(born, _years(now))
    last = _anniversary(born, _years(born) + completed)
    following = _anniversary(born, _years(born) + completed + 1)
    age[known] = completed + (now - last) / _DAY / ((following - last) / _DAY)
    return age


def _years(days: Column) -> Column:
    return days.astype("datetime64[Y]").astype(np.int64)


def _anniversary(days: Column, years: Column) -> Column:
    """Those days in other years; 29 February falls on the 28th in common years."""
    month = days.astype("datetime64[M]")
    months = month.astype(np.int64) % 12
    day_of_month = (days - month.astype("datetime64[D]")) / _DAY + 1
    begins = (years * 12 + months).astype("datetime64[M]")
    day: Column = begins.astype("datetime64[D]") + (day_of_month - 1).astype("m8[D]")
    leapling = (months + 1 == _LEAP_DAY[0]) & (day_of_month == _LEAP_DAY[1])
    slipped = day.astype("datetime64[M]") != begins
    return np.where(leapling & slipped, day - _DAY, day)


_DERIVED: Mapping[str, Callable[[Columns], Column]] = {
    "tested_on": Columns.tested_on,
    "age_years": _age_years,
    "fade_capacity_ah": _fade_capacity_ah,
    "capacity_fade_pct": _fade_pct,
    "capacity_retention_frac": _retention_frac,
    "resistance_ratio": _ratio,
    "cell_imbalance_mv": _imbalance_mv,
    "label_nominal_voltage_present": _is_there("label_nominal_voltage_v"),
    "label_rated_capacity_present": _is_there("label_rated_capacity_ah"),
}
