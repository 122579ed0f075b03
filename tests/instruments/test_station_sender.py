from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from instruments.station.backoff import Backoff, parse_retry_after
from instruments.station.entry import State
from instruments.station.post import idempotency_key, post_entries, problem_text
from instruments.station.queue import Queue
from instruments.station.sender import (
    LEASE_S,
    ONCE,
    WAIT,
    Patience,
    Report,
    Sender,
    Stop,
    open_client,
)
from tests.instruments.played_registry import KEY, Fault, PlayedRegistry
from tests.instruments.station_parts import NOW, Clock, make_body


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Queue(tmp_path / "queue.sqlite3") as opened:
        yield opened


def fill(queue: Queue, count: int, **changes: Any) -> list[str]:
    bodies = [make_body(n, **changes) for n in range(1, count + 1)]
    return [
        queue.put(body, now=NOW, name=f"{n}.log").key for n, body in enumerate(bodies)
    ]


def send(
    queue: Queue,
    url: str,
    *,
    clock: Clock | None = None,
    patience: Patience = ONCE,
    batch: int = 100,
    key: str = KEY,
) -> Report:
    clock = clock or Clock()
    with open_client(url, key, software_version="0") as client:
        settled: list[int] = []
        sender = Sender(
            queue,
            client,
            world=clock.world(),
            patience=patience,
            batch=batch,
            progress=settled.append,
        )
        report = sender.run()
    assert sum(settled) == len(report.sent) + len(report.refused)
    return report


def test_all_is_sent_in_batches_with_a_key_of_their_own(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keys = fill(queue, 250)

    report = send(queue, registry.url)

    assert report == Report(stop=Stop.EMPTY, error="", sent=tuple(keys), refused=())
    assert [len(post["inspections"]) for post in registry.posts] == [100, 100, 50]
    assert len(set(registry.keys)) == 3
    assert registry.stored[keys[0]] == make_body(1)
    receipt = queue.get(keys[0]).receipt
    assert receipt is not None
    assert receipt["battery"]["code"] == "0123-4567-89ab-cdef"


def test_one_reading_is_posted_as_an_object(
    queue: Queue, registry: PlayedRegistry
) -> None:
    fill(queue, 1)

    assert send(queue, registry.url).stop is Stop.EMPTY
    assert registry.posts == [make_body(1)]


def test_five_hundred_readings_with_lost_answers_are_stored_once_each(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keys = fill(queue, 500)
    chance = Random(3)  # noqa: S311 - faults of a test

    def fault(_number: int, _items: list[dict[str, Any]]) -> Fault | None:
        drawn = chance.random()
        if drawn < 0.20:
            return Fault(lost=True)
        return Fault(status=503) if drawn < 0.35 else None

    registry.fault = fault

    report = send(queue, registry.url, patience=WAIT, batch=5)

    assert report.stop is Stop.EMPTY
    assert sorted(report.sent) == sorted(keys)
    assert registry.stored.keys() == set(keys)
    assert registry.duplicates > 50
    assert len(registry.posts) > 110


def test_a_refused_reading_holds_up_no_other(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keys = fill(queue, 5)
    registry.refuse = lambda item: "ocv_v" if item["inspection_id"] == keys[2] else None

    report = send(queue, registry.url)

    assert report.refused == (keys[2],)
    assert len(report.sent) == 4
    problem = queue.get(keys[2]).problem
    assert problem is not None
    assert problem_text(problem) == "ocv_v: is not accepted"
    assert queue.get(keys[2]).state is State.REFUSED


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_batch_refused_as_a_whole_is_sent_one_by_one(
    queue: Queue, registry: PlayedRegistry, status: int
) -> None:
    keys = fill(queue, 4)
    registry.refuse = lambda item: "maker" if item["inspection_id"] == keys[0] else None
    registry.fault = lambda _n, items: Fault(status=status) if len(items) > 1 else None

    report = send(queue, registry.url)

    assert report.stop is Stop.EMPTY
    assert report.refused == (keys[0],)
    assert set(report.sent) == set(keys[1:])
    assert len(registry.posts) == 5


def test_a_reading_that_breaks_the_server_stays_queued_alone(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keys = fill(queue, 6)

    def fault(_number: int, items: list[dict[str, Any]]) -> Fault | None:
        broken = any(item["inspection_id"] == keys[1] for item in items)
        return Fault(status=500) if broken else None

    registry.fault = fault

    report = send(queue, registry.url)

    assert report.stop is Stop.WAITING
    assert set(report.sent) == set(keys) - {keys[1]}
    assert queue.get(keys[1]).state is State.QUEUED
    assert queue.get(keys[1]).tries >= 4


def test_once_gives_up_after_a_few_short_tries(
    queue: Queue, registry: PlayedRegistry
) -> None:
    fill(queue, 300)
    registry.fault = lambda _n, _items: Fault(status=503)
    clock = Clock()

    report = send(queue, registry.url, clock=clock)

    assert report.stop is Stop.WAITING
    assert report.error == "503 try again"
    assert len(registry.posts) == ONCE.attempts
    assert sum(clock.naps) < 10
    assert queue.counts()[State.QUEUED] == 300


def test_waiting_goes_on_until_the_server_is_back(
    queue: Queue, registry: PlayedRegistry
) -> None:
    fill(queue, 3)
    registry.fault = lambda number, _items: Fault(status=502) if number < 40 else None
    clock = Clock()

    assert send(queue, registry.url, clock=clock, patience=WAIT).stop is Stop.EMPTY
    assert len(registry.posts) == 41
    assert max(clock.naps) <= 900
    assert sum(clock.naps) > 3600


def test_retry_after_is_obeyed(queue: Queue, registry: PlayedRegistry) -> None:
    fill(queue, 2)
    asked = Fault(status=429, headers={"Retry-After": "120"})
    registry.fault = lambda number, _items: asked if number == 0 else None
    clock = Clock()

    assert send(queue, registry.url, clock=clock, patience=WAIT).stop is Stop.EMPTY
    assert clock.at == NOW + timedelta(seconds=120)


def test_retry_after_is_obeyed_by_the_next_run(
    queue: Queue, registry: PlayedRegistry
) -> None:
    fill(queue, 2)
    asked = Fault(status=503, headers={"Retry-After": "3600"})
    registry.fault = lambda number, _items: asked if number == 0 else None
    assert send(queue, registry.url).stop is Stop.WAITING

    soon, late = Clock(NOW + timedelta(minutes=30)), Clock(NOW + timedelta(hours=1))

    assert send(queue, registry.url, clock=soon).stop is Stop.WAITING
    assert len(registry.posts) == 1
    assert send(queue, registry.url, clock=late).stop is Stop.EMPTY


def test_a_new_run_does_not_wait_for_old_failures(
    queue: Queue, registry: PlayedRegistry
) -> None:
    key = fill(queue, 1)[0]
    queue.postpone([key], due=NOW + timedelta(hours=5), error="old")
    clock = Clock()

    assert send(queue, registry.url, clock=clock).stop is Stop.EMPTY
    assert clock.naps == []


@pytest.mark.parametrize("count", [1, 3])
def test_an_unknown_key_stops_at_once_and_burns_no_try(
    queue: Queue, registry: PlayedRegistry, count: int
) -> None:
    keys = fill(queue, count)

    report = send(queue, registry.url, key="br_live_00000001_wrong", patience=WAIT)

    assert report.stop is Stop.NEW_KEY
    assert report.error == "401 Unknown key"
    assert len(registry.posts) == 1
    assert queue.get(keys[0]).tries == 0
    assert queue.get(keys[0]).state is State.QUEUED


@pytest.mark.parametrize("status", [404, 301, 405])
def test_another_servers_answer_loses_nothing(
    queue: Queue, registry: PlayedRegistry, status: int
) -> None:
    fill(queue, 2)
    registry.fault = lambda _n, _items: Fault(status=status, body="<html>")

    assert send(queue, registry.url, patience=WAIT).stop is Stop.WRONG_ADDRESS
    assert queue.counts()[State.QUEUED] == 2


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("body", ["<html>sign in</html>", "[]", "{}", '{"results": 3}'])
def test_a_portals_friendly_answer_is_no_receipt(
    queue: Queue, registry: PlayedRegistry, count: int, body: str
) -> None:
    keys = fill(queue, count)
    portal = Fault(status=200, body=body)
    registry.fault = lambda number, _items: portal if number == 0 else None

    assert set(send(queue, registry.url).sent) == set(keys)
    assert len(registry.posts) == 2


def test_what_a_short_answer_leaves_out_is_sent_again(
    queue: Queue, registry: PlayedRegistry
) -> None:
    keys = fill(queue, 3)
    results = (
        f'{{"inspection_id": "{keys[0]}", "status": "accepted", "receipt": {{}}}},'
        f'{{"inspection_id": "{keys[1]}", "status": "odd", "receipt": {{}}}},'
        '{"inspection_id": "other", "status": "accepted", "receipt": {}}, 7'
    )
    short = Fault(status=200, body=f'{{"results": [{results}]}}')
    registry.fault = lambda number, _items: short if number == 0 else None

    report = send(queue, registry.url)

    assert report.sent[0] == keys[0]
    assert set(report.sent) == set(keys)
    assert registry.stored.keys() == set(keys[1:])


def test_a_reading_alone_is_refused_with_what_was_said(
    queue: Queue, registry: PlayedRegistry
) -> None:
    key = fill(queue, 1)[0]
    registry.fault = lambda _n, _items: Fault(status=413, body="too much")

    assert send(queue, registry.url).refused == (key,)
    assert queue.get(key).problem == {
        "status": 413,
        "detail": "413 Request Entity Too Large",
    }


def test_no_server_is_a_reason_to_wait(queue: Queue) -> None:
    fill(queue, 1)

    report = send(queue, "http://127.0.0.1:9")

    assert report.stop is Stop.WAITING
    assert report.error.startswith("no answer: ")


def test_two_senders_do_not_send_one_queue(
    queue: Queue, registry: PlayedRegistry
) -> None:
    fill(queue, 1)
    with Queue(queue.path) as other:
        assert other.claim("other", now=NOW, lease_s=LEASE_S)

        assert send(queue, registry.url).stop is Stop.BUSY
        late = Clock(NOW + timedelta(seconds=LEASE_S))
        assert send(queue, registry.url, clock=late).stop is Stop.EMPTY


@pytest.mark.parametrize("fault", [503, 422])
def test_a_sender_that_was_overtaken_stops(
    queue: Queue, registry: PlayedRegistry, fault: int
) -> None:
    fill(queue, 3)

    def overtaken(_number: int, items: list[dict[str, Any]]) -> Fault | None:
        with Queue(queue.path) as other:
            later = NOW + timedelta(days=1)
            assert other.claim("other", now=later, lease_s=2 * 86_400)
        return Fault(status=fault) if len(items) > 1 else None

    registry.fault = overtaken

    assert send(queue, registry.url).stop is Stop.BUSY
    assert queue.counts()[State.QUEUED] == 3
    assert len(registry.posts) == 1


def test_an_empty_queue_asks_nobody(queue: Queue, registry: PlayedRegistry) -> None:
    assert send(queue, registry.url).stop is Stop.EMPTY
    assert registry.posts == []


def test_the_idempotency_key_is_that_of_the_readings(queue: Queue) -> None:
    fill(queue, 3)
    entries = queue.entries()

    assert idempotency_key(entries) == idempotency_key(entries[::-1])
    assert idempotency_key(entries) != idempotency_key(entries[:2])


def test_waits_grow_with_full_jitter_to_their_cap() -> None:
    backoff = Backoff(base_s=1, cap_s=900)

    tops = [backoff.wait_s(tries, random=lambda: 1.0) for tries in range(12)]

    assert tops[:5] == [1, 2, 4, 8, 16]
    assert tops[10:] == [900, 900]
    assert backoff.wait_s(10**6, random=lambda: 0.5) == 450
    assert backoff.wait_s(3, random=lambda: 0.0) == 0


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (None, None),
        ("soon", None),
        ("-5", None),
        (" 90 ", NOW + timedelta(seconds=90)),
        ("9" * 30, NOW + timedelta(days=1)),
        ("Mon, 04 May 2026 02:00:00 GMT", datetime(2026, 5, 4, 2, tzinfo=UTC)),
        ("Mon, 04 May 2026 02:00:00 -0000", datetime(2026, 5, 4, 2, tzinfo=UTC)),
        ("Fri, 04 May 2029 02:00:00 GMT", NOW + timedelta(days=1)),
    ],
)
def test_retry_after_is_seconds_or_a_date(
    text: str | None, at: datetime | None
) -> None:
    assert parse_retry_after(text, now=NOW) == at


def test_a_problem_is_told_in_one_line() -> None:
    errors = [{"field": "ocv_v", "detail": "too high"}, {"pointer": "/x"}, "odd"]

    assert problem_text({"detail": "d", "errors": errors}) == "ocv_v: too high; /x: "
    assert problem_text({"detail": "d", "errors": "odd"}) == "d"
    assert problem_text({"title": "t"}) == "t"
    assert problem_text({}) == ""


def test_the_client_names_itself_and_follows_no_redirect() -> None:
    with open_client("http://127.0.0.1:9", "k", software_version="1") as client:
        assert client.headers["User-Agent"] == "battery-station/1"
        assert not client.follow_redirects
        assert client.timeout == httpx.Timeout(60.0)


def test_one_idempotency_key_is_one_body_in_any_order(
    queue: Queue, registry: PlayedRegistry
) -> None:
    fill(queue, 3)
    entries = queue.entries()
    with open_client(registry.url, KEY, software_version="0") as client:
        for ordered in (entries, entries[::-1]):
            post_entries(client, ordered, now=NOW)
    assert registry.keys[0] == registry.keys[1]
    assert registry.posts[0] == registry.posts[1]
