"""Opening and closing an incident is told, and sealed with what it said."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.incidents import IncidentKind, about_battery
from battery_registry.services import incidents
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.cases import ledger_leaf, notice
from tests.builders import NOW, Registry
from tests.played import Play

KIND = IncidentKind.PACK_MISSING


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def leaves(play: Play) -> list[Any]:
    with play.registry.runtime.database.reading() as session:
        return list(
            session.execute(
                select(ledger_leaf)
                .where(ledger_leaf.c.kind == "incident")
                .order_by(ledger_leaf.c.leaf_id)
            )
        )


def topics(play: Play) -> list[str]:
    with play.registry.runtime.database.reading() as session:
        return list(
            session.scalars(
                select(notice.c.topic)
                .where(notice.c.topic.startswith("incident."))
                .order_by(notice.c.created_at)
            )
        )


def test_an_incident_is_sealed_as_it_opens_changes_and_closes(play: Play) -> None:
    play.green()
    later = NOW + timedelta(hours=1)

    def work(session: Session) -> Any:
        battery_id = session.scalars(select(battery.c.battery_id)).one()
        subject = about_battery(battery_id)
        opened = incidents.open_incident(
            session, kind=KIND, subject=subject, detail={"holder": "a"}, now=NOW
        )
        # The same again says nothing new.
        for detail in ({"holder": "a"}, {"holder": "b"}, {"holder": "b"}):
            incidents.amend(
                session, kind=KIND, subject=subject, detail=detail, now=later
            )
        incidents.close_open(
            session, kind=KIND, subject=subject, closing={"why": "found"}, now=later
        )
        return opened, battery_id

    incident_id, battery_id = play.registry.runtime.database.run(work)
    common = {
        "incident_id": str(incident_id),
        "kind": "pack_missing",
        "subject": {"kind": "battery", "id": str(battery_id)},
        "closing": None,
        "closed_by": None,
    }
    said = [
        {"change": "opened", "at": NOW.isoformat(), "detail": {"holder": "a"}},
        {"change": "amended", "at": later.isoformat(), "detail": {"holder": "b"}},
        {
            "change": "closed",
            "at": later.isoformat(),
            "detail": {"holder": "b"},
            "closing": {"why": "found"},
        },
    ]
    sealed = leaves(play)
    assert {leaf.content_sha256 for leaf in sealed} == {
        canonical_sha256({**common, **each}) for each in said
    }
    assert [(leaf.battery_id, leaf.subject_id) for leaf in sealed] == [
        (battery_id, incident_id)
    ] * 3
    assert topics(play) == ["incident.opened", "incident.closed"]


def test_nothing_is_amended_where_nothing_stands_open(play: Play) -> None:
    play.green()

    def work(session: Session) -> bool:
        battery_id = session.scalars(select(battery.c.battery_id)).one()
        subject = about_battery(battery_id)
        return incidents.amend(session, kind=KIND, subject=subject, detail={}, now=NOW)

    assert play.registry.runtime.database.run(work) is False
    assert leaves(play) == []


def test_one_open_already_is_told_and_sealed_once(play: Play) -> None:
    code = play.red()
    play.walk(code, until="isolated")
    lost = {
        "to_state": "missing",
        "giver": "xicheng-checks",
        "receiver": "xicheng-checks",
        "occurred_at": NOW.isoformat(),
    }
    assert play.step(code, "XC-01", **lost).status_code == 201
    assert play.step(code, "XC-01", **lost).status_code == 409
    assert len(leaves(play)) == 1
    found = {**lost, "to_state": "isolated"}
    assert play.step(code, "XC-01", **found).status_code == 201
    assert len(leaves(play)) == 2
    assert topics(play) == ["incident.opened", "incident.closed"]


def test_closing_one_leaves_another_districts_open(play: Play) -> None:
    play.green()
    regulator = play.add_district_regulator()

    def work(session: Session) -> list[Any]:
        subject = about_battery(session.scalars(select(battery.c.battery_id)).one())
        return [
            incidents.open_incident(
                session,
                kind=IncidentKind.MAKER_DATA_CHANGED,
                subject=subject,
                detail={},
                now=NOW - timedelta(days=days),
                district_code=district,
            )
            for days, district in ((1, "110102"), (0, "110108"))
        ]

    theirs, own = play.registry.runtime.database.run(work)
    closed = play.client.post(
        f"/api/v1/incidents/{own}/close",
        json={"note": "The maker's list was wrong."},
        headers=play.registry.headers(regulator),
    )
    assert closed.status_code == 204
    listed = play.get("/api/v1/incidents", "regulator", open="true").get_json()
    assert [one["incident_id"] for one in listed["items"]] == [str(theirs)]
