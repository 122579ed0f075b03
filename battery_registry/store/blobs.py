"""Bytes kept under their own SHA-256: raw recordings and photos.

A file under its hash is whole: it is written beside, synced, checked and only
then renamed. What has come in so far of a long one waits as a part.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BufferedRandom
from pathlib import Path

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

    def holds(self, sha256: str, *, size_bytes: int) -> bool:
        """Whether the whole bytes of a hash are on the disk.

        Raises:
            BlobsNotSetUpError: There is no folder.
        """
        try:
            return self.path(sha256).stat().st_size == size_bytes
        except OSError:
            return False

    def received(self, sha256: str, *, owner: str) -> int:
        """Count the bytes of a part that an owner has sent so far.

        Raises:
            BlobNotStoredError: The disk does not tell.
            BlobsNotSetUpError: There is no folder.
        """
        part = self._part(sha256, owner)
        with _storing():
            return part.stat().st_size if part.exists() else 0

    @contextmanager
    def part(self, sha256: str, *, owner: str, now: datetime) -> Iterator["BlobPart"]:
        """Hold an owner's part, so that no other request changes it meanwhile.

        Parts that nobody has gone on with for a week are dropped on the way.

        Raises:
            BlobBusyError: Another request is at it.
            BlobNotStoredError: The disk does not take it.
            BlobsNotSetUpError: There is no folder.
        """
        path = self._part(sha256, owner)
        with _storing():
            _make_folder(path.parent)
            _sweep(path.parent, oldest=now.timestamp() - _PART_LIVES_S)
            made = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(made, "r+b") as file:
                _lock(file, path)
                try:
                    yield BlobPart(file, path, kept=self.path(sha256))
                finally:
                    # Its age is told by the same clock that asks for it.
                    os.utime(file.fileno(), (now.timestamp(), now.timestamp()))

    def put(self, content: bytes, *, now: datetime) -> str:
        """Keep bytes that are whole; returns their hash.

        Raises:
            BlobNotStoredError: The disk does not take them.
            BlobsNotSetUpError: There is no folder.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        # Nobody else's part: two forms with one photo do not meet.
        owner = f"put-{secrets.token_hex(8)}"
        with self.part(sha256, owner=owner, now=now) as part:
            part.append(content, offset=0)
            part.keep()
        return sha256

    def drop(self, sha256: str) -> None:
        """Throw the bytes of a hash away, if they are there.

        Raises:
            BlobNotStoredError: The disk does not let them go.
        """
        with _storing():
            self.path(sha256).unlink(missing_ok=True)

    def _folder(self) -> Path:
        if self._root is None:
            raise BlobsNotSetUpError
        return self._root

    def _part(self, sha256: str, owner: str) -> Path:
        return self._folder() / "parts" / f"{sha256}.{owner}"


class BlobPart:
    """What has come in of some bytes, held by one request alone.

    Args:
        file: Its bytes, opened and locked.
        path: Where it lies.
        kept: Where it will lie once it is whole; the name is its hash.
    """

    def __init__(self, file: BufferedRandom, path: Path, *, kept: Path) -> None:
        """Remember it."""
        self._file = file
        self._path = path
        self._kept = kept

    def append(self, content: bytes, *, offset: int) -> int:
        """Add bytes; those at offset 0 begin the part anew. Counts what is there.

        Raises:
            BlobOffsetError: The part ends elsewhere; ``extra`` says where.
        """
        size = 0 if offset == 0 else self._file.seek(0, os.SEEK_END)
        if size != offset:
            raise BlobOffsetError(
                field="Content-Range",
                extra={"received_bytes": size},
                offset=offset,
                received=size,
            )
        self._file.truncate(size)
        self._file.seek(size)
        self._file.write(content)
        self._file.flush()
        os.fsync(self._file.fileno())
        return size + len(content)

    def read(self) -> bytes:
        """Read all that is there."""
        self._file.seek(0)
        return self._file.read()

    def keep(self) -> None:
        """Check the hash and keep the bytes under it.

        Raises:
            BlobHashError: They have another hash; they are gone.
        """
        self._file.seek(0)
        found = hashlib.file_digest(self._file, "sha256").hexdigest()
        if found != self._kept.name:
            self.discard()
            raise BlobHashError(field="sha256", found=found)
        _make_folder(self._kept.parent)
        self._path.replace(self._kept)
        _sync_folder(self._kept.parent)

    def discard(self) -> None:
        """Throw it away."""
        self._path.unlink(missing_ok=True)


def _lock(file: BufferedRandom, path: Path) -> None:
    """Take the only lock of a part; one that was finished meanwhile is busy."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlobBusyError from None
    # Between opening and locking, another request may have kept it under its
    # hash or thrown it away: what is open here is then no part any more.
    if not path.exists() or not os.path.samestat(os.fstat(file.fileno()), path.stat()):
        raise BlobBusyError


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each to be there after a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)
    _sync_folder(folder.parent)


@contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobNotStoredError(why=error.strerror or "disk") from error


def _sweep(folder: Path, *, oldest: float) -> None:
    """Drop parts that nobody has gone on with since."""
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
