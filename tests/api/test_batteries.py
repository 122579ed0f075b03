from datetime import timedelta
from typing import Any

import pytest

from battery_registry.domain import code as codes
from battery_registry.store.tables.batteries import label
from tests.builders import NOW, make_body, make_red_body
from tests.played import Play

URL = "/api/v1/batteries"
UNKNOWN = codes.show(codes.mint(b"0123456789"))
PERSONAL = {
    "plate": "京A12345",
    "frame_number": "LX9988776655",
    "owner_name": "王小明",
    "owner_phone": "13800138000",
}


def ask(play: Play, path: str = "", key: str = "admin", **query: Any) -> Any:
    answer = play.get(f"{URL}{path}", key, **query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def found(play: Play, key: str = "admin", **query: Any) -> list[str]:
    return [item["code"] for item in ask(play, "", key, **query)["items"]]


def test_a_battery_is_told_as_it_stands(play: Play) -> None:
    play.green()
    code = play.red(pack_code="V48-ONE")
    play.walk(code, until="collected")
    told = ask(play, f"/{code}")
    assert told["code"] == code
    assert told["url"] == f"http://registry.test/b/{code}"
    assert told["pack_code"] == "V48-ONE"
    assert told["code_in_force"] == "red"
    assert told["case_state"] == "collected"
    assert told["sale"] == {"answer": "blocked", "reasons": ["case_open", "code_red"]}
    assert [rule["rule_id"] for rule in told["verdict"]["fired"]] == ["T1"]
    assert told["tested_by"] == "XC-01"
    assert told["label"] == {"code": code, "replaced_by": None}


def test_a_green_battery_is_fresh_until_its_next_inspection(play: Play) -> None:
    told = ask(play, f"/{play.green()}")
    assert told["fresh"] is True
    assert told["next_due"] > NOW.date().isoformat()
    assert told["case_state"] is None
    assert told["sale"] == {"answer": "clear", "reasons": []}


def test_a_code_is_read_however_it_is_typed(play: Play) -> None:
    code = play.green()
    for typed in (code.upper(), code.replace("-", ""), code.replace("-", " ")):
        assert ask(play, f"/{typed}")["code"] == code


def test_a_replaced_label_leads_to_its_battery_and_says_so(play: Play) -> None:
    code = play.green()
    with play.registry.runtime.database.writing() as session:
        new = session.execute(
            label.select().where(label.c.code == codes.parse(code))
        ).one()
        session.execute(
            label.insert().values(
                code=codes.parse(UNKNOWN),
                battery_id=new.battery_id,
                made_at=NOW,
                bound_at=NOW,
                replaced_by=new.code,
            )
        )
    told = ask(play, f"/{UNKNOWN}")
    assert told["code"] == code
    assert told["label"] == {"code": UNKNOWN, "replaced_by": code}


def test_what_is_not_there_is_not_found(play: Play) -> None:
    play.green()
    for path in (f"/{UNKNOWN}", f"/{UNKNOWN}/history"):
        answer = play.get(f"{URL}{path}")
        assert answer.status_code == 404
        assert answer.get_json()["code"] == "battery_unknown"
    with play.registry.runtime.database.writing() as session:
        session.execute(label.insert().values(code=codes.parse(UNKNOWN), made_at=NOW))
    assert play.get(f"{URL}/{UNKNOWN}").status_code == 404


def test_a_malformed_code_is_refused_by_name(play: Play) -> None:
    for path in ("/abc", "/abc/history"):
        answer = play.get(f"{URL}{path}")
        assert answer.status_code == 422
        assert answer.get_json()["code"] == "code_malformed"


def test_a_serial_finds_exactly_its_batteries(play: Play) -> None:
    volta = play.green(pack_code="SER-0001", maker="Volta")
    acme = play.green(pack_code="SER-0001", maker="Acme")
    play.green(pack_code="SER-00011")
    assert sorted(found(play, serial="SER-0001")) == sorted([volta, acme])
    assert sorted(found(play, serial=" ser-0001 ")) == sorted([volta, acme])
    assert found(play, serial="SER-000") == []


def test_a_prior_code_finds_its_battery(play: Play) -> None:
    code = play.green(pack_code="NEW-0001", prior_codes=["OLD-0001"])
    play.green()
    assert found(play, serial="OLD-0001") == [code]


def test_a_plate_finds_the_batteries_of_its_vehicle(play: Play) -> None:
    code = play.green(plate="京A12345")
    play.green(plate="京A12346")
    play.green()
    assert found(play, plate="京a 12345") == [code]
    assert found(play, plate="京A1234") == []


def test_who_only_handles_packs_does_not_ask_by_plate(play: Play) -> None:
    play.green(plate="京A12345")
    for key in ("city-collect", "greencell", "auditor"):
        answer = play.get(URL, key, plate="京A12345")
        assert answer.status_code == 403
        assert answer.get_json()["errors"][0]["field"] == "plate"
    assert len(found(play, "XC-01", plate="京A12345")) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "serial"),
        ({"serial": "SER-0001", "plate": "京A12345"}, "serial"),
        ({"serial": "x"}, "serial"),
        ({"serial": "x" * 65}, "serial"),
        ({"plate": "京\x00A12345"}, "plate"),
        ({"owner": "Wang"}, "owner"),
    ],
)
def test_a_bad_question_is_named(play: Play, query: dict[str, str], field: str) -> None:
    answer = play.get(URL, **query)
    assert answer.status_code == 422
    assert field in [fault["field"] for fault in answer.get_json()["errors"]]


def test_history_is_whole_and_newest_first(play: Play) -> None:
    play.red()
    earlier = (NOW - timedelta(days=3)).isoformat()
    code = play.green(pack_code="HIS-0001", tested_at=earlier)
    play.hand_in(make_red_body(pack_code="HIS-0001"))
    play.walk(code, until="destroyed")
    told = ask(play, f"/{code}/history")
    verdicts = [each["verdict"]["code"] for each in told["inspections"]]
    assert verdicts == ["red", "green"]
    assert told["inspections"][0]["internal_resistance_mohm"] == 500.1
    assert told["inspections"][0]["instrument"] == "EBC-1"
    changes = [(each["from_code"], each["to_code"]) for each in told["code_changes"]]
    assert changes == [("green", "red"), (None, "green")]
    assert [each["to_state"] for each in told["custody_events"]] == [
        "destroyed",
        "dismantled",
        "received",
        "in_transit",
        "collected",
        "isolated",
        "flagged",
    ]


def test_an_inspection_that_arrives_late_stands_where_it_was_made(play: Play) -> None:
    code = play.green(pack_code="LATE-0001")
    play.hand_in(
        make_body(
            pack_code="LATE-0001", tested_at=(NOW - timedelta(days=9)).isoformat()
        )
    )
    times = [each["tested_at"] for each in ask(play, f"/{code}/history")["inspections"]]
    assert times == sorted(times, reverse=True)
    assert len(times) == 2


def test_no_answer_has_personal_data(play: Play) -> None:
    code = play.red(pack_code="PERS-0001", **PERSONAL)
    told = "".join(
        play.get(f"{URL}{path}").text
        for path in (f"/{code}", f"/{code}/history", "?serial=PERS-0001")
    )
    assert "PERS-0001" in told
    assert not any(value in told for value in PERSONAL.values())


def test_a_regulator_sees_the_own_district_only(play: Play) -> None:
    other = play.green(pack_code="DIST-0001", plate="京A12345")
    mine = play.green(key="HD-01")
    key = play.add_district_regulator()
    assert ask(play, f"/{mine}", key)["district"] == "110108"
    for path in (f"/{other}", f"/{other}/history"):
        assert play.get(f"{URL}{path}", key).status_code == 404
    assert found(play, key, serial="DIST-0001") == []
    assert found(play, key, plate="京A12345") == []


def test_who_may_read_and_who_may_not(play: Play) -> None:
    code = play.green()
    for key in ("XC-01", "HD-01", "city-collect", "greencell", "regulator", "auditor"):
        assert play.get(f"{URL}/{code}", key).status_code == 200
    assert play.get(f"{URL}/{code}", "dealer").status_code == 403
    assert play.get(f"{URL}/{code}", None).status_code == 401
