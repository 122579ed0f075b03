import uuid
from datetime import timedelta
from typing import Any

import pytest

from battery_registry.domain import code as codes
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play, make_step

URL = "/api/v1/custody"
UNKNOWN = codes.show(codes.mint(b"0123456789"))


def chain(play: Play, code: str, key: str = "admin") -> Any:
    answer = play.get(f"{URL}/{code}", key)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_the_chain_names_both_parties_of_every_link(play: Play) -> None:
    play.red()
    code = play.red()
    play.walk(code, until="destroyed")
    told = chain(play, code)
    assert [
        (e["to_state"], e["giver"], e["receiver"], e["biz_step"], e["disposition"])
        for e in told["events"]
    ] == [
        ("flagged", "resident", "resident", "inspecting", "non_conformant"),
        ("isolated", "resident", "xicheng-checks", "holding", "non_sellable_other"),
        ("collected", "xicheng-checks", "city-collect", "collecting", "disposed"),
        ("in_transit", "city-collect", "safe-haul", "departing", "in_transit"),
        ("received", "safe-haul", "greencell", "receiving", "disposed"),
        ("dismantled", "greencell", "greencell", "disassembling", "in_progress"),
        ("destroyed", "greencell", "greencell", "destroying", "destroyed"),
    ]
    assert [event["seq"] for event in told["events"]] == list(range(1, 8))
    assert told["parties"]["greencell"] == "Greencell"
    assert told["events"][-1]["evidence"] == {
        "certificate_number": "D-2026-1",
        "kg_metals": 2.9,
        "kg_black_mass": 1.3,
    }


def test_a_destroyed_case_is_closed(play: Play) -> None:
    code = play.red()
    play.walk(code, until="destroyed")
    told = chain(play, code)
    assert told["closed_at"] == NOW.isoformat()
    assert (told["due_at"], told["lawful_next"]) == (None, [])
    answer = play.step(code, "XC-01")
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "custody_case_closed"


def test_a_step_answers_with_the_event_and_the_case_after_it(play: Play) -> None:
    code = play.red()
    step = make_step(
        evidence={"note": "in the steel box", "mass_kg": 3.5, "photo": True}
    )
    answer = play.step(code, "XC-01", **step)
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["code"] == code
    assert told["event"]["event_id"] == step["event_id"]
    assert told["event"]["evidence"] == step["evidence"]
    assert told["event"]["signed_by"] == "xicheng-checks"
    assert told["case"]["state"] == "isolated"
    assert told["case"]["holder"] == "xicheng-checks"
    assert told["case"]["lawful_next"] == ["collected", "received", "missing"]
    assert told["case"]["due_at"] == (NOW + timedelta(days=7, minutes=-30)).isoformat()


def test_an_unlawful_step_is_refused_with_the_lawful_ones(play: Play) -> None:
    code = play.red()
    answer = play.step(
        code, "greencell", to_state="destroyed", giver="resident", receiver="greencell"
    )
    assert answer.status_code == 409
    told = answer.get_json()
    assert told["code"] == "custody_step_unlawful"
    assert told["state"] == "flagged"
    assert told["lawful_next"] == ["isolated", "collected", "missing"]
    assert chain(play, code)["state"] == "flagged"


def test_nobody_clears_a_case_by_hand(play: Play) -> None:
    code = play.red()
    answer = play.step(code, "XC-01", to_state="cleared")
    assert answer.status_code == 409
    assert chain(play, code)["state"] == "flagged"


def test_the_same_step_told_again_is_one_event(play: Play, clock: Clock) -> None:
    code = play.red()
    step = make_step()
    first = play.step(code, "XC-01", **step)
    play.pass_on(
        code, giver="xicheng-checks", receiver="city-collect", to_state="collected"
    )
    clock.now = NOW + timedelta(hours=1)
    again = play.step(code, "XC-01", **step)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert len(chain(play, code)["events"]) == 3
    assert chain(play, code)["state"] == "collected"


def test_an_event_id_is_not_used_twice(play: Play) -> None:
    code = play.red()
    step = make_step()
    play.step(code, "XC-01", **step)
    for key, changes in (
        ("XC-01", {"evidence": {"note": "another"}}),
        ("XC-01", {"to_state": "missing"}),
        ("HD-01", {}),
        ("greencell", {}),
    ):
        answer = play.step(code, key, **{**step, **changes})
        assert answer.status_code == 422
        assert answer.get_json()["code"] == "event_id_reused"
        assert answer.get_json()["errors"][0]["field"] == "event_id"
    assert len(chain(play, code)["events"]) == 2


def test_two_batteries_may_tell_the_same_event_id(play: Play) -> None:
    first, second = play.red(), play.red()
    step = make_step()
    assert play.step(first, "XC-01", **step).status_code == 201
    assert play.step(second, "XC-01", **step).status_code == 201


@pytest.mark.parametrize("field", ["giver", "receiver"])
def test_an_unknown_party_is_named(play: Play, field: str) -> None:
    code = play.red()
    answer = play.step(code, "XC-01", **{field: "nobody-at-all"})
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "custody_party_unknown"
    assert answer.get_json()["errors"][0]["field"] == field


def test_nobody_signs_for_another_organisation(play: Play) -> None:
    code = play.red()
    for key in ("HD-01", "city-collect", "greencell"):
        answer = play.step(code, key)
        assert answer.status_code == 403
        assert answer.get_json()["code"] == "custody_not_your_step"
    for key in ("regulator", "auditor", "admin", "dealer"):
        assert play.step(code, key).get_json()["code"] == "not_allowed"
    assert chain(play, code)["state"] == "flagged"


def test_destruction_needs_its_certificate(play: Play) -> None:
    code = play.red()
    play.walk(code, until="received")
    answer = play.step(
        code,
        "greencell",
        to_state="destroyed",
        giver="greencell",
        receiver="greencell",
        occurred_at=NOW.isoformat(),
        evidence={"certificate_number": "  "},
    )
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "custody_evidence_missing"
    assert answer.get_json()["errors"][0]["field"] == "certificate_number"


def test_what_cannot_have_happened_is_refused(play: Play) -> None:
    code = play.red()
    for occurred_at in (NOW - timedelta(days=1), NOW + timedelta(minutes=6)):
        answer = play.step(code, "XC-01", occurred_at=occurred_at.isoformat())
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "occurred_at"


def test_a_pack_without_a_case_has_no_chain(play: Play) -> None:
    green = play.green()
    for code in (green, UNKNOWN):
        answer = play.get(f"{URL}/{code}")
        assert answer.status_code == 404
        assert answer.get_json()["code"] == "custody_no_case"
        assert play.step(code, "XC-01").status_code == 404
    assert play.get(f"{URL}/abc").get_json()["code"] == "code_malformed"
    assert play.step("abc", "XC-01").get_json()["code"] == "code_malformed"


def test_a_missing_pack_is_found_again(play: Play) -> None:
    code = play.red()
    play.walk(code, until="collected")
    lost = play.step(
        code,
        "city-collect",
        to_state="missing",
        giver="city-collect",
        receiver="city-collect",
        occurred_at=(NOW - timedelta(minutes=5)).isoformat(),
        event_id=str(uuid.uuid4()),
    )
    assert lost.status_code == 201, lost.text
    assert lost.get_json()["case"]["lawful_next"] == ["isolated"]
    found = play.step(
        code,
        "city-collect",
        giver="city-collect",
        receiver="city-collect",
        occurred_at=NOW.isoformat(),
    )
    assert found.status_code == 201, found.text


def test_a_refused_load_stays_with_its_carrier(play: Play) -> None:
    code = play.red()
    play.walk(code, until="in_transit")
    step = make_step(
        to_state="mismatch",
        giver="safe-haul",
        receiver="greencell",
        occurred_at=NOW.isoformat(),
        evidence={"note": "another pack in the box"},
    )
    first = play.step(code, "greencell", **step)
    assert first.get_json()["case"]["holder"] == "safe-haul"
    assert play.step(code, "greencell", **step).get_json() == first.get_json()
    assert chain(play, code)["holder"] == "safe-haul"


def test_a_regulator_sees_the_own_district_only(play: Play) -> None:
    other, mine = play.red(), play.red(key="HD-01")
    key = play.add_district_regulator()
    assert chain(play, mine, key)["state"] == "flagged"
    assert play.get(f"{URL}/{other}", key).status_code == 404


def test_a_late_case_says_so(play: Play, clock: Clock) -> None:
    code = play.red()
    assert chain(play, code)["overdue"] is False
    clock.now = NOW + timedelta(days=2)
    assert chain(play, code)["overdue"] is True


def test_no_personal_data_in_the_chain(play: Play) -> None:
    code = play.red(plate="京A12345", owner_name="王小明", owner_phone="13800138000")
    told = play.get(f"{URL}/{code}", "greencell").text
    assert not any(word in told for word in ("王小明", "12345", "13800138000"))
