"""A red ends by an independent retest, and by no other green."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from battery_registry.store.tables.cases import (
    case,
    custody_event,
    ledger_leaf,
    notice,
)
from tests.builders import NOW, add_station, make_body, make_red_body
from tests.conftest import Clock
from tests.played import Play

URL = "/api/v1/retests"
RED_AT = NOW - timedelta(hours=3)
LATER = NOW + timedelta(minutes=40)


def at(moment: datetime) -> str:
    return moment.isoformat()


def a_red(play: Play, **changes: Any) -> tuple[str, str]:
    """A red pack found at XC-01: its label, and the maker's code on it."""
    serial = f"V48-{uuid.uuid4().hex[:12].upper()}"
    code = play.red(pack_code=serial, tested_at=at(RED_AT), **changes)
    return code, serial


def retested(serial: str, **changes: Any) -> dict[str, Any]:
    """A healthy reading of a pack, tested after its retest was opened."""
    return make_body(**{"pack_code": serial, "tested_at": at(LATER), **changes})


def open_retest(play: Play, code: str, key: str = "regulator") -> Any:
    """Open a retest; an hour goes by."""
    answer = play.client.post(
        URL, json={"code": code}, headers=play.registry.headers(key)
    )
    assert answer.status_code == 201, answer.text
    clock = play.registry.runtime.clock
    assert isinstance(clock, Clock)
    clock.now += timedelta(hours=1)
    return answer.get_json()


def retest_of(play: Play) -> Any:
    (only,) = play.get(URL).get_json()["items"]
    return only


def state(play: Play, code: str) -> str:
    told: str = play.get(f"/api/v1/custody/{code}").get_json()["state"]
    return told


def test_an_independent_green_ends_the_red_and_its_code_is_in_force(play: Play) -> None:
    code, serial = a_red(play)
    opened = open_retest(play, code)
    assert (opened["state"], opened["greens_needed"]) == ("open", 1)
    assert opened["due_at"] == at(NOW + timedelta(days=15))
    (receipt,) = play.hand_in(retested(serial), key="HD-01")
    assert receipt["battery"]["code"] == code
    assert receipt["battery_code_in_force"] == "green"
    assert receipt["case"] is None
    chain = play.get(f"/api/v1/custody/{code}").get_json()
    last = chain["events"][-1]
    assert (chain["state"], chain["due_at"]) == ("cleared", None)
    assert (last["biz_step"], last["disposition"]) == ("inspecting", "available")
    assert last["evidence"]["retest_id"] == opened["retest_id"]
    sale = play.get(f"/api/v1/resale/{code}", None).get_json()
    assert (sale["answer"], sale["reasons"]) == ("clear", [])
    told = retest_of(play)
    assert (told["state"], told["greens"]) == ("passed", 1)
    assert [tried["finding"] for tried in told["inspections"]] == ["counts"]


def test_the_clearing_is_one_event_one_leaf_and_a_notice(play: Play) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    play.hand_in(retested(serial), key="HD-01")
    with play.registry.runtime.database.reading() as session:
        events = session.scalars(
            select(custody_event.c.event_id).where(
                custody_event.c.to_state == "cleared"
            )
        ).all()
        leaves = session.scalar(
            select(func.count())
            .select_from(ledger_leaf)
            .where(ledger_leaf.c.subject_id.in_(events))
        )
        notices = session.scalars(
            select(notice.c.topic).where(notice.c.topic == "battery.cleared")
        ).all()
        closed = session.scalars(select(case.c.closed_at)).all()
    assert (len(events), leaves, len(notices)) == (1, 1, 1)
    assert closed == [NOW + timedelta(hours=1)]


def test_a_green_without_a_retest_leaves_the_red(play: Play) -> None:
    code, serial = a_red(play)
    (receipt,) = play.hand_in(make_body(pack_code=serial), key="HD-01")
    assert receipt["battery_code_in_force"] == "red"
    assert state(play, code) == "flagged"


def test_a_retest_sent_again_gives_the_same_receipt(play: Play) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    body = retested(serial)
    (first,) = play.hand_in(body, key="HD-01")
    again = play.client.post(
        "/api/v1/inspections",
        json={"inspections": [body]},
        headers=play.registry.headers("HD-01"),
    ).get_json()["results"][0]
    assert again["status"] == "duplicate"
    assert again["receipt"] == first


@pytest.mark.parametrize(
    ("key", "changes", "finding"),
    [
        ("XC-01", {}, "same_station"),
        ("HD-01", {"instrument_id": "EBC-OLD"}, "not_valid"),
        ("HD-01", {"internal_resistance_mohm": 480.0}, "not_green"),
        ("HD-01", {"tested_at": at(RED_AT)}, "not_later"),
        ("HD-01", {"tested_at": at(NOW - timedelta(seconds=1))}, "before_opened"),
        ("HD-01", {"clock_synced": False}, "not_valid"),
        ("HD-01", {"internal_resistance_mohm": 501.0}, "red"),
    ],
)
def test_what_is_not_independent_valid_and_green_does_not_count(
    play: Play, key: str, changes: dict[str, Any], finding: str
) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    (receipt,) = play.hand_in(retested(serial, **changes), key=key)
    told = retest_of(play)
    assert [tried["finding"] for tried in told["inspections"]] == [finding]
    assert told["state"] == ("failed" if finding == "red" else "open")
    assert receipt["battery_code_in_force"] == "red"
    assert state(play, code) == "flagged"


def test_what_confirmed_the_red_is_not_independent_either(play: Play) -> None:
    code, serial = a_red(play)
    play.hand_in(
        make_red_body(pack_code=serial, tested_at=at(NOW - timedelta(minutes=150))),
        key="HD-01",
    )
    open_retest(play, code)
    play.hand_in(retested(serial), key="HD-01")
    told = retest_of(play)
    assert [tried["finding"] for tried in told["inspections"]] == ["same_station"]
    assert state(play, code) == "flagged"


def test_a_red_by_appearance_needs_two(play: Play) -> None:
    add_station(play.registry, "CY-01", operator="xicheng-checks", district="110105")
    code, serial = a_red(play, leakage=True, internal_resistance_mohm=120.0)
    assert open_retest(play, code)["greens_needed"] == 2
    half = timedelta(minutes=10)
    for body, key in (
        (retested(serial), "HD-01"),
        (retested(serial), "CY-01"),
        (retested(serial, tested_at=at(LATER + half)), "HD-01"),
    ):
        told = {**body, "inspector_id": "I-CY-01" if key == "CY-01" else "I-0001"}
        (receipt,) = play.hand_in(told, key=key)
        assert receipt["battery_code_in_force"] == "red"
    told = retest_of(play)
    assert (told["state"], told["greens"]) == ("open", 1)
    assert {tried["finding"] for tried in told["inspections"]} == {
        "counts",
        "same_test",
        "same_station",
    }
    last = retested(serial, tested_at=at(LATER + half), inspector_id="I-CY-01")
    (receipt,) = play.hand_in(last, key="CY-01")
    assert receipt["battery_code_in_force"] == "green"
    assert retest_of(play)["greens"] == 2
    assert state(play, code) == "cleared"


def test_two_greens_of_one_station_are_one_opinion(play: Play) -> None:
    code, serial = a_red(play, leakage=True)
    open_retest(play, code)
    receipts = play.hand_in(
        retested(serial),
        retested(serial, tested_at=at(LATER + timedelta(minutes=10))),
        key="HD-01",
    )
    in_force = {receipt["battery_code_in_force"] for receipt in receipts}
    assert in_force == {"red"}
    assert state(play, code) == "flagged"


def test_a_retest_too_late_does_not_count(play: Play, clock: Clock) -> None:
    code, serial = a_red(play)
    first = open_retest(play, code)
    clock.now = NOW + timedelta(days=16)
    late = at(clock.now - timedelta(minutes=10))
    play.hand_in(retested(serial, tested_at=late), key="HD-01")
    told = retest_of(play)
    assert (told["state"], told["inspections"][0]["finding"]) == ("lapsed", "too_late")
    assert state(play, code) == "flagged"
    second = open_retest(play, code)
    assert second["retest_id"] != first["retest_id"]
    later = at(clock.now - timedelta(minutes=5))
    play.hand_in(retested(serial, tested_at=later), key="HD-01")
    assert state(play, code) == "cleared"


def test_one_retest_at_a_time(play: Play) -> None:
    code, _ = a_red(play)
    opened = open_retest(play, code)
    again = play.client.post(
        URL, json={"code": code}, headers=play.registry.headers("XC-01")
    )
    assert again.status_code == 409
    assert again.get_json()["code"] == "retest_open"
    assert again.get_json()["retest_id"] == opened["retest_id"]


def test_a_missing_pack_is_found_before_it_is_cleared(play: Play) -> None:
    code, serial = a_red(play)
    play.walk(code, until="isolated")
    open_retest(play, code)
    lost = play.step(
        code, "XC-01", to_state="missing", giver="xicheng-checks", occurred_at=at(NOW)
    )
    assert lost.status_code == 201, lost.text
    play.hand_in(retested(serial), key="HD-01")
    assert retest_of(play)["inspections"][0]["finding"] == "not_at_hand"
    assert state(play, code) == "missing"
    answer = play.client.post(
        URL, json={"code": code}, headers=play.registry.headers("XC-01")
    )
    assert answer.get_json()["code"] == "custody_not_clearable"


def test_a_cleared_pack_can_turn_red_again(play: Play, clock: Clock) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    play.hand_in(retested(serial), key="HD-01")
    clock.now = NOW + timedelta(days=1)
    later = at(clock.now - timedelta(hours=1))
    (receipt,) = play.hand_in(make_red_body(pack_code=serial, tested_at=later))
    assert receipt["battery_code_in_force"] == "red"
    assert receipt["case"]["state"] == "flagged"
    assert state(play, code) == "flagged"


def test_who_may_and_what_may_be_retested(play: Play) -> None:
    green, (red, _) = play.green(), a_red(play)
    for key, code, status in (
        ("dealer", red, 403),
        ("greencell", red, 403),
        ("XC-01", green, 404),
        ("XC-01", "abc", 422),
    ):
        answer = play.client.post(
            URL, json={"code": code}, headers=play.registry.headers(key)
        )
        assert answer.status_code == status, (key, code)
    bodies: tuple[Any, ...] = ({}, {"code": red, "more": 1}, [])
    for body in bodies:
        answer = play.client.post(
            URL, json=body, headers=play.registry.headers("regulator")
        )
        assert answer.status_code == 422
    assert play.get(URL, play.add_district_regulator()).get_json()["items"] == []
