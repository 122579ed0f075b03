"""Offers between organisations: made, accepted by scan, declined, lapsed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play, make_step

URL = "/api/v1/offers"


def isolated(play: Play) -> str:
    code = play.red()
    play.walk(code, until="isolated")
    return code


def offered(play: Play, code: str, key: str = "XC-01", **changes: Any) -> str:
    answer = play.offer(code, key, **changes)
    assert answer.status_code == 201, answer.text
    offer_id: str = answer.get_json()["offer_id"]
    return offer_id


def standing(play: Play, code: str) -> tuple[str, str]:
    told = play.get(f"/api/v1/custody/{code}").get_json()
    return told["state"], told["holder"]


def settle(play: Play, offer_id: str, key: str, how: str) -> TestResponse:
    return play.client.post(
        f"{URL}/{offer_id}/{how}", headers=play.registry.headers(key)
    )


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_possession_changes_when_the_receiver_accepts_and_not_before(
    play: Play,
) -> None:
    code = isolated(play)
    offer_id = offered(play, code, evidence={"note": "boxed"})
    assert standing(play, code) == ("isolated", "xicheng-checks")
    answer = play.accept(
        offer_id, "city-collect", code=code, evidence={"vehicle": "A-7"}
    )
    assert answer.status_code == 201, answer.text
    assert standing(play, code) == ("collected", "city-collect")
    assert answer.get_json()["event"]["evidence"] == {
        "note": "boxed",
        "vehicle": "A-7",
        "offer_id": offer_id,
        "offered_by": "xicheng-checks/inspector",
        "accepted_by": "city-collect",
    }


def test_between_organisations_one_word_is_refused(play: Play) -> None:
    code = isolated(play)
    told = make_step(
        to_state="collected", giver="xicheng-checks", receiver="city-collect"
    )
    answer = play.step(code, "city-collect", **told)
    assert refusal(answer) == (409, "custody_offer_needed")
    assert standing(play, code) == ("isolated", "xicheng-checks")


@pytest.mark.parametrize("name", ["offer_id", "offered_by", "accepted_by", "sscc"])
def test_nobody_forges_a_signature(play: Play, name: str) -> None:
    code = play.red()
    forged = {name: "city-collect"}
    told = play.step(code, "XC-01", evidence=forged)
    assert refusal(told) == (422, "custody_evidence_reserved")
    play.walk(code, until="isolated")
    assert play.offer(code, "XC-01", evidence=forged).status_code == 422
    offer_id = offered(play, code)
    accepted = play.accept(offer_id, "city-collect", code=code, evidence=forged)
    assert accepted.get_json()["errors"][0]["field"] == f"evidence.{name}"


def test_the_same_acceptance_told_again_is_one_event(play: Play) -> None:
    code = isolated(play)
    told = {"event_id": str(uuid.uuid4()), "code": code}
    offer_id = offered(play, code)
    first = play.accept(offer_id, "city-collect", **told)
    again = play.accept(offer_id, "city-collect", **told)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    other = play.accept(offer_id, "city-collect", code=code)
    assert refusal(other) == (409, "offer_closed")
    assert other.get_json()["offer_status"] == "accepted"


def test_the_same_offer_told_again_is_one_offer(play: Play) -> None:
    code = isolated(play)
    offer_id = str(uuid.uuid4())
    first = play.offer(code, "XC-01", offer_id=offer_id)
    again = play.offer(code, "XC-01", offer_id=offer_id)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    other = play.offer(code, "XC-01", offer_id=offer_id, evidence={"note": "x"})
    assert refusal(other) == (422, "event_id_reused")
    assert refusal(play.offer(code, "XC-01")) == (409, "offer_stands")


def test_only_the_label_on_the_battery_takes_it_over(play: Play) -> None:
    code, other = isolated(play), isolated(play)
    offer_id = offered(play, code)
    wrong = play.accept(offer_id, "city-collect", code=other)
    assert refusal(wrong) == (422, "offer_other_label")
    assert standing(play, other) == ("isolated", "xicheng-checks")
    assert play.accept(offer_id, "city-collect", code=code).status_code == 201


def test_only_the_two_sides_settle_an_offer(play: Play) -> None:
    code = isolated(play)
    offer_id = offered(play, code)
    for key in ("XC-01", "safe-haul", "greencell"):
        answer = play.accept(offer_id, key, code=code)
        assert refusal(answer) == (404, "offer_unknown")
    assert settle(play, offer_id, "XC-01", "decline").status_code == 404
    assert settle(play, offer_id, "city-collect", "withdraw").status_code == 404
    assert settle(play, str(uuid.uuid4()), "XC-01", "withdraw").status_code == 404
    assert play.accept(offer_id, "regulator", code=code).status_code == 403


@pytest.mark.parametrize(
    ("how", "key", "status"),
    [("decline", "city-collect", "declined"), ("withdraw", "XC-01", "withdrawn")],
)
def test_what_is_declined_or_withdrawn_stays_with_its_giver(
    play: Play, how: str, key: str, status: str
) -> None:
    code = isolated(play)
    offer_id = offered(play, code)
    for _ in range(2):
        answer = settle(play, offer_id, key, how)
        assert (answer.status_code, answer.get_json()["status"]) == (200, status)
    refused = play.accept(offer_id, "city-collect", code=code)
    assert refusal(refused) == (409, "offer_closed")
    assert refused.get_json()["offer_status"] == status
    assert standing(play, code) == ("isolated", "xicheng-checks")
    assert offered(play, code) != offer_id


def test_an_offer_lapses_after_three_days(play: Play, clock: Clock) -> None:
    code = isolated(play)
    offer_id = offered(play, code)
    clock.now = NOW + timedelta(hours=72)
    refused = play.accept(
        offer_id, "city-collect", code=code, occurred_at=clock.now.isoformat()
    )
    assert refusal(refused) == (409, "offer_closed")
    again = offered(play, code)
    clock.now -= timedelta(seconds=1)
    assert play.accept(again, "city-collect", code=code).status_code == 201


def test_another_step_voids_what_was_offered(play: Play) -> None:
    code = isolated(play)
    offer_id = offered(play, code)
    lost = play.step(
        code,
        "XC-01",
        to_state="missing",
        giver="xicheng-checks",
        occurred_at=NOW.isoformat(),
    )
    assert lost.status_code == 201, lost.text
    refused = play.accept(offer_id, "city-collect", code=code)
    assert refusal(refused) == (409, "offer_closed")
    listed = play.get(URL, "XC-01", role="from").get_json()["items"]
    assert [one["status"] for one in listed] == ["superseded"]


@pytest.mark.parametrize(
    ("key", "changes", "code"),
    [
        ("XC-01", {"to_state": "destroyed"}, "custody_step_unlawful"),
        ("XC-01", {"receiver": "xicheng-checks"}, "offer_not_needed"),
        ("XC-01", {"receiver": "resident"}, "offer_not_needed"),
        ("XC-01", {"receiver": "nobody"}, "custody_party_unknown"),
        ("XC-01", {"receiver": "wheel-shop"}, "custody_wrong_party"),
        ("HD-01", {}, "custody_wrong_party"),
        ("XC-01", {"receiver": 7}, "input_invalid"),
    ],
)
def test_what_could_not_be_accepted_is_refused_at_once(
    play: Play, key: str, changes: dict[str, Any], code: str
) -> None:
    answer = play.offer(isolated(play), key, **changes)
    assert answer.get_json()["code"] == code, answer.text


def test_offers_are_listed_by_side_and_by_page(play: Play, clock: Clock) -> None:
    codes = [isolated(play) for _ in range(3)]
    made = []
    for number, code in enumerate(codes):
        clock.now = NOW + timedelta(minutes=number)
        made.append(offered(play, code))
    play.accept(made[0], "city-collect", code=codes[0])
    first = play.get(URL, "city-collect", role="to", limit=2).get_json()
    rest = play.get(
        URL, "city-collect", role="to", limit=2, cursor=first["next_cursor"]
    ).get_json()
    ids = [one["offer_id"] for one in [*first["items"], *rest["items"]]]
    assert (ids, rest["next_cursor"]) == (made[::-1], None)
    waiting = play.get(URL, "city-collect", role="to", open="true").get_json()
    assert [one["offer_id"] for one in waiting["items"]] == made[:0:-1]
    assert play.get(URL, "XC-01", role="from").get_json()["items"] != []
    assert play.get(URL, "greencell", role="to").get_json()["items"] == []
    assert play.get(URL, "XC-01").status_code == 422
