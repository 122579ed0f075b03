"""Inserts whose SQL is spelled once: the hot way into the tables.

SQLAlchemy spells the statement and knows how each column's values travel;
after the first time only the values pass, as the driver takes them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert

Processor = Callable[[Any], Any]


class Prepared:
    """One insert, for one table, one set of columns and one database.

    Args:
        table: Where the rows go.
        columns: Which columns every row names.
        dialect: Whose SQL it is.
    """

    def __init__(
        self, table: Table, columns: tuple[str, ...], dialect: Dialect
    ) -> None:
        """Spell the statement, and find which values must be converted."""
        statement = insert(table).compile(dialect=dialect, column_keys=list(columns))
        self._sql = str(statement)
        self._order: Sequence[str] | None = statement.positiontup
        self._processors: dict[str, Processor] = {}
        for name in columns:
            kind = table.c[name].type.dialect_impl(dialect)
            processor = kind.bind_processor(dialect)
            if processor is not None:
                self._processors[name] = processor

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, each naming exactly the columns."""
        values = [self._travel(row) for row in rows]
        connection.exec_driver_sql(self._sql, values if len(values) > 1 else values[0])

    def _travel(self, row: Mapping[str, Any]) -> Any:
        values = dict(row)
        for name, processor in self._processors.items():
            values[name] = processor(values[name])
        if self._order is None:
            return values
        return tuple(values[name] for name in self._order)


@lru_cache(maxsize=256)
def prepare(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
    """Get the prepared insert; one for each table, columns and dialect."""
    return Prepared(table, columns, dialect)


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows of one table; every row must name the same columns."""
    prepare(table, tuple(rows[0]), connection.dialect).insert(connection, rows)
