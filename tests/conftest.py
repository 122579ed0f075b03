"""What every test can have: databases, an application, a peopled registry."""

import importlib
import os
import shutil
import tempfile
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from battery_registry.app import create_app
from battery_registry.settings import Settings
from battery_registry.store import schema
from battery_registry.store.db import Database
from tests import postgresql
from tests.builders import NOW, Registry, people_registry

# fastnda, which only stations use, puts functions of its own in zlib's place as its
# reader is imported. The registry runs without it, so its tests run with Python's.
_PYTHONS = (zlib.decompress, zlib.decompressobj)
importlib.import_module("fastnda.ndax")
zlib.decompress, zlib.decompressobj = _PYTHONS

# A busy machine makes examples slow; that is no fault of what they test.
hypothesis.settings.register_profile(
    "registry",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("registry")

_SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real instrument files, ageing data and vectors; never part of the project."""
    if not _SHARED_DATA.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("../shared/data is missing, and in CI it must be there")
        pytest.skip("../shared/data is missing: real files are not tested")
    return _SHARED_DATA


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a running PostgreSQL, one for all processes of the run."""
    # Not below pytest's own folder, which is closed to the server's user.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"battery-registry-postgresql-{run}"
    with postgresql.server(folder) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """A migrated database to copy from."""
    return postgresql.make_template(postgresql_server)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy from."""
    path = tmp_path_factory.mktemp("template") / "registry.sqlite"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    path = tmp_path / "registry.sqlite"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_reused(
    postgresql_server: str, postgresql_template: str
) -> Iterator[postgresql.Reused]:
    """A PostgreSQL database for one test after another."""
    reused = postgresql.Reused(postgresql_server, postgresql_template)
    yield reused
    reused.close()


@pytest.fixture
def postgresql_url(postgresql_reused: postgresql.Reused) -> str:
    """An empty PostgreSQL database."""
    return postgresql_reused.url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database of each kind."""
    made = Database(database_url)
    yield made
    made.dispose()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@pytest.fixture
def clock() -> Clock:
    """The time of the application under test."""
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a registry under test."""
    return Settings(
        blob_dir=tmp_path / "blobs",
        database_url=database_url,
        secret_key=b"s" * 32,
        data_key=b"d" * 32,
        lookup_key=b"l" * 32,
        signing_key=b"g" * 32,
        base_url="http://registry.test",
    )


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The application on a fresh database of each kind."""
    made = create_app(settings, clock=clock)
    yield made
    made.extensions["battery_registry"].database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def registry(app: Flask) -> Registry:
    """Stations, people, keys: a small city in the application's database."""
    return people_registry(app.extensions["battery_registry"])
