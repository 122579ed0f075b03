"""Whatever a station was told is kept arrives once, whoever dies on the way."""

import hashlib
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from battery_registry.store.tables.inspections import inspection
from instruments.station.entry import State
from instruments.station.queue import Queue, QueueError
from instruments.station.sender import ONCE, Sender, World, open_client
from instruments.station.spool import Spool
from instruments.station.uploads import PART_BYTES, Uploaded, Uploader
from tests.builders import make_body
from tests.faults.losing_proxy import LosingProxy, losing_proxy
from tests.server import Server, serve

BATCH = 7
PATIENT_S = 120
# A sender as `battery-station send --wait` runs it, but in smaller batches and
# with shorter waits, so that there is something to be killed in.
SENDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from random import random
from instruments.station.backoff import Backoff
from instruments.station.queue import Queue
from instruments.station.sender import Patience, Sender, World, open_client

path, url, key, batch, is_full = sys.argv[1:]
with Queue(Path(path)) as queue, open_client(url, key, software_version="0") as client:
    if is_full == "full":
        pages, = queue._db.execute("pragma page_count").fetchone()
        queue._db.execute(f"pragma max_page_count={pages}")
    world = World(now=lambda: datetime.now(UTC), sleep=time.sleep, random=random)
    backoff = Backoff(base_s=0.01, cap_s=0.2)
    patience = Patience(attempts=None, longest_wait_s=60, backoff=backoff)
    print("begins", flush=True)
    Sender(queue, client, world=world, patience=patience, batch=int(batch)).run()
"""


class Station:
    """A queue that is filled and a sender that is killed, again and again."""

    def __init__(self, path: Path, url: str, key: str, chance: Random) -> None:
        self.path, self._url, self._key, self._chance = path, url, key, chance
        self.kept: set[str] = set()
        self.kills = 0

    def measure(self, count: int) -> None:
        with Queue(self.path) as queue:
            for _ in range(count):
                self._keep(queue, make_reading())

    def measure_on_a_full_disk(self) -> None:
        """The operator is told, makes room, and the same reading is kept."""
        body = make_reading()
        with Queue(self.path) as queue:
            (pages,) = queue._db.execute("pragma page_count").fetchone()
            queue._db.execute(f"pragma max_page_count={pages}")
            with pytest.raises(QueueError, match="full"):
                self._measure_until_it_fails(queue)
            queue._db.execute("pragma max_page_count=1073741823")
            self._keep(queue, body)

    def _measure_until_it_fails(self, queue: Queue) -> None:
        while True:
            self._keep(queue, make_reading())

    def _keep(self, queue: Queue, body: dict[str, Any]) -> None:
        self.kept.add(queue.put(body, now=datetime.now(UTC)).key)

    def live(self, *, full: bool = False) -> subprocess.Popen[str]:
        args = (self.path, self._url, self._key, BATCH, "full" if full else "")
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER, *(str(one) for one in args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert sender.stdout is not None
        assert sender.stdout.readline() == "begins\n"
        return sender

    def die(self) -> None:
        with self.live() as sender:
            time.sleep(self._chance.uniform(0, 0.15))
            sender.kill()
        self.kills += sender.returncode == -signal.SIGKILL

    def fill_up(self) -> str:
        # enough receipts that the room left in the file's pages is not
        self.measure(40)
        with self.live(full=True) as sender:
            _, said = sender.communicate(timeout=PATIENT_S)
        return said

    def finish(self) -> None:
        with self.live() as sender:
            _, said = sender.communicate(timeout=PATIENT_S)
        assert sender.returncode == 0, said


def make_reading() -> dict[str, Any]:
    return make_body(tested_at=datetime.now(UTC).isoformat())


def torment(
    server: Server, proxy: LosingProxy, path: Path, *, readings: int, kills: int
) -> Station:
    chance = Random(11)  # noqa: S311 - faults of a test
    station = Station(path, proxy.url, server.registry.keys["XC-01"], chance)
    for life in range(kills):
        station.measure(min(readings // kills, readings - len(station.kept)))
        station.die()
        if life == kills // 2:
            assert "full" in station.fill_up()
            station.measure_on_a_full_disk()
    station.measure(max(0, readings - len(station.kept)))
    station.finish()
    return station


def check(server: Server, station: Station) -> None:
    """Each is in the registry once, with its receipt at the station."""
    with server.registry.runtime.database.reading() as session:
        stored = [
            str(one) for one in session.scalars(select(inspection.c.inspection_id))
        ]
    assert len(stored) == len(set(stored))
    assert set(stored) == station.kept
    with Queue(station.path) as queue:
        assert queue.counts()[State.SENT] == len(station.kept)
        assert all(entry.receipt for entry in queue.entries())


def run(sqlite_url: str, folder: Path, *, readings: int, kills: int) -> None:
    began = time.monotonic()
    with (
        serve(sqlite_url, folder / "server.log") as server,
        losing_proxy(server.url, busy=0.15, lost=0.20, seed=5) as proxy,
    ):
        path = folder / "queue.sqlite3"
        station = torment(server, proxy, path, readings=readings, kills=kills)
        check(server, station)
    assert proxy.statuses <= {200, 201}
    assert station.kills == kills
    # so that `pytest -s` tells what the run was like
    told = (
        f"{len(station.kept)} readings kept, stored and receipted once",
        f"{station.kills} senders killed",
        f"{proxy.requests} posts, {proxy.refused} answered 503",
        f"{proxy.dropped} answers lost",
        f"{time.monotonic() - began:.0f} s",
    )
    sys.stdout.write(f"\n{', '.join(told)}\n")


def test_a_tormented_station_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    run(sqlite_url, tmp_path, readings=120, kills=6)


def test_raw_files_reach_a_real_registry_after_their_readings(
    sqlite_url: str, tmp_path: Path
) -> None:
    short, long = b"frames " * 99, Random(3).randbytes(PART_BYTES + 5)  # noqa: S311 - no secret
    world = World(now=lambda: datetime.now(UTC), sleep=time.sleep, random=lambda: 0.0)
    with (
        serve(sqlite_url, tmp_path / "server.log") as server,
        Queue(tmp_path / "queue.sqlite3") as queue,
    ):
        spool = Spool(queue.path)
        for content in (short, long):
            kept = spool.keep(content, name="a.log")
            body = {**make_reading(), "recording_sha256": kept.sha256}
            queue.put(body, now=datetime.now(UTC), files=[kept])
        key = server.registry.keys["XC-01"]
        with open_client(server.url, key, software_version="0") as client:
            assert Sender(queue, client, world=world, patience=ONCE).run().error == ""
            told = Uploader(
                queue=queue, spool=spool, client=client, world=world, patience=ONCE
            ).run()
            assert told == Uploaded(uploaded=2)
            for content in (short, long):
                sha256 = hashlib.sha256(content).hexdigest()
                read = client.get(f"/api/v1/recordings/{sha256}")
                assert (read.status_code, read.content == content) == (200, True)


@pytest.mark.soak
def test_a_station_tormented_two_hundred_times_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    run(sqlite_url, tmp_path, readings=5_000, kills=200)
