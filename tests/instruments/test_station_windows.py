"""What a station on Windows must not do."""

import os
import platform
import sys
from pathlib import Path

import pytest

from instruments.station import claims
from instruments.station.queue import Queue
from instruments.station.sender import LEASE_S
from instruments.station.spool import Spool
from tests.instruments.station_parts import NOW


def test_no_other_sender_is_interrupted_by_asking_whether_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(sys, "platform", "win32")
    # there, signal 0 is Ctrl-C
    monkeypatch.setattr(os, "kill", lambda pid, _signal: asked.append(pid))
    with Queue(tmp_path / "queue.sqlite3") as queue:
        other = f"{platform.node()} 999999999 x"
        assert claims.claim(queue, other, now=NOW, lease_s=LEASE_S)
        assert not claims.claim(queue, "mine", now=NOW, lease_s=LEASE_S)
    assert asked == []


def test_a_folder_that_cannot_be_opened_keeps_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_DIRECTORY")
    kept = Spool(tmp_path / "queue.sqlite3").keep(b"x", name="a.log")
    assert Spool(tmp_path / "queue.sqlite3").path(kept.sha256).read_bytes() == b"x"
