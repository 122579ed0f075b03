"""Bytes kept under their own SHA-256: raw recordings and photos.

A file under its hash is whole: it is written beside, synced, checked and only
then renamed. What has come in so far of a long one waits as a part.
"""

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from battery_registry.domain import Kind, RegistryError

LARGEST_BYTES = 256 * 1024 * 1024
_PART_LIVES_S = 7 * 86_400
_OWNER_ONLY = 0o700


class BlobsNotSetUpError(RegistryError):
    """This registry has no folder for recordings and photos."""

    code = "blobs_not_set_up"
    kind = Kind.UNAVAILABLE


class BlobNotStoredError(RegistryError):
    """The disk did not take it; nothing that was there is lost."""

    code = "blob_not_stored"
    kind = Kind.UNAVAILABLE


class BlobBusyError(RegistryError):
    """The same bytes are coming in by another request."""

    code = "blob_busy"
    kind = Kind.UNAVAILABLE


class BlobOffsetError(RegistryError):
    """A part does not begin where the last one ended."""

    code = "blob_offset"
    kind = Kind.CONFLICT


class BlobHashError(RegistryError):
    """The bytes are not those of the hash; they were thrown away."""

    code = "blob_hash"


class BlobStore:
    """Keeps bytes under their hash in one folder.

    Args:
        folder: Where; made when missing. None refuses everything.
    """

    def __init__(self, folder: Path | None) -> None:
        """Remember the folder; nothing is opened yet."""
        self._root = folder

    def path(self, sha256: str) -> Path:
        """Tell where the bytes of a hash are, or would be.

        Raises:
            BlobsNotSetUpError: There is no folder.
        """
        return self._folder() / sha256[:2] / sha256[2:4] / sha256

    def received(self, sha256: str, *, owner: str) -> int:
        """Count the bytes of a part that an owner has sent so far."""
        part = self._part(sha256, owner)
        return part.stat().st_size if part.exists() else 0

    def append(
        self, sha256: str, content: bytes, *, owner: str, offset: int
    ) -> tuple[int, Path]:
        """Add bytes to an owner's part; those at offset 0 begin it anew.

        Returns:
            How many bytes it has now, and where it lies.

        Raises:
            BlobOffsetError: The part ends elsewhere; ``extra`` says where.
            BlobBusyError: Another request is at it.
            BlobNotStoredError: The disk does not take it.
            BlobsNotSetUpError: There is no folder.
        """
        part = self._part(sha256, owner)
        with _storing(), self._locked(part) as file:
            size = 0 if offset == 0 else file.seek(0, os.SEEK_END)
            if size != offset:
                raise BlobOffsetError(
                    field="Content-Range",
                    extra={"received_bytes": size},
                    offset=offset,
                    received=size,
                )
            file.truncate(size)
            file.seek(size)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            return size + len(content), part

    def finish(self, sha256: str, *, owner: str) -> None:
        """Check a part's hash and keep it.

        Raises:
            BlobHashError: It has another hash; the part is gone.
            BlobNotStoredError: The disk does not take it.
        """
        part = self._part(sha256, owner)
        with _storing():
            with part.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != sha256:
                part.unlink()
                raise BlobHashError(field="sha256", found=found)
            self._keep(part, sha256)

    def put(self, content: bytes) -> str:
        """Keep bytes that are whole; returns their hash.

        Raises:
            BlobNotStoredError: The disk does not take them.
            BlobsNotSetUpError: There is no folder.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        # Nobody else's part: two forms with one photo do not meet.
        owner = f"put-{secrets.token_hex(8)}"
        self.append(sha256, content, owner=owner, offset=0)
        self.finish(sha256, owner=owner)
        return sha256

    def discard(self, sha256: str, *, owner: str) -> None:
        """Throw an owner's part away."""
        self._part(sha256, owner).unlink(missing_ok=True)

    def _keep(self, part: Path, sha256: str) -> None:
        kept = self.path(sha256)
        kept.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        part.replace(kept)
        _sync_folder(kept.parent)

    def _folder(self) -> Path:
        if self._root is None:
            raise BlobsNotSetUpError
        return self._root

    def _part(self, sha256: str, owner: str) -> Path:
        return self._folder() / "parts" / f"{sha256}.{owner}"

    @contextmanager
    def _locked(self, part: Path) -> Iterator[BinaryIO]:
        part.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        _sweep(part.parent)
        made = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(made, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BlobBusyError from None
            yield file


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobNotStoredError(why=error.strerror or "disk") from error


def _sweep(folder: Path) -> None:
    """Drop parts that nobody has gone on with for a week."""
    oldest = time.time() - _PART_LIVES_S
    for part in folder.iterdir():
        try:
            if part.stat().st_mtime < oldest:
                part.unlink()
        except FileNotFoundError:
            continue  # another request finished it


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
