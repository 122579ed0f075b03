"""A vendor's table of records, still as written."""

from dataclasses import dataclass

import polars as pl

from instruments.readers.roles import Role
from instruments.readers.titles import Place
from instruments.readers.values import trimmed


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

    def is_blank(self, role: Role) -> bool:
        """Whether the role's column is missing or holds nothing."""
        column = self.columns.get(role)
        return column is None or bool(trimmed(column).is_null().all())
