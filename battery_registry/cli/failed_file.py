"""The file of failed rows of an import, written block by block."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from battery_registry.cli.failure import FailedError
from battery_registry.wire.importing import failed_rows
from battery_registry.wire.importing.failed_rows import FailedRow
from battery_registry.wire.importing.sheets import Sheet

_OWNER_ONLY = 0o600


class FailedFile:
    """Failed rows of one import, on the disk before its progress is kept.

    Args:
        path: Where; None writes nothing. It is made with the first row.
        goes_on: Whether rows of a part that came before stand there already.
    """

    def __init__(self, path: Path | None, *, goes_on: bool) -> None:
        """Remember where; nothing is opened yet."""
        self._path = path
        self._goes_on = goes_on
        self._file: TextIO | None = None

    def write(self, sheet: Sheet, failed: Sequence[FailedRow]) -> None:
        """Write rows down.

        Raises:
            FailedError: The file cannot be written.
        """
        if self._path is None or not failed:
            return
        try:
            file = self._file or self._open(self._path, sheet)
            file.write(failed_rows.spell(sheet, failed))
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            why = f"{self._path} cannot be written: {error.strerror}"
            raise FailedError(why) from error

    def close(self) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()

    def _open(self, path: Path, sheet: Sheet) -> TextIO:
        # Rows can hold names and telephone numbers.
        adds = self._goes_on and path.exists()
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if adds else os.O_TRUNC)
        made = os.open(path, flags, _OWNER_ONLY)
        self._file = os.fdopen(made, "w", encoding="utf-8", newline="")
        if not adds:
            self._file.write(failed_rows.head(sheet))
        return self._file
