from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.server import Server, serve


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
