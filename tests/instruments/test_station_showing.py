from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from instruments.station import showing
from instruments.station.entry import State
from instruments.station.queue import Queue
from tests.instruments.station_parts import NOW, Clock, make_body


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "queue.sqlite3") as opened:
        for number in range(1, 5):
            opened.put(make_body(number), now=NOW - timedelta(hours=3))
        yield opened


def settle(queue: Queue, number: int) -> None:
    key = make_body(number)["inspection_id"]
    queue.settle([(key, State.SENT, {})], now=NOW)


def test_without_a_terminal_lines_come_every_ten_seconds(
    queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    with showing.sending(queue, now=clock.now) as tell:
        for number, seconds in ((1, 4), (2, 7), (3, 1)):
            clock.sleep(seconds)
            settle(queue, number)
            tell(1)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        "sending 4 readings",
        "2 of 4",
    ]
    assert all(line.endswith("the oldest 3 h old") for line in lines)


def test_a_terminal_shows_a_bar(
    queue: Queue, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with showing.sending(queue, now=Clock().now) as tell:
        settle(queue, 1)
        tell(1)
    shown = capsys.readouterr().err
    assert "sending" in shown
    assert "1/4" in shown
    assert "the oldest 3 h old" in shown


def test_an_empty_queue_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        Queue(tmp_path / "empty.sqlite3") as empty,
        showing.sending(empty, now=Clock().now),
    ):
        pass
    assert capsys.readouterr().err == ""


def test_a_filling_disk_is_warned_of(
    queue: Queue, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "DISK_WARNING_FRAC", 1.1)
    assert 0 < showing.warn_of_disk(queue) <= 1
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(showing, "DISK_WARNING_FRAC", 0.0)
    showing.warn_of_disk(queue)
    assert "full: make room" in capsys.readouterr().err
