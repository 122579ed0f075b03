"""A station's own copies of raw files, until the registry has them.

The operator's file may be on a stick that is gone tomorrow.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from instruments.station.attached import Attachment
from instruments.station.queue import QueueError

DISK_WARNING_FRAC = 0.8


class Spool:
    """Copies under their hashes in a folder beside the queue's file.

    Args:
        queue_path: The queue's file.
    """

    def __init__(self, queue_path: Path) -> None:
        """Remember the folder; it is made with the first file."""
        self._folder = queue_path.with_name(f"{queue_path.name}.files")

    def path(self, sha256: str) -> Path:
        """Where the file of a hash lies, or would lie."""
        return self._folder / sha256

    def keep(self, content: bytes, *, name: str) -> Attachment:
        """Keep bytes; they are on the disk when this returns.

        Raises:
            QueueError: The disk refuses.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        kept = self.path(sha256)
        draft = kept.with_name(f".{sha256}.{os.getpid()}")
        with _refusing(kept):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with draft.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(kept)
            finally:
                draft.unlink(missing_ok=True)
            self._sync()
        return Attachment(sha256=sha256, name=name, size=len(content))

    def drop(self, sha256: str) -> None:
        """Remove a copy that the registry has."""
        self.path(sha256).unlink(missing_ok=True)

    def _sync(self) -> None:
        # Windows opens no folder, and keeps names by itself
        if not hasattr(os, "O_DIRECTORY"):
            return
        opened = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def disk_used_frac(path: Path) -> float:
    """How full the disk is that holds a queue's file, 0 to 1."""
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    # what an ordinary user may still write is what counts
    return usage.used / ((usage.used + usage.free) or 1)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise QueueError(f"{path}: {error.strerror or error}") from error
