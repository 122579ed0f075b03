"""Readers of instrument files: detection by content, limits, one kind of error.

To add a format, write a reader with the face of `interface.Reader` and register
it in the group of entry points that `registry` names; a csv needs only a `Vendor`.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from instruments.readers.interface import Hints, Match, Reader
from instruments.readers.limits import (
    MAX_BINARY_BYTES,
    MAX_TEXT_BYTES,
    check_size,
)
from instruments.readers.registry import all_readers, is_built_in
from instruments.readers.sandbox import SANDBOX
from instruments.readers.text import is_binary
from instruments.reading import ReadingError
from instruments.recording import Recording

HEAD_BYTES = 64 * 1024
_LOWEST_SCORE = 30
_TIE = 10
_MAPPED = "generic_csv"


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
    head = _head(path)
    candidates = (
        Candidate(reader=reader, match=_sniff(reader, head, path.name))
        for reader in all_readers()
    )
    return tuple(sorted(candidates, key=lambda c: -c.match.score))


def _head(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        # a pipe or a device may have no end
        raise ReadingError("not_opened", f"{path.name} is no file.", "Name a file.")
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ReadingError(
            "not_opened", f"{path.name} cannot be opened: {why}."
        ) from error


def _sniff(reader: Reader, head: bytes, file_name: str) -> Match:
    """A reader's judgement; one that fails knows nothing."""
    try:
        return reader.sniff(head, file_name)
    except Exception as error:  # a plug-in must not keep the others from reading
        return Match(score=0, reason=f"it failed: {type(error).__name__}: {error}")


def get_reader(path: Path, name: str | None = None) -> Reader:
    """The reader for a file.

    Args:
        path: The file.
        name: Takes this reader, whatever the content says.

    Raises:
        ReadingError: No reader knows it, or two know it equally well.
    """
    if name is not None:
        return _named(name)
    if path.is_file() and path.stat().st_size == 0:
        raise ReadingError("empty_file", f"{path.name} is empty.", "Copy it again.")
    first, *others = score(path)
    if first.match.score < _LOWEST_SCORE:
        raise ReadingError(
            "unknown_format",
            f"No reader knows the content of {path.name}.",
            "Export it again, name its format with --format, or say what its "
            "columns are with --mapping.",
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


def _named(name: str) -> Reader:
    for reader in all_readers():
        if reader.name == name:
            return reader
    known = ", ".join(reader.name for reader in all_readers())
    raise ReadingError(
        "unknown_format", f"There is no format {name!r}.", f"Known: {known}."
    )


def read_file(
    path: Path, *, name: str | None = None, hints: Hints | None = None
) -> Recording:
    """Read an instrument file of any known format.

    Args:
        path: The file.
        name: Takes this reader, whatever the content says.
        hints: What the operator knows and the file does not say. With a mapping
            file the generic reader is taken, unless `name` says another.

    Raises:
        ReadingError: For whatever is wrong with it.
    """
    hints = hints or Hints()
    if name is None and hints.mapping is not None:
        name = _MAPPED
    reader = get_reader(path, name)
    binary = is_binary(_head(path))
    check_size(path, most=MAX_BINARY_BYTES if binary else MAX_TEXT_BYTES)
    try:
        sha256 = _sha256(path)
        if is_built_in(reader) and getattr(reader, "isolated", False):
            recording = SANDBOX.read(reader.name, path, hints)
        else:
            recording = reader.read(path, hints)
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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
