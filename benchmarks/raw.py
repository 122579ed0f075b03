"""The shortest way to each database: a driver's own connection and statements."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from benchmarks.moulds import Mould

COUNTERS = "inspection_counters"
_BUSY_TIMEOUT_S = 10.0

Values = Sequence[Any]


class Raw(Protocol):
    """One connection, of one thread."""

    def spell(self, one: UUID) -> Any:
        """Spell an id as the driver takes it."""

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Read rows; placeholders are ``%s``."""

    def write(self, rows: Mapping[Mould, Sequence[Values]], counts: "Counts") -> None:
        """Insert rows of each mould, and count, in one transaction."""

    def close(self) -> None:
        """Close the connection."""


class Counts:
    """What is added to the counters.

    Args:
        columns: The counters' columns, ``inspections`` last.
        rows: What is added, by those columns.
    """

    def __init__(self, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """Spell the statement."""
        key = ", ".join(columns[:-1])
        self.rows = rows
        self.sql = (
            f"INSERT INTO {COUNTERS} ({', '.join(columns)})"  # noqa: S608 - own names
            f" VALUES ({', '.join(['%s'] * len(columns))})"
            f" ON CONFLICT ({key}) DO UPDATE"
            f" SET inspections = {COUNTERS}.inspections + excluded.inspections"
        )


class PostgreSQL:
    """psycopg: prepared statements one by one, COPY for many rows."""

    def __init__(self, url: str) -> None:
        """Connect; ``BEGIN`` is said where there is more than one statement."""
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("SET timezone TO 'utc'")
        self._cursor = self._connection.cursor()

    def spell(self, one: UUID) -> Any:
        """Spell an id as the driver takes it."""
        return one

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Read rows."""
        found = self._cursor.execute(sql, values, prepare=True)
        names = [column.name for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def write(self, rows: Mapping[Mould, Sequence[Values]], counts: Counts) -> None:
        """Insert rows of each mould, and count, in one transaction."""
        cursor = self._cursor
        cursor.execute("BEGIN")
        for mould, some in rows.items():
            if len(some) == 1:
                cursor.execute(mould.insert, some[0], prepare=True)
                continue
            with cursor.copy(f"COPY {mould.target} FROM STDIN") as copy:
                for row in some:
                    copy.write_row(row)
        for row in counts.rows:
            cursor.execute(counts.sql, row, prepare=True)
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class SQLite:
    """sqlite3: its own cache keeps the statements prepared."""

    def __init__(self, url: str) -> None:
        """Open the file with the settings of the service."""
        self._connection = sqlite3.connect(
            urlsplit(url).path[1:] or ":memory:",
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    def spell(self, one: UUID) -> Any:
        """Spell an id as the service does."""
        return one.hex

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Read rows."""
        with closing(self._connection.cursor()) as cursor:
            found = cursor.execute(_question_marks(sql), values)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def write(self, rows: Mapping[Mould, Sequence[Values]], counts: Counts) -> None:
        """Insert rows of each mould, and count, in one transaction."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        for mould, some in rows.items():
            connection.executemany(_question_marks(mould.insert), some)
        connection.executemany(_question_marks(counts.sql), counts.rows)
        connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


def connect(url: str) -> Raw:
    """Connect to the database of a run."""
    return SQLite(url) if url.startswith("sqlite") else PostgreSQL(url)


def pattern(
    raw: Raw, tables: Iterable[str], battery_id: UUID
) -> list[tuple[str, dict[str, Any]]]:
    """Read what was written of one battery, in the order of the tables."""
    found = []
    for table in tables:
        rows = raw.rows(
            f"SELECT * FROM {table} WHERE battery_id = %s",  # noqa: S608 - own names
            (raw.spell(battery_id),),
        )
        found += [(table, {name: _flat(v) for name, v in row.items()}) for row in rows]
    return found


def _flat(value: object) -> object:
    """JSON documents are written as text, as they were sent."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value
