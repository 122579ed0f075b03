"""Residents report a battery; the regulator of its district sees and settles it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry.domain.reports import FORGOTTEN_AFTER, MOST_A_DAY
from battery_registry.services import reports
from battery_registry.store.tables.cases import notice
from battery_registry.store.tables.reports import resident_report
from tests.builders import NOW
from tests.played import Play
from tests.web.visits import Visitor

NOTE = "Behind the shed of <building> 3, swollen."
CONTACT = "13800138000"


def tell(client: FlaskClient, **told: str) -> int:
    body = {"kind": "suspicious", "note": NOTE, **told}
    return client.post("/report", data=body).status_code


def test_a_report_reaches_the_regulator_and_is_settled(
    play: Play, regulator: Visitor
) -> None:
    code = play.red()
    assert tell(play.client, code=code, contact=CONTACT) == 303
    text = regulator.get("/reports").text
    for part in ("&lt;building&gt; 3", CONTACT, code, "Xicheng"):
        assert part in text
    found = text.partition('action="/reports/')[2].partition("/settle")[0]
    answer = regulator.post(f"/reports/{found}/settle", form="/reports")
    assert answer.status_code == 303
    assert CONTACT not in regulator.get("/reports").text
    assert CONTACT in regulator.get("/reports?settled=true").text


def test_the_notice_names_nobody(play: Play) -> None:
    assert tell(play.client, contact=CONTACT, district="110102") == 303
    with play.registry.runtime.database.reading() as session:
        (payload,) = session.scalars(
            select(notice.c.payload).where(notice.c.topic == "resident.reported")
        )
        (row,) = session.execute(select(resident_report)).all()
    assert set(payload) == {"report_id", "kind", "code", "district"}
    assert CONTACT.encode() not in row.contact_encrypted
    assert NOTE.encode() not in row.note_encrypted


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"note": "x"}, "note"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a null \x00 sign"}, "note"),
        ({"contact": "1" * 101}, "contact"),
        ({"kind": "wrong_entry"}, "code"),
        ({"code": "not-a-code"}, "code"),
        ({"code": "0000-0000-0000-0000"}, "code"),
    ],
)
def test_what_cannot_be_kept_names_its_field_and_loses_nothing(
    play: Play, client: FlaskClient, told: dict[str, str], field: str
) -> None:
    sent = {"kind": "found", "note": NOTE, "contact": "a@b.example", **told}
    answer = client.post("/report?lang=en", data=sent)
    assert answer.status_code in {404, 422}
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-fault"' in answer.text
    if field != "note":
        assert "&lt;building&gt; 3" in answer.text
    assert tell(play.client) == 303  # and nothing of it stands in the way


def test_a_flood_about_one_battery_ends(play: Play) -> None:
    code = play.green()
    for _ in range(MOST_A_DAY):
        assert tell(play.client, code=code) == 303
    assert tell(play.client, code=code) == 429
    assert tell(play.client, code=play.green()) == 303


def test_another_district_sees_and_settles_none_of_it(app: Flask, play: Play) -> None:
    assert tell(play.client, code=play.red(), contact=CONTACT) == 303
    other = Visitor(app).sign_in("haidian-regulator")
    assert CONTACT not in other.get("/reports").text
    with play.registry.runtime.database.reading() as session:
        (report_id,) = session.scalars(select(resident_report.c.report_id))
    answer = other.post(f"/reports/{report_id}/settle", form="/")
    assert answer.status_code == 404
    assert Visitor(app).get("/reports").status_code == 303


def test_what_was_settled_is_forgotten(play: Play, regulator: Visitor) -> None:
    assert tell(play.client, contact=CONTACT) == 303
    found = regulator.get("/reports").text.partition('action="/reports/')[2]
    regulator.post(f"/reports/{found.partition('/settle')[0]}/settle", form="/reports")
    database = play.registry.runtime.database
    for later, gone in (
        (FORGOTTEN_AFTER, 0),
        (FORGOTTEN_AFTER + timedelta(seconds=1), 1),
        (FORGOTTEN_AFTER + timedelta(days=1), 0),
    ):
        with database.writing() as session:
            assert reports.forget(session, now=NOW + later) == gone
    text = regulator.get("/reports?settled=true").text
    assert CONTACT not in text
    assert "deleted as promised" in text
