"""What every reader of files offers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from instruments.recording import Recording


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """How surely a reader knows a file.

    Args:
        score: 0 (not mine) to 100 (certain).
        reason: What in the content says so.
    """

    score: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What the operator knows and the file does not say.

    Args:
        frame_period_s: Seconds between the frames of a log without time, > 0;
            None when not declared.
        month_first: What 03/04/2024 means; None leaves it to the file's other
            dates and the vendor's habit.
        mapping: File that says what the columns of a generic csv are.
    """

    frame_period_s: float | None = None
    month_first: bool | None = None
    mapping: Path | None = None


class Reader(Protocol):
    """One file format."""

    @property
    def name(self) -> str:
        """Stable name, as ``--format`` takes it."""

    def sniff(self, head: bytes, file_name: str) -> Match:
        """Judge a file by its first 64 KiB; the name is only a small bonus."""

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read a whole file.

        Raises:
            ReadingError: It cannot be read.
        """
