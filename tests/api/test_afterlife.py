from datetime import timedelta
from typing import Any

from sqlalchemy import event, select
from werkzeug.test import TestResponse

from battery_registry.domain import code as codes
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.incidents import incident
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play, make_step

OTHER = codes.mint(b"0123456789")
UNNAMED: dict[str, Any] = {"pack_code": None, "pack_code_scheme": "none"}


def incidents(play: Play) -> list[tuple[str, dict[str, Any]]]:
    with play.registry.runtime.database.reading() as session:
        rows = session.execute(select(incident).order_by(incident.c.opened_at)).all()
    return [
        (row.kind, {k: v for k, v in row.detail.items() if k != "inspection_id"})
        for row in rows
    ]


def scan(play: Play, code: str, accept: str = "text/html") -> TestResponse:
    return play.client.get(f"/b/{code}", headers={"Accept": accept})


def destroyed(play: Play) -> str:
    code = play.red()
    play.walk(code, until="destroyed")
    assert incidents(play) == []
    return code


def replace_label(play: Play, code: str) -> str:
    """Give a battery a new label; the old one."""
    with play.registry.runtime.database.writing() as session:
        bound = session.execute(
            label.select().where(label.c.code == codes.parse(code))
        ).one()
        session.execute(
            label.insert().values(
                code=OTHER,
                battery_id=bound.battery_id,
                made_at=NOW,
                bound_at=NOW,
                replaced_by=bound.code,
            )
        )
    return codes.show(OTHER)


def test_a_scan_of_a_destroyed_code_is_one_incident_a_day(
    play: Play, clock: Clock
) -> None:
    code = destroyed(play)
    page = scan(play, code)
    assert page.status_code == 410
    assert "在用电池" in page.text
    scan(play, code)
    found = ("seen_after_end", {"seen": "scan", "end": "destroyed"})
    assert incidents(play) == [found]
    clock.now = NOW + timedelta(days=1)
    scan(play, code)
    assert incidents(play) == [found] * 2


def test_machines_get_410_and_the_incident_is_opened_as_well(play: Play) -> None:
    code = destroyed(play)
    asked = play.get(f"/api/v1/resale/{code}", None)
    assert (asked.status_code, asked.get_json()["code"]) == (410, "battery_destroyed")
    assert asked.get_json()["sellable"] is False
    assert asked.get_json()["reasons"][0]["code"] == "destroyed"
    read = play.get(f"/api/v1/batteries/{code}", "regulator")
    assert (read.status_code, read.get_json()["code"]) == (410, "battery_destroyed")
    assert read.get_json()["battery"]["code"] == code
    machine = scan(play, code, "application/json")
    assert machine.status_code == 410
    assert machine.get_json()["type"].endswith(":battery_destroyed")
    assert incidents(play) == [
        ("seen_after_end", {"seen": "sale_check", "end": "destroyed"})
    ]


def test_a_reading_of_a_destroyed_battery_opens_an_incident(play: Play) -> None:
    code = destroyed(play)
    play.green(label_code=code, **UNNAMED)
    assert incidents(play) == [
        ("seen_after_end", {"seen": "reading", "end": "destroyed"})
    ]


def test_a_custody_step_of_a_destroyed_battery_opens_an_incident(play: Play) -> None:
    code = destroyed(play)
    refused = play.step(code, "XC-01", **make_step())
    assert refused.get_json()["code"] == "custody_case_closed"
    assert incidents(play) == [
        ("seen_after_end", {"seen": "custody", "end": "destroyed"})
    ]


def test_a_missing_pack_that_is_scanned_is_told_of(play: Play) -> None:
    code = play.red()
    play.walk(code, until="isolated")
    holder = "xicheng-checks"
    told = play.step(code, "XC-01", to_state="missing", giver=holder, receiver=holder)
    assert told.status_code == 201, told.text
    assert "在用电池" in scan(play, code).text
    assert ("seen_after_end", {"seen": "scan", "end": "missing"}) in incidents(play)


def test_a_replaced_label_that_is_met_is_told_of(play: Play) -> None:
    old = replace_label(play, play.green())
    assert "在用电池" in scan(play, old).text
    expected = ("seen_after_end", {"seen": "scan", "end": "decommissioned"})
    assert incidents(play) == [expected]


def test_a_reading_with_a_replaced_label_is_refused_and_told_of(play: Play) -> None:
    old = replace_label(play, play.green())
    alone = play.client.post(
        "/api/v1/inspections",
        json=make_body(label_code=old, **UNNAMED),
        headers=play.registry.headers(),
    )
    assert alone.get_json()["code"] == "label_replaced"
    expected = ("seen_after_end", {"seen": "reading", "end": "decommissioned"})
    assert incidents(play) == [expected]


def test_a_label_on_two_packs_is_told_of_for_both(play: Play) -> None:
    first = play.green(pack_code="V48-0000001")
    play.green(pack_code="V48-0000002")
    body = make_body(label_code=first, pack_code="V48-0000002")
    refused = play.client.post(
        "/api/v1/inspections",
        json={"inspections": [body]},
        headers=play.registry.headers(),
    ).get_json()["results"][0]
    assert refused["problem"]["code"] == "pack_code_of_another"
    assert incidents(play) == [("label_on_two_packs", {})] * 2


def test_two_districts_within_half_an_hour_are_too_fast(play: Play) -> None:
    code = play.green()
    at = NOW - timedelta(hours=2)
    again = {"label_code": code, **UNNAMED}
    later = (at + timedelta(minutes=30)).isoformat()
    play.green(key="HD-01", tested_at=later, **again)
    assert incidents(play) == []
    soon = (at + timedelta(minutes=29)).isoformat()
    play.green(key="HD-01", tested_at=soon, **again)
    assert incidents(play) == [
        ("two_places_too_fast", {"districts": ["110102", "110108"]})
    ]


def test_changed_maker_data_is_told_of_and_spelling_is_not(play: Play) -> None:
    code = play.green()
    again = {"label_code": code, **UNNAMED}
    play.green(maker=" volta", model=None, **again)
    assert incidents(play) == []
    play.green(model="V60-99", label_rated_capacity_ah=30.0, **again)
    assert incidents(play) == [
        ("maker_data_changed", {"fields": ["model", "label_rated_capacity_ah"]})
    ]


def clear(play: Play, code: str) -> TestResponse:
    return play.client.post(
        "/api/v1/resale/clearances",
        json={"code": code},
        headers=play.registry.headers("dealer"),
    )


def test_to_ask_for_a_clearance_is_a_sale_check_too(play: Play) -> None:
    code = destroyed(play)
    assert clear(play, code).get_json()["code"] == "not_sellable"
    assert incidents(play) == [
        ("seen_after_end", {"seen": "sale_check", "end": "destroyed"})
    ]


def test_a_clearance_by_a_replaced_label_names_the_one_in_force(play: Play) -> None:
    code = play.green()
    assert clear(play, code).status_code == 201
    assert incidents(play) == []
    given = clear(play, replace_label(play, code))
    assert (given.status_code, given.get_json()["code"]) == (201, code)
    assert incidents(play) == [
        ("seen_after_end", {"seen": "sale_check", "end": "decommissioned"})
    ]


def test_a_list_of_links_of_a_destroyed_battery_is_gone_and_a_sighting(
    play: Play,
) -> None:
    code = play.red(pack_code="010952012345678821V1", pack_code_scheme="gs1")
    play.walk(code, until="destroyed")
    for address in ("/01/09520123456788/21/V1", f"/b/{code}"):
        listed = play.client.get(address, query_string={"linkType": "linkset"})
        assert listed.status_code == 410
        assert listed.content_type == "application/linkset+json"
        assert listed.get_json(force=True)["linkset"]
    assert incidents(play) == [("seen_after_end", {"seen": "scan", "end": "destroyed"})]


def test_a_living_battery_opens_nothing(play: Play) -> None:
    code = play.green()
    scan(play, code)
    play.get(f"/api/v1/resale/{code}", None)
    play.green(label_code=code, **UNNAMED)
    red = play.red()
    scan(play, red)
    play.get(f"/api/v1/resale/{red}", None)
    assert incidents(play) == []


def test_a_locked_database_costs_the_incident_and_not_the_answer(play: Play) -> None:
    code = destroyed(play)
    database = play.registry.runtime.database
    with database.writing() as session:
        # SQLite is locked as a whole by whoever writes.
        table = "LOCK TABLE incidents IN SHARE MODE"
        order = "SELECT 1" if database.is_sqlite else table
        session.connection().exec_driver_sql(order)
        assert scan(play, code).status_code == 410
        assert play.get(f"/api/v1/resale/{code}", None).status_code == 410
    assert incidents(play) == []
    scan(play, code)
    assert len(incidents(play)) == 1


def test_a_database_that_is_only_read_still_answers(play: Play) -> None:
    code = destroyed(play)
    database = play.registry.runtime.database
    engine = database.engine
    if database.is_sqlite:
        order = "PRAGMA query_only = ON"
    else:
        order = "SET TRANSACTION READ ONLY"

    @event.listens_for(engine, "checkout")
    def only_read(connection: Any, *_: object) -> None:
        connection.cursor().execute(order)

    try:
        assert scan(play, code).status_code == 410
        assert play.get(f"/api/v1/resale/{code}", None).status_code == 410
    finally:
        event.remove(engine, "checkout", only_read)
        engine.dispose()
    assert incidents(play) == []
