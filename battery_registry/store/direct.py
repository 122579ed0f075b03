"""The hot way to the database: SQL spelled once, sent by the driver itself.

SQLAlchemy spells each statement and knows how every column's values travel;
after the first time only values pass. Errors are SQLAlchemy's own, and a
connection that broke is thrown away as SQLAlchemy would.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import Executable

Processor = Callable[[Any], Any]
Values = Sequence[Any]
Asked = Session | Connection

# One inspection, a few, the largest batch, with all its prior codes; labels.
_LENGTHS = (1, 6, 48, 500, 3_000, 12_000)


def spell(statement: Executable, dialect: Dialect, **options: Any) -> SQLCompiler:
    """Spell a statement with the places of its values numbered or marked."""
    style = "numeric_dollar" if is_postgresql(dialect) else "qmark"
    spelling = type(dialect)(paramstyle=style)  # type: ignore[call-arg]  # all take it
    compiled: SQLCompiler = statement.compile(  # type: ignore[attr-defined]  # all have it
        dialect=spelling, **options
    )
    return compiled


def is_postgresql(dialect: Dialect) -> bool:
    """Whether it is PostgreSQL, spoken to by psycopg."""
    return dialect.name == "postgresql"


def send(connection: Connection, sql: str, values: Values) -> list[tuple[Any, ...]]:
    """Send one statement; gives the rows that it answers with, if any."""
    with _cursor(connection, sql) as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def padded(values: Sequence[Any]) -> tuple[list[Any], int]:
    """Repeat the last value up to the next of a few lengths; gives it, too.

    A statement for each length of a list would be spelled, and kept prepared,
    for each; in an ``IN`` a value may as well stand twice.
    """
    length = next(size for size in _LENGTHS if size >= len(values))
    return [*values, *[values[-1]] * (length - len(values))], length


def send_many(connection: Connection, sql: str, rows: Sequence[Values]) -> None:
    """Send one statement once for each row."""
    with _cursor(connection, sql) as cursor:
        cursor.executemany(sql, rows)


def copy(connection: Connection, sql: str, rows: Sequence[Values]) -> None:
    """Send many rows by PostgreSQL's own COPY."""
    with _cursor(connection, sql) as cursor, cursor.copy(sql) as stream:
        for row in rows:
            stream.write_row(row)


def copy_text(connection: Connection, sql: str, lines: str) -> None:
    """Send rows by PostgreSQL's own COPY, spelled as it reads them."""
    with _cursor(connection, sql) as cursor, cursor.copy(sql) as stream:
        stream.write(lines)


@contextmanager
def _cursor(connection: Connection, sql: str) -> Iterator[Any]:
    dialect, driver = connection.dialect, connection.connection.driver_connection
    # psycopg's raw cursor takes $1 as it is, instead of reading each statement.
    raw = getattr(dialect.loaded_dbapi, "RawCursor", None)
    cursor = raw(driver) if raw else driver.cursor()  # type: ignore[union-attr]  # it is open
    try:
        yield cursor
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, driver, cursor):
            connection.invalidate(error)
            connection.engine.dispose()
        raise DBAPIError.instance(
            sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect
        ) from error
    finally:
        cursor.close()


class Statement:
    """A statement that is run often.

    Args:
        statement: What is asked or changed; its values are given by name.
    """

    def __init__(self, statement: Executable) -> None:
        """Spell nothing yet: the database is not known."""
        self._statement = statement
        self._spelled: dict[type[Dialect], _Spelled] = {}

    def run(self, asked: Asked, **given: Any) -> list[tuple[Any, ...]]:
        """Run it; rows come with the values that the columns' types give."""
        connection = asked.connection() if isinstance(asked, Session) else asked
        kind = type(connection.dialect)
        spelled = self._spelled.get(kind)
        if spelled is None:
            spelled = _Spelled(self._statement, connection.dialect)
            self._spelled[kind] = spelled
        return spelled.run(connection, given)


class Named:
    """A statement whose rows are asked by the names of their columns.

    Args:
        statement: As for ``Statement``; every column has a name of its own.
    """

    def __init__(self, statement: Select[Any]) -> None:
        """Name the columns."""
        self._statement = Statement(statement)
        names = [str(column.key) for column in statement.selected_columns]
        self._row: Any = namedtuple("Row", names)  # type: ignore[misc]  # mypy wants literal names; these are the query's

    def run(self, asked: Asked, **given: Any) -> list[Any]:
        """Run it."""
        return [self._row._make(row) for row in self._statement.run(asked, **given)]


class _Spelled:
    """A statement as one kind of database takes it."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = spell(statement, dialect)
        self._sql = str(compiled)
        self._order = tuple(compiled.positiontup or ())
        self._bound = {
            name: processor
            for name, parameter in compiled.binds.items()
            if (processor := bind_processor(parameter.type, dialect)) is not None
        }
        self._types = [
            column.type.dialect_impl(dialect)
            for column in getattr(statement, "selected_columns", ())
        ]
        self._read: list[tuple[int, Processor]] | None = None
        self._fixed = {
            name: parameter.value
            for name, parameter in compiled.binds.items()
            if not parameter.required
        }

    def run(
        self, connection: Connection, given: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        values = {**self._fixed, **given}
        for name, processor in self._bound.items():
            values[name] = processor(values[name])
        placed = [values[name] for name in self._order]
        if not self._types:
            return send(connection, self._sql, placed)
        with _cursor(connection, self._sql) as cursor:
            cursor.execute(self._sql, placed)
            rows = cursor.fetchall()
            if self._read is None:
                # Asked once only: psycopg makes an object a column each time.
                self._read = self._readers(connection.dialect, cursor.description)
        return [self._value(row, self._read) for row in rows] if self._read else rows

    def _readers(
        self, dialect: Dialect, described: Sequence[Any]
    ) -> list[tuple[int, Processor]]:
        """Find what must be made of the values, which hangs on the driver's types."""
        found = [
            kind.result_processor(dialect, column[1])
            for kind, column in zip(self._types, described, strict=True)
        ]
        return [(place, one) for place, one in enumerate(found) if one is not None]

    @staticmethod
    def _value(
        row: tuple[Any, ...], readers: Sequence[tuple[int, Processor]]
    ) -> tuple[Any, ...]:
        values = list(row)
        for place, processor in readers:
            values[place] = processor(values[place])
        return tuple(values)


def bind_processor(kind: Any, dialect: Dialect) -> Processor | None:
    """Find how values of a column's type must be converted for the driver."""
    found: Processor | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found
