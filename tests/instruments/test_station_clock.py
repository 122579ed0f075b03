"""What a station knows of its clock goes with every reading."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from instruments.drivers.plan import parse_pack, write_files
from instruments.readers import read_file
from instruments.readers.interface import Hints
from instruments.recording import Recording
from instruments.station import clock as clocks
from instruments.station.clock import Clock, find_step_s, look
from instruments.station.files import pair_sources, prepare
from instruments.station.queue import Queue
from instruments.station.showing import warn_of_clock
from tests.instruments.simulated_packs import make_plan_line
from tests.instruments.station_parts import make_checklist, make_profile

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
THEN = Clock(synced=False, boot_id="one start", running_s=100.0)


def later(seconds: float) -> Clock:
    return replace(THEN, running_s=THEN.running_s + seconds)


def test_the_clock_tells_of_this_computer() -> None:
    first, second = look(), look()
    assert second.running_s >= first.running_s
    assert first.boot_id == second.boot_id
    if sys.platform.startswith("linux"):
        assert first.synced in {True, False}
        assert first.boot_id


def test_only_what_is_known_is_said() -> None:
    assert THEN.fields() == {"clock_synced": False}
    assert replace(THEN, synced=None).fields() == {}
    assert Clock.from_json(json.loads(json.dumps(THEN.as_json()))) == THEN


@pytest.mark.parametrize("set_by_s", [0.0, 3600.0, -86_400.0])
def test_a_clock_that_was_set_is_seen(set_by_s: float) -> None:
    now = NOW + timedelta(seconds=600 + set_by_s)
    step_s = find_step_s(THEN, made_at=NOW, clock=later(600), now=now)
    assert step_s == pytest.approx(set_by_s)


def test_after_another_start_nobody_knows() -> None:
    other = replace(later(600), boot_id="another start")
    assert find_step_s(THEN, made_at=NOW, clock=other, now=NOW) is None
    nameless = replace(THEN, boot_id=None)
    assert find_step_s(nameless, made_at=NOW, clock=nameless, now=NOW) is None


def test_the_operator_is_told_of_waiting_readings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Queue(tmp_path / "queue.sqlite3") as queue:
        kept = queue.put({"inspection_id": "a"}, now=NOW, clock=THEN)
        queue.put({"inspection_id": "b"}, now=NOW)
        assert kept.clock == THEN
        right = NOW + timedelta(seconds=600)
        assert warn_of_clock(queue, now=right, clock=later(600)) == 0
        assert not capsys.readouterr().err
        set_forward = right + timedelta(hours=1)
        assert warn_of_clock(queue, now=set_forward, clock=later(600)) == 1
        assert "+3600 s after 1 of the waiting readings" in capsys.readouterr().err


def test_a_system_that_does_not_say_claims_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(clocks, "_BOOT_ID", tmp_path / "missing")
    seen = look()
    assert (seen.synced, seen.boot_id) == (None, None)


def write_pack(folder: Path, **stated: Any) -> Path:
    line = make_plan_line(name="a", checklist=make_checklist(**stated))
    write_files(parse_pack(line), folder, seed=1, period_s=60)
    return folder / "a.log"


def read_dated(path: Path) -> Recording:
    recording = read_file(path, hints=Hints(frame_period_s=60))
    return replace(recording, started_at="2026-05-04 09:30:00")


def test_an_inspection_says_what_both_clocks_showed(tmp_path: Path) -> None:
    (source,) = pair_sources([write_pack(tmp_path)], [])
    prepared = prepare(
        source,
        make_profile(tmp_path),
        read_dated,
        now=NOW,
        software_version="1",
        clock=THEN,
    )
    assert prepared.body["clock_synced"] is False
    assert prepared.body["instrument_time"] == "2026-05-04 09:30:00"


def test_a_time_that_was_stated_is_no_clocks(tmp_path: Path) -> None:
    log = write_pack(tmp_path, tested_at="2026-05-04T09:30:00+08:00")
    (source,) = pair_sources([log], [])
    prepared = prepare(
        source,
        make_profile(tmp_path),
        lambda path: read_file(path, hints=Hints(frame_period_s=60)),
        now=NOW,
        software_version="1",
        clock=THEN,
    )
    assert "clock_synced" not in prepared.body
    assert "instrument_time" not in prepared.body
