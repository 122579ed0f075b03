"""What a hand-over writes, and that it writes all of it or nothing."""

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Caller
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.custody import Case, CustodyEvent, State
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services.custody import ToldHandOver, hand_over
from battery_registry.store import custody as kept
from battery_registry.store.tables.cases import (
    case,
    custody_event,
    ledger_leaf,
    notice,
)
from battery_registry.store.tables.parties import organisation
from tests.builders import NOW, Registry
from tests.played import Play


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def make_caller(registry: Registry, code: str, role: Role) -> Caller:
    return Caller(
        organisation_id=registry.organisations[code],
        organisation_code=code,
        organisation_kind=OrganisationKind.STATION_OPERATOR,
        role=role,
    )


def make_told(**changes: Any) -> ToldHandOver:
    told: dict[str, Any] = {
        "event_id": uuid.uuid4(),
        "to_state": State.ISOLATED,
        "occurred_at": NOW - timedelta(minutes=30),
        "giver": "resident",
        "receiver": "xicheng-checks",
        "evidence": {},
        **changes,
    }
    return ToldHandOver(**told)


def isolate(
    play: Play, code: str, *, now: datetime = NOW, **changes: Any
) -> tuple[Case, CustodyEvent]:
    with play.registry.runtime.database.writing() as session:
        return hand_over(
            session,
            public_code=codes.parse(code),
            hand_over=make_told(**changes),
            caller=make_caller(play.registry, "xicheng-checks", Role.INSPECTOR),
            now=now,
        )


def count(play: Play, table: Any) -> int:
    with play.registry.runtime.database.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_a_step_writes_event_case_notice_and_leaf_together(play: Play) -> None:
    play.red()
    code = play.red()
    before = [count(play, table) for table in (custody_event, notice, ledger_leaf)]
    after, event = isolate(play, code, evidence={"note": "boxed"})
    with play.registry.runtime.database.reading() as session:
        found = session.execute(
            select(case).where(case.c.case_id == after.case_id)
        ).one()
        told = session.execute(
            select(notice).where(notice.c.topic == "custody.changed")
        ).one()
        leaf = session.execute(
            select(ledger_leaf).where(ledger_leaf.c.subject_id == event.event_id)
        ).one()
    assert (found.state, found.seq, found.holder_code) == (
        "isolated",
        2,
        "xicheng-checks",
    )
    assert found.closed_at is None
    assert found.due_at == after.due_at
    assert told.payload["to_state"] == "isolated"
    assert told.payload["code"] == codes.parse(code)
    assert leaf.content_sha256 == canonical_sha256(kept.event_content(event))
    now = [count(play, table) for table in (custody_event, notice, ledger_leaf)]
    assert [b - a for a, b in zip(before, now, strict=True)] == [1, 1, 1]


def test_destruction_closes_the_case_and_is_told_by_name(play: Play) -> None:
    code = play.red()
    play.walk(code, until="destroyed")
    with play.registry.runtime.database.reading() as session:
        topics = session.scalars(select(notice.c.topic).order_by(notice.c.notice_id))
        told = list(topics)
        closed = session.scalars(select(case.c.closed_at)).one()
    assert told.count("custody.changed") == 6
    assert told.count("battery.destroyed") == 1
    assert closed == NOW


def test_a_refused_step_writes_nothing(play: Play) -> None:
    code = play.red()
    tables = (custody_event, notice, ledger_leaf)
    before = [count(play, table) for table in tables]
    for changes in (
        {"to_state": State.DESTROYED},
        {"receiver": "nobody"},
        {"giver": "greencell"},
        {"occurred_at": NOW + timedelta(hours=1)},
    ):
        with pytest.raises(RegistryError):
            isolate(play, code, **changes)
    assert [count(play, table) for table in tables] == before


def test_an_event_told_again_is_recorded_once(play: Play) -> None:
    code = play.red()
    event_id = uuid.uuid4()
    first = isolate(play, code, event_id=event_id, evidence={"mass_kg": 3.5})
    later = NOW + timedelta(days=1)
    again = isolate(play, code, event_id=event_id, evidence={"mass_kg": 3.5}, now=later)
    assert again == first
    assert count(play, custody_event) == 2


def test_who_left_the_registry_can_still_give_away_what_they_hold(play: Play) -> None:
    code = play.red()
    play.walk(code, until="isolated")
    with play.registry.runtime.database.writing() as session:
        session.execute(
            update(organisation)
            .where(organisation.c.code == "xicheng-checks")
            .values(disabled_at=NOW)
        )
        after, _ = hand_over(
            session,
            public_code=codes.parse(code),
            hand_over=make_told(
                to_state=State.COLLECTED,
                giver="xicheng-checks",
                receiver="city-collect",
                occurred_at=NOW,
            ),
            caller=make_caller(play.registry, "city-collect", Role.COLLECTOR),
            now=NOW,
            agreed={"offer_id": "1"},
        )
    assert after.holder.organisation_code == "city-collect"


def test_who_left_the_registry_takes_nothing_over(play: Play) -> None:
    code = play.red()
    with play.registry.runtime.database.writing() as session:
        session.execute(
            update(organisation)
            .where(organisation.c.code == "xicheng-checks")
            .values(disabled_at=NOW)
        )
    with pytest.raises(RegistryError) as refused:
        isolate(play, code)
    assert (refused.value.code, refused.value.field) == (
        "custody_party_unknown",
        "receiver",
    )


def test_of_two_that_take_the_same_step_at_once_one_is_refused(play: Play) -> None:
    code = play.red()
    start, taken, refused = threading.Barrier(2), [], []

    def take() -> None:
        start.wait()
        try:
            taken.append(isolate(play, code))
        except RegistryError as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), refused) == (1, ["custody_step_unlawful"])
    assert count(play, custody_event) == 2
