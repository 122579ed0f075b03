"""What arrives is counted and weighed; what differs holds the rest."""

from datetime import timedelta

from sqlalchemy import func, select

from battery_registry.store.tables.cases import ledger_leaf
from tests.api.manifests_played import (
    INCIDENTS,
    collected,
    destroy,
    dispatched,
    post,
    receipt,
    sscc,
    states,
)
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play


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


def test_a_pack_that_the_carrier_told_missing_is_found_at_the_gate(play: Play) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    lost = play.step(
        codes[0],
        "safe-haul",
        to_state="missing",
        giver="safe-haul",
        receiver="safe-haul",
        occurred_at=(NOW - timedelta(minutes=15)).isoformat(),
    )
    assert lost.status_code == 201, lost.text
    came = post(play, f"{address}/receipt", "greencell", receipt(codes, 8.0))
    assert came.get_json()["status"] == "settled", came.text
    chain = play.get(f"/api/v1/custody/{codes[0]}").get_json()["events"]
    assert [(e["to_state"], e["giver"], e["receiver"]) for e in chain[-3:]] == [
        ("missing", "safe-haul", "safe-haul"),
        ("isolated", "safe-haul", "greencell"),
        ("received", "greencell", "greencell"),
    ]
    (incident,) = play.get(INCIDENTS, "regulator").get_json()["items"]
    assert (incident["kind"], incident["closed_at"] is None) == ("pack_missing", False)


def test_what_another_answers_for_by_now_needs_an_offer_of_its_own(play: Play) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    play.step(
        codes[0],
        "safe-haul",
        to_state="missing",
        giver="safe-haul",
        receiver="safe-haul",
        occurred_at=(NOW - timedelta(minutes=15)).isoformat(),
    )
    at = (NOW - timedelta(minutes=14)).isoformat()
    found = play.pass_on(
        codes[0],
        giver="safe-haul",
        receiver="haidian-checks",
        to_state="isolated",
        occurred_at=at,
    )
    assert found.status_code == 201, found.text
    came = post(play, f"{address}/receipt", "greencell", receipt(codes, 8.0))
    (incident,) = came.get_json()["incidents"]
    assert incident["detail"]["elsewhere"] == [codes[0].replace("-", "")]
    assert incident["detail"]["missing"] == []
    assert states(play, codes) == ["isolated", "received"]
    taken = play.pass_on(
        codes[0],
        giver="haidian-checks",
        receiver="greencell",
        to_state="received",
        evidence={"mass_kg": 4.0},
        occurred_at=NOW.isoformat(),
    )
    assert taken.status_code == 201, taken.text
    again = post(play, f"{address}/receipt", "greencell", receipt(codes[:1], 8.0))
    assert again.get_json()["status"] == "settled"


def test_a_pack_cleared_on_the_way_is_counted_and_takes_no_step(play: Play) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    filed = post(
        play,
        "/api/v1/appeals",
        "XC-01",
        {"code": codes[0], "grounds": "The meter was cold."},
    ).get_json()
    upheld = post(
        play,
        f"/api/v1/appeals/{filed['appeal_id']}/decision",
        "regulator",
        {"upheld": True, "note": "Looked at again."},
    )
    assert upheld.status_code in {200, 201}, upheld.text
    came = post(play, f"{address}/receipt", "greencell", receipt(codes, 8.0))
    assert came.get_json()["status"] == "settled", came.text
    assert states(play, codes) == ["cleared", "received"]


def test_a_hold_and_its_release_are_sealed_for_every_pack(play: Play) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    came = receipt(codes[:1], 4.0)
    for _ in range(2):
        post(play, f"{address}/receipt", "greencell", came)
    assert sealed(play) == [1, 1]
    post(play, f"{address}/receipt", "greencell", receipt(codes, 8.0, minutes=5))
    assert sealed(play) == [2, 2]


def test_a_pack_on_a_later_journey_is_no_business_of_an_earlier_list(
    play: Play,
) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    post(play, f"{address}/receipt", "greencell", receipt(codes[:1], 4.0))
    carrier = {"giver": "safe-haul", "receiver": "safe-haul"}
    for minute, state in ((9, "missing"), (8, "isolated")):
        at = (NOW - timedelta(minutes=minute)).isoformat()
        told = play.step(
            codes[1], "safe-haul", to_state=state, occurred_at=at, **carrier
        )
        assert told.status_code == 201, told.text
    for minute, state, giver, receiver in (
        (7, "collected", "safe-haul", "city-collect"),
        (6, "in_transit", "city-collect", "safe-haul"),
    ):
        at = (NOW - timedelta(minutes=minute)).isoformat()
        parties = {"giver": giver, "receiver": receiver}
        told = play.pass_on(codes[1], to_state=state, occurred_at=at, **parties)
        assert told.status_code == 201, told.text
    for came, key in ((codes[:1], "missing"), (codes, "elsewhere")):
        again = receipt(came, 4.0, minutes=5)
        answer = post(play, f"{address}/receipt", "greencell", again)
        assert answer.status_code == 200, answer.text
        detail = answer.get_json()["incidents"][0]["detail"]
        assert detail[key] == [codes[1].replace("-", "")]
        assert states(play, codes) == ["received", "in_transit"]


def test_what_a_regulator_has_settled_stays_so_until_something_new_differs(
    play: Play,
) -> None:
    codes, stray = collected(play, 2), play.red()
    address = dispatched(play, codes)

    def told(packs: list[str], mass_kg: float) -> bool:
        body = receipt(packs, mass_kg)
        answer = post(play, f"{address}/receipt", "greencell", body).get_json()
        assert answer["status"] == "differing"
        return bool(answer["holds_destruction"])

    assert told(codes[:1], 7.0)
    (incident,) = play.get(INCIDENTS, "regulator").get_json()["items"]
    closing = f"{INCIDENTS}/{incident['incident_id']}/close"
    assert post(play, closing, "regulator", {"note": "It burnt."}).status_code == 204
    assert not told(codes[:1], 7.0)
    assert not told(codes, 7.5)
    assert told([*codes, stray], 7.5)
    assert told(codes, 7.5)


def test_a_drum_is_weighed_once(play: Play) -> None:
    codes = collected(play, 1)
    address = dispatched(play, codes)
    twice = receipt(codes, 4.0)
    twice["drums"] = [{**twice["drums"][0], "mass_kg": 9.0}, *twice["drums"]]
    answer = post(play, f"{address}/receipt", "greencell", twice)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "manifest_unsound"
    assert states(play, codes) == ["in_transit"]


def sealed(play: Play) -> list[int]:
    """Count each battery's leaves of incidents."""
    with play.registry.runtime.database.reading() as session:
        rows = session.execute(
            select(func.count())
            .where(ledger_leaf.c.kind == "incident")
            .group_by(ledger_leaf.c.battery_id)
        )
        return [row[0] for row in rows]
