"""``NAME.measured``: measurements on the disk, a JSON line each.

The station takes them from there into an inspection (`send`, `enter --measured`);
a Hioki's and a battery management system's stand in one file.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from instruments.drivers.interface import DriverError

SUFFIX = ".measured"
# serial numbers of packs lie in it
_OWNER_ONLY = 0o600


def check_place(path: Path) -> None:
    """Look before an instrument is asked: a value must have a place to go.

    Raises:
        DriverError: ``not_kept``: the file or its folder cannot be written.
    """
    if path.exists():
        is_open = path.is_file() and os.access(path, os.W_OK)
    else:
        is_open = path.parent.is_dir() and os.access(path.parent, os.W_OK)
    if not is_open:
        raise DriverError("not_kept", f"{path} cannot be written.")


def keep(path: Path, document: Mapping[str, Any]) -> None:
    """Append one measurement; it is on the disk when this returns.

    Args:
        path: Made when it is not there, for its owner alone.
        document: JSON values only.

    Raises:
        DriverError: ``not_kept``: the disk refuses.
    """
    line = json.dumps(document, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    try:
        is_new = not path.exists()
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
        with os.fdopen(opened, "r+b") as file:
            if path.is_file():
                with contextlib.suppress(PermissionError):  # somebody else's file
                    path.chmod(_OWNER_ONLY)
            # a line that was broken off must not spoil this one
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(path.parent)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}."
        raise DriverError("not_kept", message) from error


def _sync_folder(folder: Path) -> None:
    """The file's name must be on the disk too; Windows knows no such thing."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
