"""The real instrument files, what is stated about them, and a station to send from."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.instruments.played_registry import KEY, PlayedRegistry, play_registry

Sample = Callable[..., Path]
Expected = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def sample(shared_data: Path) -> Sample:
    """The path of an instrument file by its folder and name."""
    return (shared_data / "instrument_files").joinpath


@pytest.fixture(scope="session")
def expected(sample: Sample) -> Expected:
    """What a folder's ``expected.json`` states, by file name."""

    def files(folder: str) -> dict[str, Any]:
        document = json.loads(sample(folder, "expected.json").read_text())
        stated: dict[str, Any] = document["files"]
        return stated

    return files


@pytest.fixture
def registry() -> Iterator[PlayedRegistry]:
    """A registry that answers as it is told to."""
    with play_registry() as played:
        yield played


@pytest.fixture
def profile(tmp_path: Path, registry: PlayedRegistry) -> Path:
    """The profile of a station that sends to the played registry."""
    path = tmp_path / "station.toml"
    path.write_text(
        f'url = "{registry.url}"\nkey = "{KEY}"\nqueue = "queue.sqlite3"\n'
        'inspector_id = "A-17"\ninstrument_id = "EBC-1"\n'
    )
    return path
