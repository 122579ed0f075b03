"""Fires: linked, shown with their siblings, exported, counted by the warning."""

import csv
import io
import re
import uuid
from datetime import timedelta
from typing import Any

from tests.api.test_appeals import send
from tests.api.test_retests import at
from tests.builders import NOW, make_body
from tests.played import Play

URL = "/api/v1/fires"


def report(play: Play, **told: Any) -> Any:
    body = {
        "occurred_at": at(NOW - timedelta(minutes=30)),
        "cause": "battery_fault",
        "certainty": "confirmed",
        **told,
    }
    return send(play, URL, "regulator", **body)


def test_a_fire_shows_its_pack_and_the_siblings(play: Play) -> None:
    burnt, sibling, red = play.green(), play.green(), play.red()
    play.green(model="V60-20")
    answer = report(play, code=burnt, district="110102", reference="119-2026/7")
    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    assert (told["link"], told["maker"], told["model"]) == ("code", "Volta", "V48-20")
    assert [one["code"] for one in told["linked"]] == [burnt]
    assert {one["code"] for one in told["siblings"]} == {sibling, red}
    assert (told["sibling_count"], told["red_siblings"]) == (2, 1)
    assert play.get(f"{URL}/{told['fire_id']}").get_json() == told
    (listed,) = play.get(URL).get_json()["items"]
    assert (listed["fire_id"], listed["batteries"]) == (told["fire_id"], 1)


def test_a_fire_is_linked_by_serial_or_by_model(play: Play) -> None:
    serial = f"V48-{uuid.uuid4().hex[:12].upper()}"
    code = play.green(pack_code=serial)
    by_serial = report(play, serial=serial.lower(), maker="VOLTA").get_json()
    assert [one["code"] for one in by_serial["linked"]] == [code]
    another = report(play, serial=serial, maker="Amper").get_json()
    assert another["linked"] == []
    by_model = report(play, maker="Volta", model="V48-20").get_json()
    assert (by_model["link"], by_model["linked"]) == ("model", [])
    assert by_model["sibling_count"] == 1


def test_what_is_no_report(play: Play) -> None:
    code = play.green()
    for told, field in (
        ({}, "code"),
        ({"code": code, "serial": "V48-1234"}, "code"),
        ({"model": "V48-20"}, "code"),
        ({"code": code, "occurred_at": at(NOW + timedelta(hours=1))}, "occurred_at"),
        ({"code": code, "cause": "magic"}, "cause"),
        ({"code": code, "district": "999999"}, "district"),
        ({"code": code, "address": "1 Street"}, "address"),
    ):
        answer = report(play, **told)
        assert answer.status_code == 422, told
        assert answer.get_json()["errors"][0]["field"] == field
    assert send(play, URL, "XC-01", code=code).status_code == 403
    assert play.get(URL).get_json()["items"] == []


def test_the_export_pairs_a_fire_with_every_earlier_reading(play: Play) -> None:
    serial = f"V48-{uuid.uuid4().hex[:12].upper()}"
    code = play.green(
        pack_code=serial,
        tested_at=at(NOW - timedelta(days=40)),
        owner_name="王小明",
        owner_phone="13800138000",
        plate="京A12345",
    )
    play.hand_in(make_body(pack_code=serial, tested_at=at(NOW - timedelta(hours=3))))
    report(play, code=code, occurred_at=at(NOW - timedelta(hours=4)), reference="Wang")
    report(play, maker="Amper", model="A1")
    text = play.get("/api/v1/exports/fires.csv", "auditor").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["code"], row["days_before"]) for row in rows] == [
        (code, "39"),
        ("", ""),
    ]
    assert rows[0]["verdict"] == "green"
    assert rows[0]["internal_resistance_mohm"] == "120.0"
    assert not re.search("王小明|13800138000|12345|Wang", text)


def test_the_warning_counts_a_fire_and_proposes_a_recall(play: Play) -> None:
    packs = [make_body(maker="Amper", model=f"A{n % 3}") for n in range(24)]
    bad = [make_body(maker="Amper", model="Z9", leakage=n < 5) for n in range(6)]
    play.hand_in(*packs, *bad)
    address = "/api/v1/early-warnings"
    first = play.get(address).get_json()["items"]
    assert {(one["model"], one["level"]) for one in first} == {("Z9", "propose")}
    by_month = next(one for one in first if one["month"] == "2024-05")
    assert (by_month["packs"], by_month["red"], by_month["signs"]) == (6, 5, ["red"])
    proposal = by_month["proposal"]
    assert proposal["produced_until"] == "2024-05-31"
    assert send(play, "/api/v1/recalls", "regulator", **proposal).status_code == 201
    for _ in range(2):
        report(play, maker="Amper", model="A1", certainty="possible")
    assert len(play.get(address).get_json()["items"]) == len(first)
    for _ in range(2):
        report(play, maker="Amper", model="A1", certainty="probable")
    burning = [
        one for one in play.get(address).get_json()["items"] if one["model"] == "A1"
    ]
    assert [(one["month"], one["fires"], one["level"]) for one in burning] == [
        (None, 2, "propose")
    ]
