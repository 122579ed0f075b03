"""Readers of instrument files: one table, detection by content.

To add a format, write a reader with the face of `interface.Reader` and add it
to `READERS`.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from instruments.readers.interface import Hints, Match, Reader
from instruments.readers.neware_nda import NewareNda
from instruments.readers.neware_report import NewareReport
from instruments.readers.zketech_log import ZketechLog
from instruments.reading import ReadingError
from instruments.recording import Recording

READERS: tuple[Reader, ...] = (NewareNda(), NewareReport(), ZketechLog())
HEAD_BYTES = 64 * 1024
MAX_BYTES = 64 * 1024 * 1024
_LOWEST_SCORE = 30
_TIE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A reader and its judgement of one file."""

    reader: Reader
    match: Match


def score(path: Path) -> tuple[Candidate, ...]:
    """Every reader's judgement of a file, the surest first.

    Raises:
        ReadingError: The file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise ReadingError(
            "not_opened", f"{path.name} cannot be opened: {error.strerror}."
        ) from error
    candidates = (
        Candidate(reader=reader, match=reader.sniff(head, path.name))
        for reader in READERS
    )
    return tuple(sorted(candidates, key=lambda c: -c.match.score))


def get_reader(path: Path, name: str | None = None) -> Reader:
    """The reader for a file.

    Args:
        path: The file.
        name: Takes this reader, whatever the content says.

    Raises:
        ReadingError: No reader knows it, or two know it equally well.
    """
    if name is not None:
        for reader in READERS:
            if reader.name == name:
                return reader
        known = ", ".join(reader.name for reader in READERS)
        raise ReadingError(
            "unknown_format", f"There is no format {name!r}.", f"Known: {known}."
        )
    if path.is_file() and path.stat().st_size == 0:
        raise ReadingError("empty_file", f"{path.name} is empty.", "Copy it again.")
    first, *others = score(path)
    if first.match.score < _LOWEST_SCORE:
        raise ReadingError(
            "unknown_format",
            f"No reader knows the content of {path.name}.",
            "Export it again, or name its format with --format.",
        )
    ties = [c for c in others if c.match.score >= first.match.score - _TIE]
    if ties:
        named = "; ".join(f"{c.reader.name} ({c.match.reason})" for c in (first, *ties))
        raise ReadingError(
            "ambiguous_format",
            f"{path.name} could be one of several formats: {named}.",
            "Name the right one with --format.",
        )
    return first.reader


def read_file(
    path: Path, *, name: str | None = None, hints: Hints | None = None
) -> Recording:
    """Read an instrument file of any known format.

    Args:
        path: The file.
        name: Takes this reader, whatever the content says.
        hints: What the operator knows and the file does not say.

    Raises:
        ReadingError: For whatever is wrong with it.
    """
    reader = get_reader(path, name)
    _check_size(path)
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        recording = reader.read(path, hints or Hints())
    except ReadingError:
        raise
    except Exception as error:  # damaged files break libraries in every way there is
        raise ReadingError(
            "unreadable",
            f"{path.name} is damaged or not a {reader.name} file "
            f"({type(error).__name__}: {error}).",
            "Export it again from the instrument.",
        ) from error
    return replace(recording, sha256=sha256)


def _check_size(path: Path) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise ReadingError(
            "too_large",
            f"{path.name} is larger than {MAX_BYTES >> 20} MiB.",
            "Export a shorter test.",
        )
