import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.channels.channel import Notice
from battery_registry.services import outbox
from battery_registry.services.notices import Topic, tell
from battery_registry.store.db import Database
from battery_registry.store.tables.cases import notice
from battery_registry.store.writes import Writes
from tests.builders import NOW


def put(session: Session, *, number: int = 1, now: datetime = NOW) -> None:
    writes = Writes()
    for place in range(number):
        tell(
            writes,
            topic=Topic.RED_CODED,
            battery_id=uuid4(),
            payload={"place": place, "说": "红"},
            now=now,
        )
    writes.flush(session)


def claim(database: Database, now: datetime = NOW, **more: Any) -> tuple[Notice, ...]:
    with database.writing() as session:
        return outbox.claim(session, now=now, **more)


def fail(database: Database, failed: Notice, now: datetime = NOW) -> None:
    with database.writing() as session:
        outbox.mark_failed(
            session, failed=failed, error="E" * 900, now=now, random=lambda: 0.0
        )


def find(database: Database, notice_id: UUID) -> Any:
    with database.reading() as session:
        return session.execute(
            select(notice).where(notice.c.notice_id == notice_id)
        ).one()


def test_a_notice_is_claimed_once_oldest_first(database: Database) -> None:
    with database.writing() as session:
        put(session, now=NOW - timedelta(minutes=1))
        put(session, number=2)
    first = claim(database, limit=1)
    rest = claim(database)
    assert [n.created_at for n in first] == [NOW - timedelta(minutes=1)]
    assert [n.created_at for n in rest] == [NOW, NOW]
    assert claim(database) == ()
    assert first[0].attempts == 1
    assert first[0].payload == {"place": 0, "说": "红"}
    assert first[0].topic == "battery.red_coded"


def test_a_notice_is_not_claimed_before_its_time(database: Database) -> None:
    with database.writing() as session:
        put(session)
    assert claim(database, NOW - timedelta(seconds=1)) == ()
    assert len(claim(database, NOW)) == 1


def test_a_lost_lease_goes_to_the_next_worker(database: Database) -> None:
    with database.writing() as session:
        put(session)
    (lost,) = claim(database)
    assert claim(database, NOW + outbox.LEASE - timedelta(seconds=1)) == ()
    (again,) = claim(database, NOW + outbox.LEASE)
    assert (again.notice_id, again.attempts) == (lost.notice_id, 2)
    # What the first one says now no longer counts.
    fail(database, lost)
    assert find(database, lost.notice_id).locked_until == NOW + 2 * outbox.LEASE


def test_a_sent_notice_never_comes_back(database: Database) -> None:
    with database.writing() as session:
        put(session)
    (sent,) = claim(database)
    with database.writing() as session:
        outbox.mark_sent(session, sent=sent, now=NOW)
    assert claim(database, NOW + timedelta(days=30)) == ()
    # Neither a late failure nor a second delivery changes when it was sent.
    fail(database, sent)
    with database.writing() as session:
        outbox.mark_sent(session, sent=sent, now=NOW + timedelta(days=1))
    row = find(database, sent.notice_id)
    assert (row.sent_at, row.last_error, row.locked_until) == (NOW, None, None)


def test_a_failed_notice_waits_and_says_why(database: Database) -> None:
    with database.writing() as session:
        put(session)
    (failed,) = claim(database)
    fail(database, failed)
    assert claim(database, NOW + timedelta(seconds=4.9)) == ()
    (again,) = claim(database, NOW + timedelta(seconds=5))
    row = find(database, again.notice_id)
    assert (row.attempts, row.last_error) == (2, "E" * 500)


@given(attempts=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_the_wait_keeps_to_five_seconds_and_a_day(attempts: int, chance: float) -> None:
    wait = outbox.wait(attempts, random=lambda: chance)
    assert timedelta(seconds=5) <= wait <= timedelta(days=1)


def test_the_longest_wait_doubles_until_it_is_a_day() -> None:
    longest = [
        outbox.wait(attempts, random=lambda: 1.0).total_seconds()
        for attempts in (1, 2, 3, 14, 15, 10**6)
    ]
    assert longest == [10, 20, 40, 81_920, 86_400, 86_400]


def test_the_backlog_counts_what_waits(database: Database) -> None:
    with database.reading() as session:
        assert outbox.get_backlog(session) == outbox.Backlog(
            waiting=0, struggling=0, oldest_at=None
        )
    with database.writing() as session:
        put(session)
    now = NOW
    for _ in range(outbox.STRUGGLING_AFTER):
        (one,) = claim(database, now, limit=1)
        fail(database, one, now)
        now += timedelta(seconds=5)
    with database.writing() as session:
        put(session, number=2)
    (sent,) = claim(database, NOW, limit=1)
    with database.writing() as session:
        outbox.mark_sent(session, sent=sent, now=NOW)
    with database.reading() as session:
        backlog = outbox.get_backlog(session)
    assert backlog == outbox.Backlog(waiting=2, struggling=1, oldest_at=NOW)


@pytest.mark.parametrize("workers", [4])
def test_workers_side_by_side_share_the_notices(
    database: Database, workers: int
) -> None:
    with database.writing() as session:
        put(session, number=60)
    claimed: list[UUID] = []
    start = threading.Barrier(workers)

    def work() -> None:
        start.wait()
        while batch := claim(database, limit=7):
            claimed.extend(one.notice_id for one in batch)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 60
