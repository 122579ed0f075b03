"""Manifests: listed, judged, packed, sent; what is wrong stays where it is."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.manifests_played import (
    URL,
    collected,
    dispatch,
    dispatched,
    make_manifest,
    post,
    receipt,
    sscc,
    states,
)
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play


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


def test_one_drum_is_not_on_the_road_twice(play: Play) -> None:
    first, second = collected(play, 2)
    dispatched(play, [first])
    body = make_manifest([second])
    assert post(play, URL, "city-collect", body).status_code == 201
    answer = dispatch(play, body)
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (422, "manifest_unsound")
    assert told["sscc"] == sscc(1)
    assert states(play, [second]) == ["collected"]


def test_a_case_of_later_does_not_go_by_an_earlier_list(
    play: Play, clock: Clock
) -> None:
    pack_code = "V48-LATER-1"
    code = play.red(pack_code=pack_code)
    play.walk(code, until="collected")
    body = make_manifest([code])
    assert post(play, URL, "city-collect", body).status_code == 201
    appeal = {"code": code, "grounds": "The meter was cold."}
    filed = post(play, "/api/v1/appeals", "XC-01", appeal).get_json()
    decision = f"/api/v1/appeals/{filed['appeal_id']}/decision"
    upheld = {"upheld": True, "note": "Looked at again."}
    assert post(play, decision, "regulator", upheld).status_code == 200
    clock.now = NOW + timedelta(minutes=1)
    play.red(pack_code=pack_code, tested_at=(NOW - timedelta(minutes=31)).isoformat())
    play.walk(code, until="collected")
    answer = dispatch(play, body)
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (409, "custody_case_closed")
    assert told["battery"] == code.replace("-", "")
    assert states(play, [code]) == ["collected"]
