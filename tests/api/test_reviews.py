"""Retests and appeals against the rest of a case: holds, ends, leaves, notices."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from battery_registry.services.clocks import tick
from battery_registry.store.tables.cases import ledger_leaf, notice
from tests.api.test_appeals import appeal, decide, send
from tests.api.test_retests import (
    a_red,
    at,
    open_retest,
    retest_of,
    retested,
    state,
)
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play


def told_of(play: Play, kind: str) -> tuple[int, list[Any]]:
    """How many leaves of a kind there are, and the notices of its topics."""
    with play.registry.runtime.database.reading() as session:
        leaves = session.scalar(
            select(func.count())
            .select_from(ledger_leaf)
            .where(ledger_leaf.c.kind == kind)
        )
        told = session.scalars(
            select(notice.c.payload).where(notice.c.topic.like(f"{kind}.%"))
        ).all()
    return leaves or 0, list(told)


def look_at_clocks(play: Play, clock: Clock) -> None:
    database = play.registry.runtime.database
    database.run(lambda session: tick(session, now=clock.now))


@pytest.mark.parametrize("end", ["dismantled", "destroyed"])
def test_nothing_clears_what_is_taken_apart(play: Play, clock: Clock, end: str) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    clock.now = NOW + timedelta(days=16)
    play.walk(code, until=end)
    play.hand_in(retested(serial), key="HD-01")
    assert not any(tried["counts"] for tried in retest_of(play)["inspections"])
    assert state(play, code) == end
    grounds = "It is needed again."
    for address, body in (("retests", {}), ("appeals", {"grounds": grounds})):
        answer = send(play, f"/api/v1/{address}", "XC-01", code=code, **body)
        assert answer.status_code == 409, answer.text


def test_a_battery_stays_whole_while_its_retest_is_open(
    play: Play, clock: Clock
) -> None:
    code, _ = a_red(play)
    opened = open_retest(play, code)
    play.walk(code, until="received")
    told = {"giver": "greencell", "receiver": "greencell", "occurred_at": at(NOW)}
    held = play.step(code, "greencell", to_state="dismantled", **told)
    answer = held.get_json()
    assert (held.status_code, answer["code"]) == (409, "custody_under_review")
    assert (answer["held_by"], answer["retest_id"]) == ("retest", opened["retest_id"])
    assert state(play, code) == "received"
    clock.now = NOW + timedelta(days=15, seconds=1)
    free = play.step(code, "greencell", to_state="dismantled", **told)
    assert free.status_code == 201, free.text


def test_a_battery_stays_whole_until_its_appeal_is_decided(
    play: Play, clock: Clock
) -> None:
    code, _ = a_red(play)
    appeal_id = appeal(play, code)
    play.walk(code, until="received")
    clock.now = NOW + timedelta(days=30)
    proof = {"certificate_number": "D-1", "kg_metals": 2.9, "kg_black_mass": 1.3}
    told = {
        "giver": "greencell",
        "receiver": "greencell",
        "evidence": proof,
        "occurred_at": at(NOW),
    }
    for to_state in ("dismantled", "destroyed"):
        held = play.step(code, "greencell", to_state=to_state, **told)
        answer = held.get_json()
        assert (held.status_code, answer["code"]) == (409, "custody_under_review")
        assert (answer["held_by"], answer["appeal_id"]) == ("appeal", appeal_id)
    assert decide(play, appeal_id, upheld=False).status_code == 200
    freed = play.step(code, "greencell", to_state="destroyed", **told)
    assert freed.status_code == 201, freed.text


def test_every_change_of_a_retest_is_sealed_and_told(play: Play, clock: Clock) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    red = retested(serial, internal_resistance_mohm=501.0)
    play.hand_in(red, key="HD-01")
    open_retest(play, code)
    clock.now = NOW + timedelta(days=17)
    look_at_clocks(play, clock)
    look_at_clocks(play, clock)
    open_retest(play, code)
    leaves, told = told_of(play, "retest")
    states = Counter(payload.get("state", "overdue") for payload in told)
    assert states == {"open": 3, "failed": 1, "lapsed": 1, "overdue": 1}
    assert leaves == 5
    assert {payload["code"] for payload in told} == {code.replace("-", "")}


def test_every_change_of_an_appeal_is_sealed_and_told(play: Play, clock: Clock) -> None:
    code, serial = a_red(play)
    first = appeal(play, code)
    clock.now = NOW + timedelta(days=16)
    look_at_clocks(play, clock)
    look_at_clocks(play, clock)
    decide(play, first, upheld=False)
    appeal(play, code)
    open_retest(play, code)
    later = at(clock.now - timedelta(minutes=5))
    play.hand_in(retested(serial, tested_at=later), key="HD-01")
    leaves, told = told_of(play, "appeal")
    states = Counter(payload.get("state", "overdue") for payload in told)
    assert states == {"open": 2, "rejected": 1, "moot": 1, "overdue": 1}
    assert leaves == 4
    assert not any("grounds" in payload or "note" in payload for payload in told)
