import hashlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from instruments.station.attached import Attachment
from instruments.station.entry import State
from instruments.station.queue import Queue, QueueError
from instruments.station.sender import LEASE_S, ONCE, WAIT, Patience, open_client
from instruments.station.spool import Spool, disk_used_frac
from instruments.station.uploads import PART_BYTES, Uploaded, Uploader
from tests.instruments.played_registry import KEY, Fault, PlayedRegistry
from tests.instruments.station_parts import NOW, Clock, make_body


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "queue.sqlite3") as opened:
        yield opened


def keep(queue: Queue, content: bytes, *, number: int = 1, sent: bool = True) -> str:
    kept = Spool(queue.path).keep(content, name="a.log")
    body = make_body(number, recording_sha256=kept.sha256)
    key = queue.put(body, now=NOW, name="a.log", files=[kept]).key
    if sent:
        queue.settle([(key, State.SENT, {})], now=NOW)
    return kept.sha256


def upload(
    queue: Queue, url: str, *, patience: Patience = ONCE, clock: Clock | None = None
) -> Uploaded:
    with open_client(url, KEY, software_version="0") as client:
        return Uploader(
            queue=queue,
            spool=Spool(queue.path),
            client=client,
            world=(clock or Clock()).world(),
            patience=patience,
        ).run()


def test_a_file_goes_up_once_its_reading_was_received(
    queue: Queue, registry: PlayedRegistry
) -> None:
    content = b"frames " * 1000
    waiting = keep(queue, b"of a queued reading", number=2, sent=False)
    sha256 = keep(queue, content)

    assert upload(queue, registry.url) == Uploaded(uploaded=1)

    assert registry.files == {sha256: content}
    assert registry.puts[0]["Content-Encoding"] == "gzip"
    counts = queue.files.counts()
    assert (counts.waiting, counts.uploaded, counts.refused) == (1, 1, 0)
    # the registry has it, so the station's copy may go; the other one must stay
    assert not Spool(queue.path).path(sha256).exists()
    assert Spool(queue.path).path(waiting).exists()
    assert upload(queue, registry.url) == Uploaded(uploaded=0)


def test_a_long_file_goes_on_where_it_stopped(
    queue: Queue, registry: PlayedRegistry
) -> None:
    content = Random(1).randbytes(2 * PART_BYTES + 1000)  # noqa: S311 - no secret
    sha256 = keep(queue, content)
    # asks, sends a part, loses the second one
    registry.put_fault = lambda number: Fault(status=503) if number == 2 else None

    assert upload(queue, registry.url).uploaded == 1

    assert hashlib.sha256(registry.files[sha256]).hexdigest() == sha256
    ranges = [put["Content-Range"] for put in registry.puts]
    total = len(content)
    assert ranges == [
        f"bytes */{total}",
        f"bytes 0-{PART_BYTES - 1}/{total}",
        f"bytes {PART_BYTES}-{2 * PART_BYTES - 1}/{total}",
        f"bytes */{total}",
        f"bytes {PART_BYTES}-{2 * PART_BYTES - 1}/{total}",
        f"bytes {2 * PART_BYTES}-{total - 1}/{total}",
    ]


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(lost=True)])
def test_a_file_that_did_not_go_up_waits(
    queue: Queue, registry: PlayedRegistry, fault: Fault
) -> None:
    sha256 = keep(queue, b"frames")
    registry.put_fault = lambda _number: fault

    told = upload(queue, registry.url)

    assert told.uploaded == 0
    assert told.error
    assert len(registry.puts) == ONCE.attempts
    assert queue.files.counts().waiting == 1
    assert Spool(queue.path).path(sha256).exists()
    registry.put_fault = lambda _number: None
    assert upload(queue, registry.url).uploaded == 1


def test_a_time_the_registry_asks_for_is_kept(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keep(queue, b"frames")
    wait = Fault(status=503, headers={"Retry-After": "120"})
    registry.put_fault = lambda number: wait if number == 0 else None
    clock = Clock()

    assert upload(queue, registry.url, clock=clock).error.startswith("503")
    assert upload(queue, registry.url, patience=WAIT, clock=clock).uploaded == 1


def test_a_key_that_is_not_known_ends_the_run_without_a_refusal(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keep(queue, b"one")
    keep(queue, b"two", number=2)
    registry.put_fault = lambda _number: Fault(status=401, body='{"title":"Unknown"}')

    assert upload(queue, registry.url) == Uploaded(uploaded=0, error="401 Unknown")
    assert len(registry.puts) == 1
    assert queue.files.counts().waiting == 2


def test_a_file_that_is_refused_is_kept_and_told(
    queue: Queue, registry: PlayedRegistry
) -> None:
    first, second = keep(queue, b"one"), keep(queue, b"two", number=2)
    bad = '{"errors":[{"field":"sha256","detail":"is another file\'s"}]}'
    registry.put_fault = lambda number: (
        Fault(status=422, body=bad) if number == 0 else None
    )

    told = upload(queue, registry.url)

    assert (told.uploaded, told.error) == (1, "422 sha256: is another file's")
    (refused,) = queue.files.refused()
    assert refused.sha256 in {first, second}
    assert Spool(queue.path).path(refused.sha256).exists()


def test_a_copy_that_is_gone_is_told(queue: Queue, registry: PlayedRegistry) -> None:
    Spool(queue.path).path(keep(queue, b"one")).unlink()

    assert upload(queue, registry.url).error == "the copy at the station is gone"
    assert queue.files.refused()[0].refused == "the copy at the station is gone"


def test_one_uploader_at_a_time(queue: Queue, registry: PlayedRegistry) -> None:
    keep(queue, b"one")
    assert queue.claim("another machine", now=NOW, lease_s=LEASE_S)

    assert upload(queue, registry.url).error == "another sender is at work"
    assert registry.puts == []


def test_two_readings_of_one_file_upload_it_once(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keep(queue, b"same")
    sha256 = keep(queue, b"same", number=2)

    assert upload(queue, registry.url).uploaded == 1
    key = queue.entries()[1].key
    assert queue.files.of(key) == (
        Attachment(sha256=sha256, name="a.log", size=4, refused=None),
    )


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "queue.sqlite3.files").write_text("no folder")

    with pytest.raises(QueueError, match="queue"):
        Spool(tmp_path / "queue.sqlite3").keep(b"x", name="x")
    assert 0 < disk_used_frac(tmp_path / "no" / "queue.sqlite3") <= 1


def test_a_registry_that_stays_where_it_is_is_not_asked_for_ever(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keep(queue, b"x" * (PART_BYTES + 1))
    stays = Fault(status=202, body='{"received_bytes": 0, "is_complete": false}')
    registry.put_fault = lambda _number: stays

    done = upload(queue, registry.url)

    assert done == Uploaded(uploaded=0, error="the registry stays at byte 0")
    assert ONCE.attempts is not None
    # each try asks where to begin and sends one part
    assert len(registry.puts) == 2 * ONCE.attempts
