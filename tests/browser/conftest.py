from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.city import play_city
from tests.chromium import chromium
from tests.server import Server, environment, free_port, run, serve


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The real browser."""
    with chromium() as started:
        yield started


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A registry as its own process, on each kind of database."""
    with serve(database_url, tmp_path / "server.log") as running:
        yield running


@pytest.fixture
def embedded_server(sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    """The same on SQLite alone, for what the database does not change."""
    with serve(sqlite_url, tmp_path / "server.log") as running:
        yield running


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedCity:
    """A played city that is served, and what stands in the pages' addresses."""

    url: str
    places: Mapping[str, str]


@pytest.fixture(scope="session")
def served_city(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedCity]:
    """One city for every look at a page; nobody changes it."""
    folder = tmp_path_factory.mktemp("city")
    path = folder / "registry.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    port = free_port()
    environ = environment(f"sqlite:///{path}", port, blobs=folder / "blobs")
    city = play_city(environ)
    city.registry.runtime.database.dispose()
    with run(environ, port, folder / "server.log") as url:
        yield ServedCity(url=url, places=city.places)
