"""What one suite of outside vectors found."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class VectorsMissingError(Exception):
    """The files of a suite are not where they should be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A case that came out otherwise than its vector says.

    Args:
        case: Its name, stable from run to run: deviations are listed by it.
        detail: What was found, in a few words.
    """

    case: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """One suite of vectors, run.

    Args:
        id: Short and stable, such as ``gs1-digital-link/parse``.
        title: What is held against what.
        cases: How many cases were run.
        failures: Those that came out otherwise, in the order of the vectors.
    """

    id: str
    title: str
    cases: int
    failures: tuple[Failure, ...] = ()

    @property
    def passed(self) -> int:
        """How many cases came out as the vectors say."""
        return self.cases - len(self.failures)


def read_json(file: Path) -> Any:
    """Read one file of vectors.

    Raises:
        VectorsMissingError: It cannot be read.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VectorsMissingError(f"{file}: {error}") from error
