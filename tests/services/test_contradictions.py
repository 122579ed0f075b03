"""What cannot both be true of one battery, also when it is told at once."""

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry.domain import code
from battery_registry.domain.roles import Role
from battery_registry.services import api_keys, labels
from battery_registry.store.tables.batteries import battery, label
from tests.builders import NOW, Registry, make_body

URL = "/api/v1/inspections"


def make_label(registry: Registry) -> str:
    with registry.runtime.database.writing() as session:
        (made,) = labels.make_blank(session, count=1, organisation_id=None, now=NOW)
    return code.show(made)


def test_one_blank_label_becomes_one_battery(app: Flask, registry: Registry) -> None:
    for _ in range(3):
        made = make_label(registry)
        bodies = [
            make_body(label_code=made, deformation="severe"),
            make_body(label_code=made),
            make_body(label_code=made),
        ]
        start, statuses = threading.Barrier(len(bodies)), []

        def post(body: dict[str, Any]) -> None:
            start.wait()  # noqa: B023 - joined before the next round
            answer = app.test_client().post(URL, json=body, headers=registry.headers())
            statuses.append(answer.status_code)  # noqa: B023 - as above

        threads = [threading.Thread(target=post, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [201, 409, 409]
        plain = code.parse(made)
        with registry.runtime.database.reading() as session:
            found = session.execute(
                select(battery.c.battery_id).where(battery.c.public_code == plain)
            ).all()
            bound = session.scalar(
                select(label.c.battery_id).where(label.c.code == plain)
            )
        assert [row.battery_id for row in found] == [bound]


def test_two_claims_in_one_batch(client: FlaskClient, registry: Registry) -> None:
    made = make_label(registry)
    batch = {"inspections": [make_body(label_code=made), make_body(label_code=made)]}
    answer = client.post(URL, json=batch, headers=registry.headers())
    assert answer.json is not None
    statuses = [result["status"] for result in answer.json["results"]]
    assert statuses == ["accepted", "refused"]


@pytest.mark.parametrize(
    ("prior", "status"), [(["OLD-0001"], 201), (["OTHER-01"], 409), (None, 409)]
)
def test_another_serial_on_a_known_label_needs_the_old_one(
    client: FlaskClient, registry: Registry, prior: list[str] | None, status: int
) -> None:
    first = client.post(
        URL, json=make_body(pack_code="OLD-0001"), headers=registry.headers()
    )
    assert first.json is not None
    body = make_body(
        pack_code="NEW-0001",
        prior_codes=prior,
        label_code=first.json["battery"]["code"],
    )
    answer = client.post(URL, json=body, headers=registry.headers())
    assert answer.status_code == status, answer.text


def test_a_regulator_sees_what_was_judged_in_the_district(
    client: FlaskClient, registry: Registry
) -> None:
    body = make_body(pack_code="MOVED-01")
    made = client.post(URL, json=body, headers=registry.headers("XC-01"))
    assert made.json is not None
    shown = made.json["battery"]["code"]
    page = f"/api/v1/batteries/{shown}"
    with registry.runtime.database.writing() as session:
        key = api_keys.make(
            session,
            organisation_id=registry.organisations["city-market"],
            station_id=None,
            district_code="110108",
            role=Role.REGULATOR,
            purpose="test",
            now=NOW,
        )
    haidian = {"Authorization": f"Bearer {key.text}"}
    assert client.get(page, headers=haidian).status_code == 404
    red = make_body(pack_code="MOVED-01", leakage=True)
    client.post(URL, json=red, headers=registry.headers("HD-01"))
    assert client.get(page, headers=haidian).status_code == 200
    listed = client.get("/api/v1/red-list", headers=haidian).json
    assert listed is not None
    assert [item["code"] for item in listed["items"]] == [shown]
