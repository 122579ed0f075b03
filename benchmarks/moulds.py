"""Rows like those of one battery, again and again with other ids.

What the service wrote of one inspected battery is the pattern. The limit and
the filling of a city both cast from it, so that neither can leave out a row or
a column that the service writes.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]

# Ids that every row has for itself.
OWN_IDS = frozenset({"leaf_id", "change_id", "case_id", "event_id", "notice_id"})


def new_id() -> UUID:
    """Make a UUIDv7 quickly; the service's own are made with more care."""
    milliseconds = int(time.time() * 1000)
    return UUID(
        int=milliseconds << 80
        | 0x7 << 76
        | random.getrandbits(12) << 64
        | 0b10 << 62
        | random.getrandbits(62)
    )


def new_code() -> str:
    """Make sixteen characters in place of a public code."""
    return f"{random.getrandbits(64):016x}"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Mould:
    """One row of one table, with holes where casts differ.

    Args:
        table: Its table.
        columns: The columns that the pattern fills, in order.
        target: Both, as SQL names them.
        insert: The statement that inserts a cast; placeholders are ``%s``.
        constants: The pattern's values.
        holes: Places among the columns, and by what name they are filled.
    """

    table: str
    columns: tuple[str, ...]
    target: str
    insert: str
    constants: tuple[Any, ...]
    holes: tuple[tuple[int, str], ...]

    def cast(self, given: Row, own_id: Callable[[], Any]) -> list[Any]:
        """Cast one row; ``own_id`` makes the ids that the row has for itself."""
        values = list(self.constants)
        for place, name in self.holes:
            values[place] = own_id() if name in OWN_IDS else given[name]
        return values


def make(table: str, row: Row, *, marks: Mapping[Any, str], named: set[str]) -> Mould:
    """Make a mould of a row.

    Args:
        table: Its table.
        row: The pattern, by column.
        marks: Values that differ in every cast, and their names.
        named: Columns that are filled by their own name.
    """
    filled = {name: value for name, value in row.items() if value is not None}
    holes = []
    for place, (name, value) in enumerate(filled.items()):
        if (name in OWN_IDS and _mark(marks, value) is None) or name in named:
            holes.append((place, name))
        elif (mark := _mark(marks, value)) is not None:
            holes.append((place, mark))
    target = f"{table} ({', '.join(filled)})"
    places = ", ".join(["%s"] * len(filled))
    return Mould(
        table=table,
        columns=tuple(filled),
        target=target,
        insert=f"INSERT INTO {target} VALUES ({places})",  # noqa: S608 - own names
        constants=tuple(filled.values()),
        holes=tuple(holes),
    )


def _mark(marks: Mapping[Any, str], value: object) -> str | None:
    # JSON documents come as dictionaries, which cannot be looked up.
    return None if isinstance(value, dict | list) else marks.get(value)
