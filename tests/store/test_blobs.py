"""The store of recordings under requests that cross, disks that end, and kills."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from battery_registry.store.blobs import (
    BlobBusyError,
    BlobHashError,
    BlobNotStoredError,
    BlobOffsetError,
    BlobStore,
)
from tests.builders import NOW

CONTENT = bytes(range(256)) * 400
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def parts(store: Path) -> list[Path]:
    return sorted((store / "parts").iterdir())


def test_a_part_is_held_by_one_request_alone(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    with store.part(SHA256, owner="XC-01", now=NOW) as held:
        held.append(CONTENT[:100], offset=0)
        with pytest.raises(BlobBusyError), store.part(SHA256, owner="XC-01", now=NOW):
            pass
        with store.part(SHA256, owner="HD-01", now=NOW) as other:
            other.append(b"of another station", offset=0)
        held.append(CONTENT[100:], offset=100)
        held.keep()
    assert store.path(SHA256).read_bytes() == CONTENT
    assert store.holds(SHA256, size_bytes=len(CONTENT))
    assert not store.holds(SHA256, size_bytes=1)


def test_a_part_that_was_kept_between_opening_and_locking_is_let_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BlobStore(tmp_path)
    flock = fcntl.flock

    def late(file: BinaryIO, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        with store.part(SHA256, owner="XC-01", now=NOW) as first:
            first.append(CONTENT, offset=0)
            first.keep()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with (
        pytest.raises(BlobBusyError),
        store.part(SHA256, owner="XC-01", now=NOW) as second,
    ):
        second.append(b"", offset=0)
    assert store.path(SHA256).read_bytes() == CONTENT


def test_what_is_under_a_hash_is_whole_while_many_send_it(tmp_path: Path) -> None:
    store, seen = BlobStore(tmp_path), list[str]()

    def send() -> None:
        for _ in range(40):
            try:
                with store.part(SHA256, owner="XC-01", now=NOW) as part:
                    size = part.append(CONTENT[:5000], offset=0)
                    part.append(CONTENT[size:], offset=size)
                    part.keep()
            except BlobBusyError:
                continue
            seen.append(hashlib.sha256(store.path(SHA256).read_bytes()).hexdigest())

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert set(seen) == {SHA256}
    assert parts(tmp_path) == []


def test_wrong_bytes_and_wrong_places_leave_what_was_there(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put(CONTENT, now=NOW)
    with store.part(SHA256, owner="XC-01", now=NOW) as part:
        part.append(b"others", offset=0)
        with pytest.raises(BlobOffsetError):
            part.append(b"x", offset=7)
        with pytest.raises(BlobHashError):
            part.keep()
    assert store.path(SHA256).read_bytes() == CONTENT
    assert parts(tmp_path) == []


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from battery_registry.store.blobs import BlobStore
store, now = BlobStore(Path(sys.argv[1])), datetime.now(UTC)
with store.part(sys.argv[2], owner="XC-01", now=now) as part:
    part.append(bytes(range(256)) * 100, offset=0)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_upload_goes_on_where_it_stopped(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), SHA256], check=False
    )
    assert done.returncode == -signal.SIGKILL
    store = BlobStore(tmp_path)
    size = store.received(SHA256, owner="XC-01")
    assert (size, store.path(SHA256).exists()) == (25_600, False)
    with store.part(SHA256, owner="XC-01", now=NOW) as part:
        part.append(CONTENT[size:], offset=size)
        part.keep()
    assert store.path(SHA256).read_bytes() == CONTENT


def test_a_full_disk_is_told_and_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BlobStore(tmp_path)
    store.put(CONTENT, now=NOW)

    def full(_number: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BlobNotStoredError):
        store.put(b"more", now=NOW)
    monkeypatch.undo()
    assert store.path(SHA256).read_bytes() == CONTENT


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    store = BlobStore(tmp_path / "blobs")
    with pytest.raises(BlobNotStoredError):
        store.put(CONTENT, now=NOW)
    assert not store.holds(SHA256, size_bytes=len(CONTENT))
    lost = BlobStore(tmp_path / "lost")
    assert lost.received(SHA256, owner="XC-01") == 0
    lost.put(CONTENT, now=NOW)
    assert lost.path(SHA256).parent.stat().st_mode & 0o077 == 0


def test_parts_of_long_ago_are_swept_away(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    for digit, days in (("a", 0), ("b", 6), ("c", 8)):
        now = NOW + timedelta(days=days)
        with store.part(digit * 64, owner="XC-01", now=now) as part:
            part.append(b"x", offset=0)
    assert [path.name[0] for path in parts(tmp_path)] == ["b", "c"]
