import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from instruments.station.entry import State, canonical_json, sha256_hex
from instruments.station.ids import new_inspection_id
from instruments.station.queue import Queue, QueueError
from tests.instruments.station_parts import NOW, make_body

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from instruments.station.ids import new_inspection_id
from instruments.station.queue import Queue

queue = Queue(Path(sys.argv[1]))
while True:
    now = datetime.now(UTC)
    body = {"inspection_id": str(new_inspection_id(now)), "ocv_v": 41.5}
    print(queue.put(body, now=now).key, flush=True)
"""


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "deep" / "queue.sqlite3") as opened:
        yield opened


def test_a_reading_comes_back_as_it_was_put(queue: Queue) -> None:
    body = make_body(1)

    entry = queue.put(body, now=NOW, name="a.log")

    assert entry.body == canonical_json(body)
    assert entry.body_sha256 == sha256_hex(entry.body)
    assert entry.state is State.QUEUED
    assert entry.made_at == NOW
    assert queue.get(entry.key) == entry


def test_the_file_is_synced_fully_and_closed_to_others(queue: Queue) -> None:
    assert queue._db.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert queue._db.execute("pragma synchronous").fetchone()[0] == 2
    assert stat.S_IMODE(queue.path.stat().st_mode) == 0o600


def test_the_same_reading_is_kept_once(queue: Queue) -> None:
    first = queue.put(make_body(1), now=NOW, source_sha256="s")

    again = queue.put(make_body(1), now=NOW + timedelta(1))
    other_id = queue.put(make_body(2), now=NOW, source_sha256="s")

    assert again == first == other_id == queue.find_source("s")
    assert queue.counts() == {State.QUEUED: 1, State.SENT: 0, State.REFUSED: 0}


def test_an_id_is_never_given_to_another_body(queue: Queue) -> None:
    queue.put(make_body(1), now=NOW)

    with pytest.raises(QueueError, match="already another reading's id"):
        queue.put(make_body(1, ocv_v=1), now=NOW)

    assert queue.put(make_body(2), now=NOW).state is State.QUEUED


def test_two_honest_identical_readings_are_two(queue: Queue) -> None:
    queue.put(make_body(1, ocv_v=40), now=NOW)
    queue.put(make_body(2, ocv_v=40), now=NOW)

    assert queue.counts()[State.QUEUED] == 2


def test_settled_readings_keep_what_the_registry_said(queue: Queue) -> None:
    sent = queue.put(make_body(1), now=NOW)
    refused = queue.put(make_body(2), now=NOW)
    later = NOW + timedelta(hours=1)

    queue.settle(
        [
            (sent.key, State.SENT, {"battery": {"code": "x"}}),
            (refused.key, State.REFUSED, {"detail": "no"}),
        ],
        now=later,
    )

    assert queue.get(sent.key).receipt == {"battery": {"code": "x"}}
    assert queue.get(sent.key).sent_at == later
    assert queue.get(refused.key).problem == {"detail": "no"}
    assert queue.next_due() is None
    assert queue.oldest_age(later) is None


def test_a_settled_reading_does_not_change_again(queue: Queue) -> None:
    key = queue.put(make_body(1), now=NOW).key
    queue.settle([(key, State.SENT, {"n": 1})], now=NOW)

    queue.settle([(key, State.REFUSED, {"n": 2})], now=NOW)
    queue.postpone([key], due=NOW, error="late")

    assert queue.get(key).state is State.SENT
    assert queue.get(key).receipt == {"n": 1}
    assert queue.get(key).tries == 0


def test_a_new_reading_of_the_same_file_replaces_a_refused_one(queue: Queue) -> None:
    wrong = queue.put(make_body(1, recording_sha256="r"), now=NOW, name="a.log")
    other = queue.put(make_body(2, recording_sha256="x"), now=NOW, name="a.log")
    queue.settle([(k.key, State.REFUSED, {}) for k in (wrong, other)], now=NOW)

    right = queue.put(make_body(3, recording_sha256="r"), now=NOW, name="a.log")

    assert queue.get(wrong.key).replaced_by == right.key
    assert queue.get(other.key).replaced_by is None
    assert queue.counts()[State.REFUSED] == 1


def test_readings_that_failed_wait_and_come_last(queue: Queue) -> None:
    keys = [queue.put(make_body(n), now=NOW).key for n in range(1, 4)]
    later = NOW + timedelta(seconds=30)

    queue.postpone([keys[0]], due=later, error="503")

    assert [e.key for e in queue.due(NOW, limit=9)] == keys[1:]
    assert [e.key for e in queue.due(later, limit=9)] == [*keys[1:], keys[0]]
    assert queue.get(keys[0]).tries == 1
    assert queue.get(keys[0]).problem == {"detail": "503"}
    queue.expedite()
    assert len(queue.due(NOW, limit=9)) == 3


def test_the_age_of_the_oldest_unsent_reading_is_known(queue: Queue) -> None:
    first = queue.put(make_body(1), now=NOW)
    queue.put(make_body(2), now=NOW + timedelta(hours=2))
    assert queue.oldest_age(NOW + timedelta(hours=3)) == timedelta(hours=3)

    queue.settle([(first.key, State.SENT, {})], now=NOW)

    assert queue.oldest_age(NOW + timedelta(hours=3)) == timedelta(hours=1)


def test_one_sender_at_a_time_until_its_lease_ends(queue: Queue) -> None:
    with Queue(queue.path) as other:
        assert queue.claim("a", now=NOW, lease_s=60)
        assert queue.claim("a", now=NOW, lease_s=60)
        assert not other.claim("b", now=NOW, lease_s=60)
        other.release("b")
        assert not other.claim("b", now=NOW + timedelta(seconds=59), lease_s=60)
        assert other.claim("b", now=NOW + timedelta(seconds=60), lease_s=60)
        other.release("b")
        assert queue.claim("a", now=NOW, lease_s=60)


def test_an_unknown_key_is_an_error(queue: Queue) -> None:
    with pytest.raises(QueueError, match="no reading"):
        queue.get("none")


def test_a_file_that_is_no_queue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    path.write_text("not a database " * 100)

    with pytest.raises(QueueError, match="not a database"):
        Queue(path)
    with pytest.raises(QueueError):
        Queue(path / "below")


def test_a_full_disk_is_told_and_leaves_the_queue_whole(queue: Queue) -> None:
    queue.put(make_body(1), now=NOW)
    pages = queue._db.execute("pragma page_count").fetchone()[0]
    queue._db.execute(f"pragma max_page_count={pages}")

    with pytest.raises(QueueError, match="full"):
        queue.put(make_body(2, maker="x" * 100_000), now=NOW)

    queue._db.execute("pragma max_page_count=100000")
    assert queue.put(make_body(3), now=NOW).state is State.QUEUED
    assert queue.counts()[State.QUEUED] == 2


def test_a_reading_that_was_kept_survives_kill_nine(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    told: list[str] = []
    for lines in range(1, 11):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            told += [writer.stdout.readline().strip() for _ in range(lines)]
            writer.kill()
            # lines that were on their way when it died were kept as well
            rest = writer.stdout.read().splitlines(keepends=True)
            told += [line.strip() for line in rest if line.endswith("\n")]

    with Queue(path) as queue:
        kept = {entry.key for entry in queue.entries()}

    assert len(told) >= 55
    assert set(told) <= kept
    with sqlite3.connect(path) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()


def test_ids_carry_the_time_and_are_lawful() -> None:
    first = new_inspection_id(NOW)
    later = new_inspection_id(
        NOW + timedelta(milliseconds=1), entropy=lambda n: b"\0" * n
    )
    highest = new_inspection_id(NOW, entropy=lambda n: b"\xff" * n)

    assert first.version == 7
    assert first.variant == UUID(int=0x8000 << 48).variant
    assert int(first) >> 80 == int(NOW.timestamp() * 1000)
    assert first < highest < later
    assert len({new_inspection_id(NOW) for _ in range(100)}) == 100


def test_a_body_has_one_spelling() -> None:
    assert canonical_json({"b": 1, "a": "电"}) == '{"a":"电","b":1}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json({"a": float("nan")})
