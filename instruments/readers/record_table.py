"""A vendor's table of records, still as written."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from instruments.readers.roles import Role
from instruments.readers.titles import Place
from instruments.readers.values import numbers, trimmed
from instruments.recording import Floats

_INSTEAD = {
    Role.STEP: "steps are told by the current's sign",
    Role.CYCLE: "all records count as one cycle",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A vendor's table of records, still as written.

    Args:
        columns: The values by role, all of one length.
        places: What is known of each column.
        comma: The decimal sign is a comma.
        first_line: The file's line of the first record, from 1.
        started: The start as the lines above the table write it.
        extra: Titles of the columns that are not used.
        notes: What had to be assumed so far.
    """

    columns: dict[Role, pl.Series]
    places: dict[Role, Place]
    comma: bool = False
    first_line: int = 1
    started: str | None = None
    extra: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def measured(self, role: Role) -> Floats:
        """A column in our units; NaN where it holds no number."""
        place = self.places[role]
        values = numbers(self.columns[role], comma=self.comma)
        return values * place.factor + place.offset

    def temperature_c(self, notes: list[str]) -> Floats | None:
        """The temperature; None without a sensor, which some write as zero."""
        if Role.TEMPERATURE not in self.columns:
            return None
        values = self.measured(Role.TEMPERATURE)
        if np.isnan(values).all():
            return None
        if (values == self.places[Role.TEMPERATURE].offset).all():
            notes.append("the temperature is 0 throughout: no sensor was connected")
            return None
        return values

    def empty_numbers(self) -> list[str]:
        """What to say of step and cycle numbers whose column is there and empty."""
        return [
            f"column {self.places[role].title!r} is empty: {instead}"
            for role, instead in _INSTEAD.items()
            if role in self.columns and self.is_blank(role)
        ]

    def is_blank(self, role: Role) -> bool:
        """Whether the role's column is missing or holds nothing."""
        column = self.columns.get(role)
        return column is None or bool(trimmed(column).is_null().all())
