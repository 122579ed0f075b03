"""Readings handed in over HTTP: receipts, repeats, refusals, batches."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from battery_registry.store.tables.batteries import battery, owner, vehicle
from battery_registry.store.tables.cases import case, ledger_leaf, notice
from battery_registry.store.tables.inspections import counter, inspection
from tests.builders import NOW, Registry, make_body, make_red_body

URL = "/api/v1/inspections"


def post(
    client: FlaskClient, registry: Registry, body: object, **headers: str
) -> TestResponse:
    return client.post(URL, json=body, headers={**registry.headers(), **headers})


def told(answer: TestResponse) -> Any:
    return answer.json


def count(registry: Registry, table: Any) -> int:
    with registry.runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_healthy_pack_is_green(client: FlaskClient, registry: Registry) -> None:
    body = make_body()
    answer = post(client, registry, body)
    assert answer.status_code == 201
    receipt = told(answer)
    assert receipt["inspection_id"] == body["inspection_id"]
    assert receipt["verdict"]["code"] == receipt["battery_code_in_force"] == "green"
    assert receipt["verdict"]["capacity_fade_pct"] == pytest.approx(5)
    assert receipt["verdict"]["ruleset"]["id"] == "cn-2024"
    assert receipt["battery"]["url"].startswith("http://registry.test/b/")
    assert receipt["case"] is None


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"internal_resistance_mohm": 500.0}, []),
        ({"internal_resistance_mohm": 500.1}, ["T1"]),
        ({"max_output_voltage_v": 60.0}, []),
        ({"max_output_voltage_v": 60.01}, ["T2"]),
        ({"label_rated_capacity_ah": 100.0, "discharge_capacity_ah": 50.0}, []),
        ({"label_rated_capacity_ah": 100.0, "discharge_capacity_ah": 49.99}, ["T3"]),
        (
            {
                "internal_resistance_mohm": 800.0,
                "max_output_voltage_v": 63.0,
                "discharge_capacity_ah": 5.0,
                "leakage": True,
            },
            ["A2", "T1", "T2", "T3"],
        ),
    ],
)
def test_limits_pass_and_beyond_them_every_rule_is_told(
    client: FlaskClient, registry: Registry, changes: dict[str, Any], rules: list[str]
) -> None:
    answer = post(client, registry, make_body(**changes))
    fired = [
        f["rule_id"] for f in told(answer)["verdict"]["fired"] if f["outcome"] == "red"
    ]
    assert fired == rules
    assert (told(answer)["battery_code_in_force"] == "red") is bool(rules)


def test_a_red_one_opens_a_case_and_tells(
    client: FlaskClient, registry: Registry
) -> None:
    answer = post(client, registry, make_red_body())
    assert told(answer)["case"]["state"] == "flagged"
    assert told(answer)["case"]["due_at"] > NOW.isoformat()
    assert count(registry, case) == 1
    assert count(registry, notice) == 1
    # the inspection, the change of code, the opening of the case
    assert count(registry, ledger_leaf) == 3


def test_the_same_again_gets_the_same_receipt(
    client: FlaskClient, registry: Registry
) -> None:
    body = make_body()
    first = post(client, registry, body)
    again = post(client, registry, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert count(registry, inspection) == 1
    assert (
        client.get(f"{URL}/{body['inspection_id']}", headers=registry.headers()).json
        == first.json
    )


def test_the_same_id_with_another_body_is_refused(
    client: FlaskClient, registry: Registry
) -> None:
    body = make_body()
    post(client, registry, body)
    answer = post(client, registry, {**body, "ocv_v": 50.0})
    assert answer.status_code == 422
    assert told(answer)["code"] == "inspection_id_reused"
    assert told(answer)["errors"][0]["field"] == "inspection_id"


def test_another_station_cannot_take_an_id(
    client: FlaskClient, registry: Registry
) -> None:
    body = make_body()
    post(client, registry, body)
    answer = client.post(URL, json=body, headers=registry.headers("HD-01"))
    assert told(answer)["code"] == "inspection_id_reused"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ocv_v": "54"}, "ocv_v"),
        ({"ocv_v": True}, "ocv_v"),
        ({"ocv_v": 1e400}, None),
        ({"internal_resistance_mohm": -1}, "internal_resistance_mohm"),
        ({"tested_at": "2026-11-23T04:00:00"}, "tested_at"),
        ({"tested_at": (NOW + timedelta(minutes=6)).isoformat()}, "tested_at"),
        ({"tested_at": "2023-12-31T23:59:59+00:00"}, "production_date"),
        ({"tested_at": "9999-12-31T23:59:59Z"}, "tested_at"),
        ({"tested_at": "0001-01-01T00:00:00+14:00"}, "tested_at"),
        ({"inspection_id": "7"}, "inspection_id"),
        ({"surprise": 1}, "surprise"),
        ({"maker": "a\x00b"}, "maker"),
        ({"maker": "a\ud800b"}, "maker"),
        ({"resistance_method": None}, "resistance_method"),
        ({"chemistry": "plutonium"}, "chemistry"),
        ({"unit_kind": "cell"}, "label_nominal_voltage_v"),
        ({"production_date": "2027-01-01"}, "production_date"),
        ({"pack_code_scheme": "none"}, "pack_code_scheme"),
        ({"maker": None}, "maker"),
        ({"pack_code": "ABCDEF", "pack_code_scheme": "gbt34014"}, "pack_code"),
        ({"capacity_method": "none"}, "capacity_method"),
        ({"leakage": "no"}, "leakage"),
        ({"leakage": None}, "leakage"),
        ({"instrument_id": "NOBODYS"}, "instrument_id"),
        ({"inspector_id": "I-9999"}, "inspector_id"),
        ({"station_id": "HD-01"}, "station_id"),
        ({"label_code": "0123-4567-89ab-cdef"}, "label_code"),
        ({"cell_voltage_min_v": 4.0, "cell_voltage_max_v": 3.0}, "cell_voltage_min_v"),
        ({"prior_codes": ["AAAA"] * 6}, "prior_codes"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    client: FlaskClient,
    registry: Registry,
    changes: dict[str, Any],
    field: str | None,
) -> None:
    body = {**make_body(), **changes}
    body = {name: value for name, value in body.items() if value is not None}
    answer = client.post(
        URL,
        data=json.dumps(body),
        content_type="application/json",
        headers=registry.headers(),
    )
    if field is None:
        assert answer.status_code == 400
        return
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert field in [fault["field"] for fault in told(answer)["errors"]]
    assert count(registry, inspection) == 0


def test_every_fault_is_named_at_once(client: FlaskClient, registry: Registry) -> None:
    answer = post(client, registry, {"inspection_id": str(uuid.uuid4())})
    named = {fault["field"] for fault in told(answer)["errors"]}
    assert {"tested_at", "ocv_v", "leakage", "chemistry", "owner_kind"} <= named


@pytest.mark.parametrize(
    "changes", [{"instrument_id": "EBC-OLD"}, {"inspector_id": "I-0002"}]
)
def test_an_unfit_instrument_or_inspector_gives_no_colour(
    client: FlaskClient, registry: Registry, changes: dict[str, Any]
) -> None:
    answer = post(client, registry, make_red_body(**changes))
    assert answer.status_code == 201
    assert told(answer)["verdict"]["code"] == "void"
    outcomes = {f["rule_id"]: f["outcome"] for f in told(answer)["verdict"]["fired"]}
    assert "T1" in outcomes
    assert "void" in outcomes.values()
    assert told(answer)["case"] is None


def test_a_cell_is_a_lawful_reading(client: FlaskClient, registry: Registry) -> None:
    body = make_body(
        unit_kind="cell",
        label_nominal_voltage_v=3.6,
        label_rated_capacity_ah=5.0,
        discharge_capacity_ah=4.7175,
        internal_resistance_mohm=25.1,
        resistance_method="dc_pulse",
        max_output_voltage_v=4.2,
        ocv_v=4.18,
    )
    answer = post(client, registry, body)
    assert answer.status_code == 201, answer.text
    assert told(answer)["verdict"]["code"] == "green"
    assert told(answer)["verdict"]["capacity_fade_pct"] == pytest.approx(5.65)


def test_a_good_item_is_never_lost_because_of_a_bad_one(
    client: FlaskClient, registry: Registry
) -> None:
    good, red, bad = make_body(), make_red_body(), make_body(ocv_v=-1.0)
    unknown = make_body(instrument_id="NOBODYS")
    batch = {"inspections": [bad, good, 7, unknown, red, good]}
    results = told(post(client, registry, batch))["results"]
    assert [result["status"] for result in results] == [
        "refused",
        "accepted",
        "refused",
        "refused",
        "accepted",
        "duplicate",
    ]
    assert [result["index"] for result in results] == list(range(6))
    assert results[0]["problem"]["errors"][0]["field"] == "ocv_v"
    assert results[3]["problem"]["code"] == "instrument_unknown"
    assert results[5]["receipt"] == results[1]["receipt"]
    assert count(registry, inspection) == 2


def test_two_readings_of_one_battery_in_one_batch(
    client: FlaskClient, registry: Registry
) -> None:
    first = make_body(pack_code="SAME-PACK-1")
    second = make_red_body(pack_code="SAME-PACK-1")
    third = make_body(pack_code="SAME-PACK-1")
    batch = {"inspections": [first, second, third]}
    results = told(post(client, registry, batch))["results"]
    codes = {result["receipt"]["battery"]["code"] for result in results}
    assert len(codes) == 1
    in_force = [result["receipt"]["battery_code_in_force"] for result in results]
    assert in_force == ["green", "red", "red"]
    assert count(registry, battery) == count(registry, case) == 1


def test_red_stays_red_whatever_is_measured_later(
    client: FlaskClient, registry: Registry
) -> None:
    post(client, registry, make_red_body(pack_code="ONCE-RED"))
    answer = post(client, registry, make_body(pack_code="ONCE-RED"))
    # Its red resistance stands for as long as a test repeats another.
    assert told(answer)["verdict"]["code"] == "yellow"
    assert told(answer)["battery_code_in_force"] == "red"
    assert told(answer)["case"]["state"] == "flagged"


def test_a_battery_too_hot_to_test_loses_its_green(
    client: FlaskClient, registry: Registry
) -> None:
    earlier = (NOW - timedelta(days=1)).isoformat()
    post(client, registry, make_body(pack_code="HOT-1", tested_at=earlier))
    hot = make_body(pack_code="HOT-1", battery_surface_temp_c=61.0)
    answer = post(client, registry, hot)
    assert told(answer)["verdict"]["code"] == "void"
    assert told(answer)["battery_code_in_force"] == "void"


def test_the_label_finds_the_battery_again(
    client: FlaskClient, registry: Registry
) -> None:
    first = told(post(client, registry, make_body()))["battery"]["code"]
    body = make_body(pack_code_scheme="none", pack_code=None, label_code=first.upper())
    assert told(post(client, registry, body))["battery"]["code"] == first


def test_label_and_pack_code_of_two_batteries_do_not_go_together(
    client: FlaskClient, registry: Registry
) -> None:
    label = told(post(client, registry, make_body()))["battery"]["code"]
    post(client, registry, make_body(pack_code="ANOTHER-1"))
    answer = post(client, registry, make_body(pack_code="ANOTHER-1", label_code=label))
    assert answer.status_code == 409
    assert told(answer)["code"] == "pack_code_of_another"


def test_the_idempotency_key_replays(client: FlaskClient, registry: Registry) -> None:
    body = make_body()
    first = post(client, registry, body, **{"Idempotency-Key": "k-1"})
    again = post(client, registry, body, **{"Idempotency-Key": "k-1"})
    assert again.status_code == first.status_code == 201
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    other = post(client, registry, make_body(), **{"Idempotency-Key": "k-1"})
    assert other.status_code == 422
    assert told(other)["code"] == "idempotency_key_reused"


def test_personal_data_is_sealed_and_found_by_its_hash(
    client: FlaskClient, registry: Registry
) -> None:
    personal = {
        "plate": "京A 12345",
        "owner_phone": "139 0000 0000",
        "owner_name": "Somebody Wang",
        "frame_number": "123424100000001",
    }
    post(client, registry, make_body(**personal))
    post(client, registry, make_body(**{**personal, "plate": "京a-12345"}))
    assert count(registry, vehicle) == count(registry, owner) == 1
    with registry.runtime.database.reading() as session:
        told = str(session.execute(select(inspection.c.body)).all())
        sealed = session.execute(select(owner)).one()
    assert "Wang" not in told
    assert "12345" not in told
    assert b"Wang" not in sealed.name_encrypted
    assert registry.runtime.vault.unseal(sealed.name_encrypted) == "Somebody Wang"


def test_figures_are_counted_where_they_happen(
    client: FlaskClient, registry: Registry
) -> None:
    post(client, registry, {"inspections": [make_body() for _ in range(7)]})
    post(client, registry, make_red_body())
    with registry.runtime.database.reading() as session:
        rows = session.execute(
            select(counter.c.code, func.sum(counter.c.inspections)).group_by(
                counter.c.code
            )
        )
        assert {code: int(number) for code, number in rows} == {"green": 7, "red": 1}


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a": ' * 50 + b"1" + b"}" * 50, "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": "\xff"}', "application/json", 400),
        (b'{"a": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 400),
        (b"[]", "application/json", 422),
        (b"7", "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"inspections": []}', "application/json", 422),
        (b'{"inspections": {}}', "application/json", 422),
        (b'{"inspections": [1], "more": 1}', "application/json", 422),
    ],
)
def test_hostile_bodies_get_a_problem(
    client: FlaskClient,
    registry: Registry,
    data: bytes,
    content_type: str,
    status: int,
) -> None:
    answer = client.post(
        URL, data=data, content_type=content_type, headers=registry.headers()
    )
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_batch_has_its_limit(client: FlaskClient, registry: Registry) -> None:
    answer = post(client, registry, {"inspections": [1] * 501})
    assert told(answer)["code"] == "batch_size"


@pytest.mark.parametrize("key", ["", "x" * 256, "bad\tkey"])
def test_a_bad_idempotency_key_is_refused(
    client: FlaskClient, registry: Registry, key: str
) -> None:
    answer = post(client, registry, make_body(), **{"Idempotency-Key": key})
    assert told(answer)["code"] == "idempotency_key_malformed"


@pytest.mark.parametrize(
    ("name", "status"), [("city-collect", 403), ("regulator", 403), ("admin", 403)]
)
def test_only_a_station_hands_in(
    client: FlaskClient, registry: Registry, name: str, status: int
) -> None:
    answer = client.post(URL, json=make_body(), headers=registry.headers(name))
    assert answer.status_code == status


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Bearer",
        "Bearer nonsense",
        "Basic abc",
        "Bearer br_live_00000000_" + "x" * 43,
    ],
)
def test_without_a_good_key_nothing_is_taken(
    client: FlaskClient, registry: Registry, value: str | None
) -> None:
    headers = {"Authorization": value} if value else {}
    answer = client.post(URL, json=make_body(), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_receipt_is_only_for_those_whom_it_concerns(
    client: FlaskClient, registry: Registry
) -> None:
    body = make_body()
    post(client, registry, body)
    url = f"{URL}/{body['inspection_id']}"
    seen = {
        name: client.get(url, headers=registry.headers(name)).status_code
        for name in ("XC-01", "HD-01", "regulator", "auditor", "greencell")
    }
    assert seen == {
        "XC-01": 200,
        "HD-01": 404,
        "regulator": 200,
        "auditor": 200,
        "greencell": 403,
    }
    unknown = client.get(f"{URL}/{uuid.uuid4()}", headers=registry.headers())
    assert unknown.status_code == 404


def test_a_405_says_what_is_allowed(client: FlaskClient, app: Flask) -> None:
    answer = client.put(URL, json={})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert told(answer)["status"] == 405
