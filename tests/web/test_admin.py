"""The operator's pages, by the same services as the command line."""

import re

import pytest
from flask import Flask

from battery_registry.services import equipment, people
from tests.builders import Registry
from tests.web.visits import Visitor

PAGES = ("organisations", "people", "stations", "instruments", "keys", "labels")


@pytest.fixture
def admin(app: Flask, registry: Registry) -> Visitor:
    assert registry.stations
    return Visitor(app).sign_in("admin")


def secret(text: str) -> str:
    found = re.search(r'<code class="mono">([^<]+)</code>', text)
    assert found is not None, text
    return found[1]


def test_a_person_is_added_and_signs_in_once_they_know_the_password(
    admin: Visitor, app: Flask
) -> None:
    answer = admin.post(
        "/admin/people/add",
        form="/admin/people",
        sign_in="new-inspector",
        role="inspector",
        organisation="xicheng-checks",
        staff_number="I-0042",
        station="XC-01",
        person_name="王小明",
        training_from="2026-01-01",
        training_until="2027-01-01",
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    password = secret(answer.text)
    assert password not in admin.get("/admin/people").text
    assert "王小明" not in admin.get("/admin/people").text
    visitor = Visitor(app).sign_in("new-inspector", password)
    reset = admin.post(
        "/admin/people/password", form="/admin/people", key="new-inspector"
    )
    assert visitor.get("/inspect").status_code == 303
    Visitor(app).sign_in("new-inspector", secret(reset.text))


def test_a_role_is_changed_within_what_the_organisation_is(
    admin: Visitor, registry: Registry
) -> None:
    told = {"sign_in": "auditor", "role": "regulator"}
    answer = admin.post("/admin/people/role", form="/admin/people", **told)
    assert answer.status_code == 303
    refused = admin.post(
        "/admin/people/role", form="/admin/people", sign_in="auditor", role="inspector"
    )
    assert refused.status_code == 422
    assert '<a href="#role-role">' in refused.text
    with registry.runtime.database.reading() as session:
        (found,) = (p for p in people.list_people(session) if p.sign_in == "auditor")
    assert found.role == "regulator"


@pytest.mark.parametrize(
    ("subject", "key", "shown"),
    [
        ("organisations", "wheel-shop", "wheel-shop"),
        ("people", "inspector", "inspector"),
        ("stations", "XC-01", "XC-01"),
        ("instruments", "XC-01:EBC-1", "XC-01:EBC-1"),
    ],
)
def test_what_is_disabled_can_be_enabled_again(
    admin: Visitor, subject: str, key: str, shown: str
) -> None:
    page = f"/admin/{subject}"
    before = admin.get(page).text.count(">Disabled<")
    answer = admin.post(f"{page}/disable", form=page, key=key)
    assert answer.status_code == 303, answer.text
    told = admin.get(answer.headers["Location"]).text
    assert f"{shown} was disabled." in told
    assert told.count(">Disabled<") == before + 1
    assert f'action="{page}/enable"' in told
    back = admin.post(f"{page}/enable", form=page, key=key)
    assert f"{shown} is active again." in admin.get(back.headers["Location"]).text
    assert admin.get(page).text.count(">Disabled<") == before


def test_nobody_locks_themselves_out(admin: Visitor) -> None:
    answer = admin.post("/admin/people/disable", form="/admin/people", key="admin")
    assert answer.status_code == 409
    assert "You cannot disable your own account." in answer.text
    assert admin.get("/admin").status_code == 200


def test_a_key_is_shown_once_and_ends_when_it_is_revoked(
    admin: Visitor, app: Flask
) -> None:
    answer = admin.post(
        "/admin/keys/add",
        form="/admin/keys",
        purpose="the new scale",
        organisation="city-market",
        role="regulator",
    )
    key = secret(answer.text)
    headers = {"Authorization": f"Bearer {key}"}
    client = app.test_client()
    assert client.get("/api/v1/red-list", headers=headers).status_code == 200
    assert key not in admin.get("/admin/keys").text
    prefix = key.split("_")[2]
    gone = admin.post("/admin/keys/revoke", form="/admin/keys", key=prefix)
    assert gone.status_code == 303
    assert client.get("/api/v1/red-list", headers=headers).status_code == 401


def test_instruments_stand_in_the_order_of_their_calibration(
    admin: Visitor, registry: Registry
) -> None:
    text = admin.get("/admin/instruments").text
    old, new = text.index("XC-01 EBC-OLD"), text.index("XC-01 EBC-1<")
    assert old < new
    assert "Calibration is over" in text
    answer = admin.post(
        "/admin/instruments/calibrate",
        form="/admin/instruments",
        instrument="XC-01:EBC-OLD",
        calibrated_on="2026-11-01",
        calibrated_until="2027-11-01",
    )
    assert answer.status_code == 303
    with registry.runtime.database.reading() as session:
        found = equipment.list_instruments(session, station_code="XC-01")
    assert {str(one.calibrated_until) for one in found if one.code == "EBC-OLD"} == {
        "2027-11-01"
    }


@pytest.mark.parametrize(
    ("subject", "field", "told"),
    [
        ("organisations", "code", {"code": "NO", "name": "N", "kind": "dealer"}),
        ("organisations", "code", {"code": "greencell", "name": "N", "kind": "dealer"}),
        ("organisations", "kind", {"code": "new-one", "name": "N", "kind": "x"}),
        ("organisations", "name", {"code": "new-one", "kind": "dealer"}),
        ("stations", "organisation", {"code": "ZZ-09", "organisation": "wheel-shop"}),
        ("instruments", "calibrated_on", {"station": "XC-01", "calibrated_on": "soon"}),
        ("people", "sign_in", {"role": "inspector"}),
        ("keys", "role", {"purpose": "scale", "organisation": "greencell"}),
    ],
)
def test_what_is_refused_is_named_and_nothing_typed_is_lost(
    admin: Visitor, subject: str, field: str, told: dict[str, str]
) -> None:
    page = f"/admin/{subject}"
    rest = {
        "stations": {"district": "110102", "name_zh": "站", "name_en": "S"},
        "instruments": {
            "code": "M-1",
            "model": "M",
            "instrument_class": "station",
            "calibrated_until": "2027-01-01",
        },
    }.get(subject, {})
    answer = admin.post(f"{page}/add", form=page, **{**rest, **told})
    assert answer.status_code in {409, 422}, answer.text
    assert f'<a href="#add-{field}">' in answer.text
    for name, value in told.items():
        if name in {"code", "name", "purpose"}:
            assert f'name="{name}" type="text" value="{value}"' in answer.text


def test_only_an_admin_sees_these_pages(
    regulator: Visitor, admin: Visitor, stranger: Visitor
) -> None:
    for name in ("", *(f"/{each}" for each in PAGES), "/retention"):
        assert regulator.get(f"/admin{name}").status_code == 403
        assert stranger.get(f"/admin{name}").status_code == 303
        assert admin.get(f"/admin{name}").status_code == 200
    assert admin.get("/admin/nothing").status_code == 404
    gone = admin.post("/admin/people/fly", form="/admin/people", key="admin")
    assert gone.status_code == 404
