import contextlib
import io
import json
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from battery_registry.channels.channel import Channel, DeliveryError, Notice
from battery_registry.channels.journal import Journal
from battery_registry.cli.delivery import Worker
from battery_registry.store.db import Database
from battery_registry.store.ids import new_id
from battery_registry.store.tables.cases import notice
from tests.builders import NOW
from tests.cli.conftest import Run
from tests.conftest import Clock


def put(database: Database, number: int = 1) -> None:
    with database.writing() as session:
        session.execute(
            insert(notice),
            [
                {
                    "notice_id": new_id(NOW),
                    "topic": "battery.red_coded",
                    "payload": {"place": place, "district": "西城"},
                    "created_at": NOW,
                    "available_at": NOW,
                    "attempts": 0,
                }
                for place in range(number)
            ],
        )


def unsent(database: Database) -> int:
    with database.reading() as session:
        rows = session.execute(select(notice.c.sent_at))
        return sum(row.sent_at is None for row in rows)


def make_worker(database: Database, channel: Channel, clock: Clock) -> Worker:
    return Worker(
        database=database,
        channel=channel,
        clock=clock,
        random=random.Random(1).random,  # noqa: S311 - the jitter of a test
        idle_s=0.01,
        broken_s=0.01,
    )


class Ear:
    """A channel that keeps what it hears, after doing what a test wants."""

    def __init__(self, first: Callable[[Notice], None] = lambda _: None) -> None:
        self.heard: list[int] = []
        self._first = first

    def deliver(self, notice: Notice, *, now: datetime) -> None:
        del now
        self._first(notice)
        place = notice.payload["place"]
        assert isinstance(place, int)
        self.heard.append(place)


def test_once_delivers_all_that_is_due_and_ends(run: Run, database: Database) -> None:
    put(database, 120)
    done = run("worker", "--once")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(line["payload"]["place"] for line in lines) == list(range(120))
    assert (unsent(database), done.exit_code) == (0, 0)
    assert run("worker", "--once").stdout == ""


def test_a_line_of_the_journal_says_what_happened_and_when() -> None:
    file = io.StringIO()
    told = Notice(
        notice_id=new_id(NOW),
        topic="battery.red_coded",
        payload={"district": "西城"},
        created_at=NOW,
        attempts=2,
    )
    Journal(file).deliver(told, now=NOW + timedelta(seconds=3))
    assert "西城" in file.getvalue()
    assert json.loads(file.getvalue()) == {
        "event": "notice",
        "notice_id": str(told.notice_id),
        "topic": "battery.red_coded",
        "created_at": "2026-11-23T04:00:00+00:00",
        "delivered_at": "2026-11-23T04:00:03+00:00",
        "attempt": 2,
        "payload": {"district": "西城"},
    }


def test_a_full_log_is_a_failed_delivery(database: Database, clock: Clock) -> None:
    put(database)
    file = Path("/dev/full").open("w")  # noqa: SIM115 - closing it fails too
    try:
        worker = make_worker(database, Journal(file), clock)
        assert worker.run_once(threading.Event()) == 1
    finally:
        with contextlib.suppress(OSError):
            file.close()
    with database.reading() as session:
        row = session.execute(select(notice)).one()
    assert (row.sent_at, row.attempts) == (None, 1)
    assert row.last_error == "the log takes no more: No space left on device"
    assert NOW + timedelta(seconds=5) <= row.available_at <= NOW + timedelta(seconds=10)


def test_a_failure_costs_the_others_nothing(database: Database, clock: Clock) -> None:
    put(database, 3)

    def refuse_one(told: Notice) -> None:
        if told.payload["place"] == 1 and told.attempts < 3:
            raise DeliveryError("not now")

    ear = Ear(refuse_one)
    worker = make_worker(database, ear, clock)
    for _ in range(3):
        worker.run_once(threading.Event())
        clock.now += timedelta(minutes=1)
    assert sorted(ear.heard) == [0, 1, 2]
    assert unsent(database) == 0


def test_asked_to_stop_it_leaves_the_rest_to_the_next(
    database: Database, clock: Clock
) -> None:
    put(database, 5)
    stop = threading.Event()
    ear = Ear(lambda _: stop.set())
    make_worker(database, ear, clock).run(stop, is_wanted=lambda: True)
    assert (len(ear.heard), unsent(database)) == (1, 4)
    clock.now += timedelta(minutes=2)
    make_worker(database, ear, clock).run_once(threading.Event())
    assert sorted(ear.heard) == [0, 1, 2, 3, 4]


def test_a_slow_batch_ends_before_its_lease(database: Database, clock: Clock) -> None:
    put(database, 5)

    def dawdle(_: Notice) -> None:
        clock.now += timedelta(seconds=50)

    ear = Ear(dawdle)
    make_worker(database, ear, clock).run_once(threading.Event())
    assert (len(ear.heard), unsent(database)) == (2, 3)


def test_an_orphan_ends(database: Database, clock: Clock) -> None:
    put(database)
    ear = Ear()
    looks = iter([True, True, False])
    make_worker(database, ear, clock).run(
        threading.Event(), is_wanted=lambda: next(looks)
    )
    assert ear.heard == [0]


def test_a_database_that_fails_is_tried_again(
    database: Database, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    put(database)
    ear = Ear()
    stop = threading.Event()
    falls = iter([True, False])

    def fall_once() -> datetime:
        if next(falls, False):
            raise OperationalError("SELECT", {}, Exception("gone\naway"))
        return clock.now

    worker = Worker(
        database=database,
        channel=ear,
        clock=fall_once,
        random=lambda: 0.5,
        idle_s=0.01,
        broken_s=0.01,
    )
    worker.run(stop, is_wanted=lambda: not ear.heard)
    assert capsys.readouterr().err == "worker: the database: gone\n"
    assert unsent(database) == 0
