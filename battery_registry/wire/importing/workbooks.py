"""Rows of the first sheet of a workbook, each cell as the text a person sees."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from battery_registry.domain import RegistryError

_CHILD: Final = Path(__file__).with_name("workbook_child.py")


class UnreadableWorkbookError(RegistryError):
    """The workbook is damaged, locked, too large, or none."""

    code = "import_workbook"


def rows(file: BinaryIO) -> Iterator[list[str]]:
    """Yield the first sheet's rows, header first.

    They are read in a process of their own, which ends with the iteration.

    Raises:
        UnreadableWorkbookError: It cannot be read.
    """
    with tempfile.TemporaryFile() as copied:
        shutil.copyfileobj(file, copied)
        copied.seek(0)
        # Isolated: neither the working directory nor the environment can put
        # other code in its way.
        with subprocess.Popen(  # noqa: S603 - our own file, no word of a stranger
            [sys.executable, "-I", str(_CHILD)],
            stdin=copied,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:
            try:
                yield from _told(child.stdout)
            finally:
                child.kill()


def _told(answers: IO[bytes] | None) -> Iterator[list[str]]:
    for line in answers or ():
        row: Any = json.loads(line) if line.endswith(b"\n") else None
        if row is None:
            break
        yield row
    else:
        raise UnreadableWorkbookError(field="file")
    if not line.endswith(b"\n"):
        raise UnreadableWorkbookError(field="file")
