"""The real instrument files and what is stated about them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
