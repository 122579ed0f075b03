"""A file that is written whole, and never takes another's place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from battery_registry.cli.failure import FailedError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@dataclass(frozen=True, kw_only=True, slots=True)
class NewFile:
    """A file that is being written beside the place where it belongs.

    Args:
        out: Where to write.
        part: What it is called until it is whole.
        file: Where it belongs.
    """

    out: BinaryIO
    part: Path
    file: Path

    def keep(self) -> None:
        """Put what was written in its place.

        Raises:
            OSError: It cannot be, or something lies there by now; that stays.
        """
        self.out.flush()
        os.fsync(self.out.fileno())
        # A rename would take the place of what lies there; a link fails.
        os.link(self.part, self.file)


@contextmanager
def beginning(file: Path) -> Iterator[NewFile]:
    """Begin a file where nothing lies yet; unless it is kept, nothing is left.

    Raises:
        FailedError: Something lies there, of whatever kind, or its folder is
            missing or cannot be written.
    """
    _check_is_free(file)
    # A name of its own, so that what a killed run left is in nobody's way.
    part = file.with_name(f".{token_hex(8)}.part")
    try:
        out = os.fdopen(os.open(part, _NEW, 0o666), "wb")
    except OSError as error:
        raise FailedError(f"{file.parent}: {error.strerror}") from error
    try:
        with out:
            yield NewFile(out=out, part=part, file=file)
    finally:
        part.unlink(missing_ok=True)


def _check_is_free(file: Path) -> None:
    if not file.parent.is_dir():
        raise FailedError(f"{file.parent} is no folder")
    try:
        file.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise FailedError(f"{file}: {error.strerror}") from error
    raise FailedError(f"{file} is there already, and nothing is replaced")
