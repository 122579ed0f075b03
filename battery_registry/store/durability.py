"""How safely the database keeps what it has acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, type_coerce

from battery_registry.store.db import Database
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.types import UtcTime

OLDEST_POSTGRESQL = 15

_POSTGRESQL = {
    "fsync": frozenset({"on"}),
    "full_page_writes": frozenset({"on"}),
    "synchronous_commit": frozenset({"on", "remote_apply", "remote_write", "local"}),
}
_SQLITE = {
    "journal_mode": frozenset({"wal"}),
    # 2 is FULL, 3 is EXTRA.
    "synchronous": frozenset({"2", "3"}),
    "foreign_keys": frozenset({"1"}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarantee:
    """One setting that durability hangs on."""

    name: str
    value: str
    is_safe: bool


def guarantees(database: Database) -> tuple[Guarantee, ...]:
    """Read the settings that durability hangs on."""
    wanted = _SQLITE if database.is_sqlite else _POSTGRESQL
    ask = "PRAGMA {}" if database.is_sqlite else "SHOW {}"
    with database.engine.connect() as connection:
        values = {
            name: str(connection.exec_driver_sql(ask.format(name)).scalar())
            for name in wanted
        }
    return tuple(
        Guarantee(name=name, value=value, is_safe=value in wanted[name])
        for name, value in values.items()
    )


def version(database: Database) -> str:
    """Say which database it is, as ``PostgreSQL 17.2``."""
    with database.engine.connect():
        found = database.engine.dialect.server_version_info or ()
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    return f"{name} {'.'.join(map(str, found))}"


def is_recent(database: Database) -> bool:
    """Whether the database is of a version that this program is tested on."""
    with database.engine.connect():
        found = database.engine.dialect.server_version_info or ()
    return database.is_sqlite or tuple(found) >= (OLDEST_POSTGRESQL,)


def damage(database: Database) -> tuple[str, ...]:
    """List what is broken in an SQLite file; PostgreSQL looks after itself."""
    if not database.is_sqlite:
        return ()
    with database.engine.connect() as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    return tuple(line for line in said if line != "ok")


def server_clock(database: Database) -> datetime | None:
    """Ask the database's machine for its time; SQLite has none of its own."""
    return None if database.is_sqlite else _ask(database, func.clock_timestamp())


def newest_inspection(database: Database) -> datetime | None:
    """Find when the newest inspection was received."""
    return _ask(database, func.max(inspection.c.received_at))


def _ask(database: Database, moment: ColumnElement[Any]) -> datetime | None:
    with database.engine.connect() as connection:
        told: datetime | None = connection.scalar(select(type_coerce(moment, UtcTime)))
    return told
