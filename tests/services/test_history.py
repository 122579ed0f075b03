"""What earlier inspections and other packs of a model do to a new verdict."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import event

from battery_registry.scoring.measurement import ResistanceMethod
from battery_registry.scoring.stored import measurement_of
from battery_registry.services import models
from battery_registry.store import history
from battery_registry.wire.inspections import parse_inspection
from tests.builders import NOW, Registry, make_body

URL = "/api/v1/inspections"


def hand_in(client: FlaskClient, registry: Registry, *bodies: Any) -> list[Any]:
    answer = client.post(
        URL, json={"inspections": list(bodies)}, headers=registry.headers()
    )
    assert answer.status_code == 200
    results = json.loads(answer.data)["results"]
    assert all(one["status"] == "accepted" for one in results)
    return [one["receipt"]["verdict"] for one in results]


def body_of(serial: str, *, days_ago: float, **changes: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=days_ago)).isoformat()
    return make_body(pack_code=serial, tested_at=at, **changes)


def test_a_stored_inspection_reads_back_as_it_was_judged() -> None:
    body = make_body(cycle_count=12, production_date="2024-05-01", soc_pct=None)
    assert measurement_of(body) == parse_inspection(body, now=NOW).measurement


def test_a_better_repeat_a_day_later_replaces_nothing(
    client: FlaskClient, registry: Registry
) -> None:
    hand_in(client, registry, body_of("AA-1", days_ago=3, discharge_capacity_ah=16.0))
    (again,) = hand_in(
        client, registry, body_of("AA-1", days_ago=2, discharge_capacity_ah=19.0)
    )
    assert (again["code"], again["score"]) == ("yellow", 38.0)
    assert again["contributions"][0]["from_before"] is True


def test_a_trend_is_drawn_within_one_delivery_and_over_many(
    client: FlaskClient, registry: Registry
) -> None:
    first, second = hand_in(
        client,
        registry,
        body_of("AA-2", days_ago=300, discharge_capacity_ah=19.0),
        body_of("AA-2", days_ago=100, discharge_capacity_ah=17.0),
    )
    assert first["trend"] is None
    assert (second["trend"]["n"], second["trend"]["significant"]) == (2, True)
    (third,) = hand_in(
        client, registry, body_of("AA-2", days_ago=0, discharge_capacity_ah=19.5)
    )
    assert third["trend"]["n"] == 3
    assert [flag["id"] for flag in third["flags"]] == ["IDENTITY"]
    assert "IDENTITY" in third["notes"]


def test_a_void_inspection_is_no_history(
    client: FlaskClient, registry: Registry
) -> None:
    _, second = hand_in(
        client,
        registry,
        body_of("AA-3", days_ago=2, discharge_capacity_ah=11.0, ambient_temp_c=2.0),
        body_of("AA-3", days_ago=1),
    )
    (third,) = hand_in(client, registry, body_of("AA-3", days_ago=0))
    assert second["code"] == third["code"] == "green"


def statements_of(client: FlaskClient, registry: Registry, *bodies: Any) -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    engine = registry.runtime.database.engine
    event.listen(engine, "before_cursor_execute", note)
    hand_in(client, registry, *bodies)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_past_is_read_once_for_a_delivery(
    client: FlaskClient, registry: Registry
) -> None:
    serials = [f"BB-{number:02}" for number in range(20)]
    hand_in(client, registry, *(body_of(one, days_ago=90) for one in serials))
    one = statements_of(client, registry, body_of(serials[0], days_ago=60))
    many = statements_of(
        client, registry, *(body_of(serial, days_ago=30) for serial in serials)
    )
    assert many == one


def test_young_packs_say_what_their_model_reads_new(
    client: FlaskClient, registry: Registry
) -> None:
    young = [
        body_of(
            f"CC-{number}",
            days_ago=1,
            production_date=(NOW - timedelta(days=100)).date().isoformat(),
            internal_resistance_mohm=58.0 + number,
            discharge_capacity_ah=20.5,
        )
        for number in range(5)
    ]
    old = [body_of(f"DD-{number}", days_ago=1) for number in range(9)]
    before = hand_in(client, registry, *young, *old)
    assert before[0]["contributions"][1]["reading"] is None
    with registry.runtime.database.writing() as session:
        assert models.refresh(session, now=NOW) == 2
        assert models.refresh(session, now=NOW) == 2  # replaced, not added
        key = ("Volta", "V48-20", "pack")
        found = history.find_references(session, models={key})[key]
    assert found.capacity_ah == 20.5
    assert found.resistance_mohm == {ResistanceMethod.AC_1KHZ: 60.0}
    (after,) = hand_in(
        client, registry, body_of("EE-1", days_ago=0, internal_resistance_mohm=90.0)
    )
    ratio = after["contributions"][1]
    assert (ratio["reading"], ratio["points"]) == (1.5, 3.0)


def test_nobody_is_asked_about_nothing(registry: Registry) -> None:
    with registry.runtime.database.writing() as session:
        assert history.find_past(session, battery_ids=set[UUID]()) == {}
        assert history.find_references(session, models=set()) == {}
        assert models.refresh(session, now=NOW) == 0
