"""Readings dated by a clock that nobody kept right."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.builders import NOW, Registry, make_body, make_red_body

LONG_AGO = (NOW - timedelta(days=200)).isoformat()


@pytest.mark.parametrize(
    ("said", "in_force"),
    [
        ({"clock_synced": False}, "yellow"),
        ({"clock_synced": True}, "green"),
        ({}, "green"),
    ],
)
def test_an_unset_clock_makes_no_reading_old(
    client: FlaskClient, registry: Registry, said: dict[str, bool], in_force: str
) -> None:
    green = make_body()
    pack = {"pack_code": green["pack_code"]}
    worn = make_body(**pack, **said, discharge_capacity_ah=12.0, tested_at=LONG_AGO)
    answers = [
        client.post("/api/v1/inspections", json=body, headers=registry.headers())
        for body in (green, worn)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    second = answers[1].json
    assert second is not None
    assert second["verdict"]["code"] == "yellow"
    assert second["battery_code_in_force"] == in_force


def test_what_the_instruments_clock_showed_is_kept(
    client: FlaskClient, registry: Registry
) -> None:
    body = make_body(clock_synced=False, instrument_time="2019-12-31 23:59:58")
    answer = client.post("/api/v1/inspections", json=body, headers=registry.headers())
    assert answer.status_code == 201
    wrong = make_body(clock_synced="no", instrument_time="?")
    refused = client.post("/api/v1/inspections", json=wrong, headers=registry.headers())
    assert refused.status_code == 422
    assert refused.json is not None
    assert {one["field"] for one in refused.json["errors"]} == {
        "clock_synced",
        "instrument_time",
    }


def test_an_unset_clock_makes_no_code_better(
    client: FlaskClient, registry: Registry
) -> None:
    worn = make_body(discharge_capacity_ah=12.0)
    pack = {"pack_code": worn["pack_code"]}
    old_green = make_body(**pack, clock_synced=False, tested_at=LONG_AGO)
    answers = [
        client.post("/api/v1/inspections", json=body, headers=registry.headers())
        for body in (worn, old_green)
    ]
    last = answers[1].json
    assert last is not None
    assert last["verdict"]["code"] == "green"
    assert last["battery_code_in_force"] == "yellow"


def test_a_red_of_an_unset_clock_opens_a_case(
    client: FlaskClient, registry: Registry
) -> None:
    red = make_red_body(clock_synced=False, tested_at=LONG_AGO)
    answer = client.post("/api/v1/inspections", json=red, headers=registry.headers())
    assert answer.json is not None
    assert answer.json["battery_code_in_force"] == "red"
    assert answer.json["case"]["state"] == "flagged"
