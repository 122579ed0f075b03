"""Manifests: packed, sent, counted, weighed; what differs holds the rest."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from battery_registry.domain.gs1.check_digits import check_digit
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor

URL = "/api/v1/manifests"
INCIDENTS = "/api/v1/incidents"


def sscc(number: int) -> str:
    body = f"09520000000{number:06d}"
    return body + check_digit(body)


def post(play: Play, address: str, key: str, body: Any) -> TestResponse:
    return play.client.post(address, json=body, headers=play.registry.headers(key))


def collected(play: Play, packs: int) -> list[str]:
    codes = [play.red() for _ in range(packs)]
    for code in codes:
        play.walk(code, until="collected")
    return codes


def make_manifest(codes: list[str], **changes: Any) -> dict[str, Any]:
    drum = {"sscc": sscc(1), "damage_class": "damaged", "packing_instruction": "P908"}
    return {
        "manifest_id": str(uuid.uuid4()),
        "carrier": "safe-haul",
        "receiver": "greencell",
        "judged_by": "C-0001",
        "judge_trained_on": "2026-03-01",
        "drums": [drum],
        "packs": [{"code": code, "sscc": sscc(1), "mass_kg": 4.0} for code in codes],
        **changes,
    }


def dispatched(play: Play, codes: list[str], **changes: Any) -> str:
    body = make_manifest(codes, **changes)
    made = post(play, URL, "city-collect", body)
    assert made.status_code == 201, made.text
    address = f"{URL}/{body['manifest_id']}"
    left = {"occurred_at": (NOW - timedelta(minutes=20)).isoformat()}
    sent = post(play, f"{address}/dispatch", "safe-haul", left)
    assert sent.status_code == 200, sent.text
    assert sent.get_json()["status"] == "dispatched"
    return address


def receipt(codes: list[str], mass_kg: float, *, minutes: int = 10) -> dict[str, Any]:
    return {
        "occurred_at": (NOW - timedelta(minutes=minutes)).isoformat(),
        "drums": [{"sscc": sscc(1), "mass_kg": mass_kg}],
        "packs": codes,
    }


def destroy(play: Play, code: str, **changes: Any) -> TestResponse:
    evidence = {"certificate_number": "D-1", "kg_metals": 2.5, "kg_black_mass": 1.5}
    return play.step(
        code,
        "greencell",
        to_state="destroyed",
        giver="greencell",
        receiver="greencell",
        occurred_at=NOW.isoformat(),
        evidence={**evidence, **changes},
    )


def states(play: Play, codes: list[str]) -> list[str]:
    return [play.get(f"/api/v1/custody/{code}").get_json()["state"] for code in codes]


def test_twenty_sent_nineteen_received_and_one_found_a_day_later(
    play: Play, clock: Clock
) -> None:
    codes = collected(play, 20)
    address = dispatched(play, codes)
    assert set(states(play, codes)) == {"in_transit"}
    came = post(play, f"{address}/receipt", "greencell", receipt(codes[:19], 76.0))
    told = came.get_json()
    assert (told["status"], told["holds_destruction"]) == ("differing", True)
    assert states(play, codes)[18:] == ["received", "mismatch"]
    (incident,) = play.get(INCIDENTS, "regulator").get_json()["items"]
    assert (incident["kind"], incident["closed_at"]) == ("manifest_difference", None)
    assert incident["detail"]["missing"] == [codes[19].replace("-", "")]
    assert incident["held_packs"] == 20
    refused = destroy(play, codes[0])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "custody_held")
    assert refused.get_json()["incident_id"] == incident["incident_id"]
    clock.now = NOW + timedelta(days=1)
    found = receipt(codes[19:], 80.0, minutes=-24 * 60)
    settled = post(play, f"{address}/receipt", "greencell", found).get_json()
    assert (settled["status"], settled["holds_destruction"]) == ("settled", False)
    assert states(play, codes)[19] == "received"
    (closed,) = play.get(INCIDENTS, "regulator", open="false").get_json()["items"]
    assert (closed["incident_id"], closed["held_packs"]) == (
        incident["incident_id"],
        0,
    )
    assert closed["closed_at"] == clock.now.isoformat()
    assert destroy(play, codes[0]).status_code == 201


def test_the_regulators_page_shows_the_hold_and_its_release(
    play: Play, app: Flask
) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    post(play, f"{address}/receipt", "greencell", receipt(codes[:1], 4.0))
    regulator = Visitor(app).sign_in("regulator")
    shown = regulator.get("/incidents").text
    assert "differs from what was sent" in shown
    assert "2 packs held back" in shown
    assert codes[1].replace("-", "") in shown
    post(play, f"{address}/receipt", "greencell", receipt(codes, 8.0, minutes=5))
    shown = regulator.get("/incidents").text
    assert "packs held back" not in shown
    assert "Settled" in shown


def test_a_pack_of_a_manifest_has_both_signatures_and_its_drum(play: Play) -> None:
    codes = collected(play, 1)
    address = dispatched(play, codes)
    post(play, f"{address}/receipt", "greencell", receipt(codes, 4.1))
    chain = play.get(f"/api/v1/custody/{codes[0]}").get_json()["events"]
    manifest_id = address.rpartition("/")[2]
    assert [event["evidence"] for event in chain[-2:]] == [
        {
            "mass_kg": 4.0,
            "manifest_id": manifest_id,
            "sscc": sscc(1),
            "offered_by": "city-collect",
            "accepted_by": "safe-haul",
        },
        {
            "mass_kg": 4.0,
            "manifest_id": manifest_id,
            "sscc": sscc(1),
            "offered_by": "safe-haul",
            "accepted_by": "greencell",
        },
    ]


@pytest.mark.parametrize(
    ("damage", "packing", "rule", "needs"),
    [
        ("none", "P908", "ADR-SP377-P909", "P909"),
        ("damaged", "P909", "ADR-SP376-P908", "P908"),
        ("damaged", "P911", "ADR-SP376-P908", "P908"),
        ("reacting", "P908", "ADR-SP376-P911", "P911"),
    ],
)
def test_wrong_packing_stays_where_it_is_and_the_rule_is_named(
    play: Play, damage: str, packing: str, rule: str, needs: str
) -> None:
    codes = collected(play, 1)
    drum = {"sscc": sscc(1), "damage_class": damage, "packing_instruction": packing}
    body = make_manifest(codes, drums=[drum])
    assert post(play, URL, "city-collect", body).status_code == 201
    left = {"occurred_at": NOW.isoformat()}
    answer = post(play, f"{URL}/{body['manifest_id']}/dispatch", "safe-haul", left)
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (409, "manifest_packing")
    assert (told["rule"], told["needs"], told["sscc"]) == (rule, needs, sscc(1))
    assert states(play, codes) == ["collected"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"judge_trained_on": "2020-01-01"}, "manifest_judge_untrained"),
        ({"judge_trained_on": "2027-01-01"}, "manifest_judge_untrained"),
    ],
)
def test_nobody_untrained_judges_damage(
    play: Play, changes: dict[str, Any], code: str
) -> None:
    body = make_manifest(collected(play, 1), **changes)
    post(play, URL, "city-collect", body)
    left = {"occurred_at": NOW.isoformat()}
    answer = post(play, f"{URL}/{body['manifest_id']}/dispatch", "safe-haul", left)
    assert (answer.status_code, answer.get_json()["code"]) == (409, code)


def test_a_list_must_hold_together(play: Play) -> None:
    code, other = collected(play, 2)
    elsewhere = play.red()
    drum = make_manifest([])["drums"][0]
    pack = {"code": code, "sscc": sscc(1), "mass_kg": 4.0}
    for changes, field in (
        ({"drums": [{**drum, "sscc": "095200000000000001"}]}, "drums.0.sscc"),
        ({"drums": [drum, drum]}, "drums"),
        ({"drums": [drum, {**drum, "sscc": sscc(2)}]}, "packs"),
        ({"packs": [pack, pack]}, "packs"),
        ({"packs": [{**pack, "sscc": sscc(2)}]}, "packs"),
        ({"packs": [{**pack, "code": elsewhere}]}, "packs.0.code"),
        ({"packs": [{**pack, "mass_kg": 0}]}, "packs.0.mass_kg"),
        ({"carrier": "greencell"}, "carrier"),
        ({"receiver": "safe-haul"}, "receiver"),
        ({"receiver": "nobody"}, "receiver"),
        ({"waste_kind": "lead_acid"}, "packs.0.code"),
    ):
        body = make_manifest([code, other], **changes)
        answer = post(play, URL, "city-collect", body)
        assert answer.status_code == 422, (changes, answer.text)
        assert answer.get_json()["errors"][0]["field"] == field, changes


def test_only_its_parties_act_on_a_manifest(play: Play) -> None:
    codes = collected(play, 1)
    body = make_manifest(codes)
    address = f"{URL}/{body['manifest_id']}"
    assert post(play, URL, "safe-haul", body).status_code == 422
    post(play, URL, "city-collect", body)
    left = {"occurred_at": NOW.isoformat()}
    assert post(play, f"{address}/dispatch", "city-collect", left).status_code == 404
    early = post(play, f"{address}/receipt", "greencell", receipt(codes, 4.0))
    assert early.get_json()["code"] == "manifest_state"
    assert play.get(address, "XC-01").status_code == 403
    for key in ("city-collect", "safe-haul", "greencell", "regulator", "auditor"):
        assert play.get(address, key).get_json()["packs"][0]["code"] == codes[0]
        assert len(play.get(URL, key).get_json()["items"]) == 1
    again = post(play, URL, "city-collect", body)
    assert again.get_json() == play.get(address).get_json()
    other = {**body, "vehicle": "A-1"}
    assert post(play, URL, "city-collect", other).status_code == 422


def test_a_drum_of_another_mass_is_a_difference_until_a_regulator_settles_it(
    play: Play,
) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    came = receipt(codes, 7.0)
    told = post(play, f"{address}/receipt", "greencell", came).get_json()
    (incident,) = told["incidents"]
    assert incident["detail"]["masses"] == [
        {"sscc": sscc(1), "sent_kg": 8.0, "received_kg": 7.0}
    ]
    assert destroy(play, codes[0]).status_code == 409
    closing = f"{INCIDENTS}/{incident['incident_id']}/close"
    note = {"note": "The scale was off by a kilogram."}
    assert post(play, closing, "greencell", note).status_code == 403
    assert post(play, closing, "regulator", {"note": " "}).status_code == 422
    assert post(play, closing, "regulator", note).status_code == 204
    assert post(play, closing, "regulator", note).status_code == 409
    assert destroy(play, codes[0]).status_code == 201


def test_a_pack_that_was_not_listed_is_a_difference(play: Play) -> None:
    codes, stray = collected(play, 1), play.red()
    address = dispatched(play, codes)
    came = receipt([*codes, stray], 4.0)
    told = post(play, f"{address}/receipt", "greencell", came).get_json()
    assert told["incidents"][0]["detail"]["surplus"] == [stray.replace("-", "")]
    assert states(play, [stray]) == ["flagged"]
    again = post(play, f"{address}/receipt", "greencell", receipt(codes, 4.0))
    assert again.get_json()["status"] == "differing"


@pytest.mark.parametrize(
    ("fractions", "status"),
    [
        ({"kg_metals": 2.5, "kg_black_mass": 1.5}, 201),
        ({"kg_metals": 2.5, "kg_black_mass": 1.31}, 201),
        ({"kg_metals": 2.5, "kg_black_mass": 1.29}, 422),
        ({"kg_metals": 2.5, "kg_black_mass": 1.71}, 422),
        ({"kg_metals": 0, "kg_black_mass": 0}, 422),
        ({"kg_metals": 5.0, "kg_black_mass": -1.0}, 422),
    ],
)
def test_what_went_in_comes_out(
    play: Play, fractions: dict[str, Any], status: int
) -> None:
    codes = collected(play, 1)
    address = dispatched(play, codes)
    post(play, f"{address}/receipt", "greencell", receipt(codes, 4.0))
    answer = destroy(play, codes[0], **fractions)
    assert answer.status_code == status
    if status == 422:
        assert answer.get_json()["code"] == "custody_mass_unbalanced"
        assert answer.get_json()["in_kg"] == 4.0
