"""Late steps are told once for each deadline; offers lapse; stocks are watched."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.services import clocks
from battery_registry.store.tables.cases import notice
from tests.builders import NOW, Registry
from tests.played import Play


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def tick(play: Play, now: datetime, terms: Terms = DEFAULT_TERMS) -> int:
    return play.registry.runtime.database.run(
        lambda session: clocks.tick(session, now=now, terms=terms)
    )


def told(play: Play, topic: str) -> list[Any]:
    with play.registry.runtime.database.reading() as session:
        rows = session.scalars(
            select(notice.c.payload)
            .where(notice.c.topic == topic)
            .order_by(notice.c.notice_id)
        )
        return list(rows)


def test_a_late_step_is_told_once_for_each_deadline(play: Play) -> None:
    code = play.red()
    assert tick(play, NOW + timedelta(hours=24)) == 0
    late = NOW + timedelta(hours=26)
    assert [tick(play, late), tick(play, late + timedelta(days=9))] == [1, 0]
    (first,) = told(play, "custody.overdue")
    assert (first["code"], first["state"], first["holder"], first["late_hours"]) == (
        code.replace("-", ""),
        "flagged",
        "resident",
        2,
    )
    play.walk(code, until="isolated")
    assert tick(play, NOW + timedelta(days=6)) == 0
    assert tick(play, NOW + timedelta(days=8)) == 1
    assert [each["state"] for each in told(play, "custody.overdue")] == [
        "flagged",
        "isolated",
    ]


def test_a_closed_case_is_never_late(play: Play) -> None:
    play.walk(play.red(), until="destroyed")
    assert tick(play, NOW + timedelta(days=400)) == 0


def test_an_offer_that_nobody_accepts_lapses_and_is_told(play: Play) -> None:
    code = play.red()
    play.walk(code, until="isolated")
    assert play.offer(code, "XC-01").status_code == 201
    assert tick(play, NOW + timedelta(hours=72, seconds=-1)) == 0
    assert [tick(play, NOW + timedelta(hours=72)) for _ in range(2)] == [1, 0]
    (closed,) = told(play, "custody.offer_closed")
    assert (closed["status"], closed["receiver"]) == ("expired", "city-collect")


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        (Terms(stock_kg=9.0), "stock_mass"),
        (Terms(stock_days=0), "stock_days"),
    ],
)
def test_a_site_over_its_limit_is_told_once_until_it_is_within(
    play: Play, terms: Terms, kind: str
) -> None:
    packs = [play.red(), play.red()]
    for code in packs:
        play.walk(code, until="isolated")
    assert tick(play, NOW) == 0
    assert [tick(play, NOW, terms), tick(play, NOW, terms)] == [1, 0]
    (opened,) = told(play, "incident.opened")
    assert (opened["kind"], opened["detail"]["packs"]) == (kind, 2)
    assert opened["detail"]["organisation"] == "xicheng-checks"
    assert tick(play, NOW) == 0
    assert [each["kind"] for each in told(play, "incident.closed")] == [kind]


def test_where_every_red_pack_is_now(play: Play) -> None:
    flagged, isolated, collected = play.red(), play.red(), play.red(key="HD-01")
    play.walk(isolated, until="isolated")
    play.walk(collected, until="collected")

    def codes(key: str, **query: Any) -> set[str]:
        answer = play.get("/api/v1/custody", key, **query)
        assert answer.status_code == 200, answer.text
        return {each["code"] for each in answer.get_json()["items"]}

    assert codes("regulator") == {flagged, isolated, collected}
    assert codes("regulator", holder="resident") == {flagged}
    assert codes("regulator", holder="city-collect") == {collected}
    assert codes("regulator", state="isolated,flagged") == {flagged, isolated}
    assert codes("regulator", overdue="true") == set()
    assert codes("XC-01") == {isolated}
    assert codes("XC-01", holder="city-collect") == {isolated}
    assert codes("greencell") == set()
    first = play.get("/api/v1/custody", "regulator", limit=2).get_json()
    rest = play.get(
        "/api/v1/custody", "regulator", limit=2, cursor=first["next_cursor"]
    ).get_json()
    assert len(first["items"]) + len(rest["items"]) == 3
    assert play.get("/api/v1/custody", "dealer").status_code == 403
