"""The file of failed rows of an import, written block by block."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from battery_registry.cli.failure import FailedError
from battery_registry.services.imports import Run
from battery_registry.wire.importing import failed_rows
from battery_registry.wire.importing.failed_rows import FailedRow
from battery_registry.wire.importing.sheets import Sheet

_OWNER_ONLY = 0o600
_ENCODING = "utf-8-sig"


class FailedFile:
    """Failed rows of one import, on the disk before its progress is kept.

    Args:
        path: Where; None writes nothing. It is made with the first row.
    """

    def __init__(self, path: Path | None) -> None:
        """Remember where; nothing is opened yet."""
        self._path = path
        self._before: list[str] | None = None
        self._file: TextIO | None = None

    def goes_on(self, sheet: Sheet, run: Run) -> bool:
        """Find the failed rows of the part that came before.

        Returns:
            False when they are not all there: then the import must begin anew,
            or they would stand nowhere.
        """
        if self._path is None or not run.refused:
            return True
        try:
            with self._path.open(encoding=_ENCODING, newline="") as file:
                before = failed_rows.before(sheet, file, up_to=run.rows_done)
        except (OSError, UnicodeDecodeError):
            return False
        if len(before) != run.refused:
            return False
        self._before = before
        return True

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
        if self._before is not None:
            # Behind them may stand rows that are taken again, or half a one.
            beside = path.with_name(f"{path.name}.new")
            with _made(beside) as file:
                file.writelines([failed_rows.head(sheet), *self._before])
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        self._file = _made(path, adds=self._before is not None)
        if self._before is None:
            self._file.write(failed_rows.head(sheet))
        return self._file


def _made(path: Path, *, adds: bool = False) -> TextIO:
    # Rows can hold names and telephone numbers.
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if adds else os.O_TRUNC)
    return os.fdopen(
        os.open(path, flags, _OWNER_ONLY), "w", encoding="utf-8", newline=""
    )
