"""Inserts whose SQL is spelled once: the hot way into the tables.

What one inspection writes goes to PostgreSQL as one statement, since each
statement costs a round trip; what five hundred write goes by COPY. SQLite is
in the same process and takes them one by one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

from battery_registry.store import direct

Rows = Sequence[Mapping[str, Any]]

# Beyond that many rows of a table, COPY is faster than any insert.
_FEW = 6
_PLACE = re.compile(r"\$\d+")


class Prepared:
    """One insert, for one table, one set of columns and one database.

    Args:
        table: Where the rows go.
        columns: Which columns every row names.
        dialect: Whose SQL it is.
        sums: A column that is added to where the row is there already.
    """

    def __init__(
        self,
        table: Table,
        columns: tuple[str, ...],
        dialect: Dialect,
        sums: str | None = None,
    ) -> None:
        """Spell the statement, and find which values must be converted."""
        chosen = postgresql if direct.is_postgresql(dialect) else sqlite
        statement = chosen.insert(table)
        if sums is not None:
            added = table.c[sums] + statement.excluded[sums]
            statement = statement.on_conflict_do_update(
                index_elements=list(table.primary_key), set_={sums: added}
            )
        spelled = direct.spell(statement, dialect, column_keys=list(columns))
        self.sql = str(spelled)
        # The table's order, which need not be the rows'.
        self.columns = tuple(spelled.positiontup or ())
        self.copy_sql = (
            None
            if sums is not None or not direct.is_postgresql(dialect)
            else f"COPY {table.name} ({', '.join(self.columns)}) FROM STDIN"
        )
        self._head, _, rest = self.sql.partition(" VALUES (")
        self._group, _, self._tail = rest.partition(")")
        self._pick = _picker(self.columns)
        self._converted = [
            (place, processor)
            for place, name in enumerate(self.columns)
            if (processor := direct.bind_processor(table.c[name].type, dialect))
        ]

    def of(self, rows: int, number: Iterator[int]) -> str:
        """Spell the insert of so many rows, places numbered on from there."""
        groups = ", ".join(
            f"({_PLACE.sub(lambda _: f'${next(number)}', self._group)})"
            for _ in range(rows)
        )
        return f"{self._head} VALUES {groups}{self._tail}"

    def value(self, name: str, value: Any) -> Any:
        """Give one column's value as the driver takes it."""
        for place, processor in self._converted:
            if self.columns[place] == name:
                return processor(value)
        return value

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Give a row's values in the columns' order, as the driver takes them."""
        values = [*self._pick(row)]
        for place, processor in self._converted:
            values[place] = processor(values[place])
        return values


def _picker(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    # Of a single name an itemgetter gives the value itself, not a row of one.
    if len(columns) == 1:
        return lambda row: (row[columns[0]],)
    return itemgetter(*columns)


@lru_cache(maxsize=256)
def prepare(
    table: Table, columns: tuple[str, ...], dialect: Dialect, sums: str | None = None
) -> Prepared:
    """Get the prepared insert; one for each table, columns and dialect."""
    return Prepared(table, columns, dialect, sums)


@lru_cache(maxsize=64)
def _joined(parts: tuple[tuple[Prepared, int], ...]) -> str:
    """Spell inserts into several tables as one statement.

    Their foreign keys are checked when all of it is done.
    """
    number = count(1)
    *first, last = (prepared.of(rows, number) for prepared, rows in parts)
    if not first:
        return last
    named = ", ".join(f"w{place} AS ({sql})" for place, sql in enumerate(first))
    return f"WITH {named} {last}"


class Inserts:
    """Rows of several tables, in the order the tables need each other."""

    def __init__(self, connection: Connection) -> None:
        """Start with none."""
        self._connection = connection
        self._parts: list[tuple[Prepared, Rows]] = []

    def add(self, table: Table, rows: Rows, *, sums: str | None = None) -> None:
        """Add rows of one table; all of them must name the same columns."""
        columns = tuple(rows[0])
        made = prepare(table, columns, self._connection.dialect, sums)
        self._parts.append((made, rows))

    def send(self) -> None:
        """Insert them all."""
        if not direct.is_postgresql(self._connection.dialect):
            for made, rows in self._parts:
                direct.send_many(
                    self._connection, made.sql, [made.values(row) for row in rows]
                )
        elif all(len(rows) <= _FEW for _, rows in self._parts):
            if self._parts:
                self._send_joined(self._parts)
        else:
            for part in self._parts:
                self._send_alone(*part)

    def _send_joined(self, parts: Sequence[tuple[Prepared, Rows]]) -> None:
        sql = _joined(tuple((made, len(rows)) for made, rows in parts))
        values = [
            value for made, rows in parts for row in rows for value in made.values(row)
        ]
        direct.send(self._connection, sql, values)

    def _send_alone(self, made: Prepared, rows: Rows) -> None:
        if len(rows) <= _FEW:
            self._send_joined([(made, rows)])
        elif made.copy_sql is not None:
            copied = [made.values(row) for row in rows]
            direct.copy(self._connection, made.copy_sql, copied)
        else:
            sent = [made.values(row) for row in rows]
            direct.send_many(self._connection, made.sql, sent)


def insert_columns(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    *,
    same: Mapping[str, Any],
) -> None:
    """Insert very many rows of one table, column by column.

    Args:
        connection: A transaction that writes.
        table: Where they go.
        columns: Values as the driver takes them: numbers, ids as the database
            spells them, words without tabs, line ends and backslashes.
        same: What every row has alike, as values of the columns' types.
    """
    made = prepare(table, (*columns, *same), connection.dialect)
    if not direct.is_postgresql(connection.dialect):
        size = len(next(iter(columns.values())))
        spread = [
            columns[name] if name in columns else [made.value(name, same[name])] * size
            for name in made.columns
        ]
        direct.send_many(connection, made.sql, list(zip(*spread, strict=True)))
        return
    ends = "".join(f"\t{value}" for value in same.values())
    lines = "\n".join(
        "\t".join(["\\N" if value is None else str(value) for value in row]) + ends
        for row in zip(*columns.values(), strict=True)
    )
    order = ", ".join((*columns, *same))
    sql = f"COPY {table.name} ({order}) FROM STDIN"
    direct.copy_text(connection, sql, f"{lines}\n" if lines else "")


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows of one table; every row must name the same columns."""
    inserts = Inserts(connection)
    inserts.add(table, rows)
    inserts.send()
