"""Collectors and recyclers at their pages: by the same services as machines."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.api.manifests_played import collected, dispatched, sscc
from tests.played import Play
from tests.web.visits import Visitor

JSON = {"Accept": "application/json"}


@pytest.fixture
def collector(app: Flask, play: Play) -> Visitor:
    """Somebody of the organisation that fetches packs."""
    assert play.registry.stations
    return Visitor(app).sign_in("collector")


@pytest.fixture
def recycler(app: Flask, play: Play) -> Visitor:
    """Somebody of the organisation that takes packs apart."""
    assert play.registry.stations
    return Visitor(app).sign_in("recycler")


def offered(play: Play, packs: int = 1) -> list[str]:
    codes = [play.red() for _ in range(packs)]
    for code in codes:
        play.walk(code, until="isolated")
        assert play.offer(code, "XC-01").status_code == 201
    return codes


def scan(visitor: Visitor, address: str, form: str, text: str, **more: str) -> Any:
    """Scan as the page's script does."""
    answer = visitor.client.post(
        address,
        data={"csrf_token": visitor.token(form), "scan": text, **more},
        headers={"Accept-Language": "en", **JSON},
    )
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def state(play: Play, code: str) -> str:
    return str(play.get(f"/api/v1/custody/{code}").get_json()["state"])


def test_each_scan_is_told_apart(play: Play, collector: Visitor) -> None:
    (code,) = offered(play)
    foreign = play.red()
    told = [
        scan(collector, "/accept", "/accept", text)
        for text in (code, code, foreign, "0000-0000-0000-0000", "nonsense")
    ]
    assert [each["mark"] for each in told] == ["good", "again", "bad", "bad", "bad"]
    assert [each["counts"] for each in told] == [True, False, False, False, False]
    assert "not offered to you" in told[2]["words"]
    assert "knows no such code" in told[3]["words"]
    assert state(play, code) == "collected"
    assert state(play, foreign) == "flagged"


def test_a_scan_that_is_sent_again_is_the_same_scan(
    play: Play, collector: Visitor
) -> None:
    (code,) = offered(play)
    own = {"scan_id": "0192f0c1-0000-7000-8000-000000000001"}
    first, second = (scan(collector, "/accept", "/accept", code, **own) for _ in "12")
    assert first == second
    assert second["mark"] == "good"


def test_without_a_script_the_form_tells_the_same(
    play: Play, collector: Visitor
) -> None:
    (code,) = offered(play)
    sent = collector.post("/accept", form="/accept", scan=code)
    assert (sent.status_code, sent.location) == (303, "/accept")
    text = collector.get("/accept").text
    assert "Taken over; it is your responsibility now." in text
    assert '<dd id="scan-count">1</dd>' in text
    assert "autofocus" in text


def test_an_offer_that_is_declined_stays_with_the_giver(
    play: Play, collector: Visitor
) -> None:
    offered(play)
    text = collector.get("/accept").text
    (address,) = re.findall(r'action="(/offers/[^"]+/decline)"', text)
    assert collector.post(address, form="/accept").status_code == 303
    assert "Declined" in collector.get("/accept").text
    assert collector.post(address, form="/accept").status_code == 303


def test_an_offer_to_another_is_nobodys_else(
    play: Play, recycler: Visitor, collector: Visitor
) -> None:
    (code,) = offered(play)
    assert scan(recycler, "/accept", "/accept", code)["mark"] == "bad"
    text = collector.get("/accept").text
    (address,) = re.findall(r'action="(/offers/[^"]+/decline)"', text)
    assert recycler.post(address, form="/accept").status_code == 404


def fill(page: str, codes: list[str], **changes: str) -> dict[str, str]:
    """Fill in a new manifest: everything in one drum."""
    number = re.search(r'name="manifest_id" value="([^"]+)"', page)
    assert number is not None
    plain = [code.replace("-", "") for code in codes]
    return {
        "manifest_id": number[1],
        "drums": "1",
        "carrier": "city-collect",
        "receiver": "greencell",
        "vehicle": "A-12345",
        "judged_by": "C-0001",
        "judge_trained_on": "2026-03-01",
        "waste_kind": "lithium",
        "sscc_0": sscc(77),
        "damage_class_0": "damaged",
        **{f"drum_{code}": "0" for code in plain},
        **{f"mass_{code}": "4,5" for code in plain},
        **changes,
    }


def test_a_manifest_from_its_form_to_the_gate(
    play: Play, collector: Visitor, recycler: Visitor
) -> None:
    codes = collected(play, 2)
    told = fill(collector.get("/manifests/new").text, codes)
    made = collector.post("/manifests/new", form="/manifests/new", **told)
    assert made.status_code == 303, made.text
    page = made.location
    again = collector.post("/manifests/new", form="/accept", **told)
    assert again.location == page
    assert "Listed, not sent" in collector.get(page).text
    left = collector.post(f"{page}/dispatch", form=page)
    assert left.status_code == 303, left.text
    assert "Confirm departure" not in collector.get(page).text
    assert [state(play, code) for code in codes] == ["in_transit"] * 2

    gate = f"{page}/receipt"
    looked = scan(recycler, f"{page}/scan", gate, codes[0])
    assert (looked["mark"], looked["counts"]) == ("good", True)
    looked = scan(recycler, f"{page}/scan", gate, codes[0], before=codes[0])
    assert looked["mark"] == "again"
    sent = recycler.post(
        gate, form=gate, codes="\n".join(codes), **{f"kg_{sscc(77)}": "9"}
    )
    assert sent.status_code == 303, sent.text
    assert "count and weight agree" in recycler.get(page).text
    assert [state(play, code) for code in codes] == ["received"] * 2


def test_drums_that_may_not_leave_stay_and_the_page_says_why(
    play: Play, collector: Visitor
) -> None:
    codes = collected(play, 1)
    told = fill(collector.get("/manifests/new").text, codes)
    told["judge_trained_on"] = "2020-03-01"
    page = collector.post("/manifests/new", form="/manifests/new", **told).location
    left = collector.post(f"{page}/dispatch", form=page)
    assert (left.status_code, left.location) == (303, page)
    text = collector.get(page).text
    assert 'role="alert"' in text
    assert "Listed, not sent" in text
    assert state(play, codes[0]) == "collected"


def test_what_was_typed_stays_and_the_field_at_fault_is_named(
    play: Play, collector: Visitor
) -> None:
    codes = collected(play, 1)
    plain = codes[0].replace("-", "")
    page = collector.get("/manifests/new").text
    wrong = fill(page, codes, sscc_0="123", **{f"mass_{plain}": "heavy"})
    answer = collector.post("/manifests/new", form="/manifests/new", **wrong)
    assert answer.status_code == 422
    assert 'href="#sscc_0"' in answer.text
    assert f'href="#mass_{plain}"' in answer.text
    assert 'value="A-12345"' in answer.text
    assert 'value="heavy"' in answer.text
    more = collector.post("/manifests/new", form="/accept", **wrong, add_drum="1")
    assert 'id="sscc_1"' in more.text
    assert 'value="A-12345"' in more.text


def test_a_difference_is_told_at_once(play: Play, recycler: Visitor) -> None:
    codes = collected(play, 2)
    page = dispatched(play, codes).removeprefix("/api/v1")
    stranger = play.red()
    gate = f"{page}/receipt"
    surplus = scan(recycler, f"{page}/scan", gate, stranger)
    assert (surplus["mark"], surplus["counts"]) == ("bad", True)
    bad = recycler.post(gate, form=gate, codes=f"{codes[0]}\nrubbish")
    assert bad.status_code == 422
    assert "rubbish" in bad.text
    told = f"{codes[0]}\n{stranger}"
    sent = recycler.post(gate, form=gate, codes=told, **{f"kg_{sscc(1)}": "4"})
    assert sent.status_code == 303
    text = recycler.get(page).text
    assert "Nothing of it may be destroyed" in text
    assert f"Sent and not received: {codes[1]}" in re.sub(r"<[^>]+>", "", text)


def test_anothers_manifest_and_pack_are_not_shown_or_moved(
    play: Play, app: Flask, collector: Visitor
) -> None:
    codes = collected(play, 1)
    page = dispatched(play, codes).removeprefix("/api/v1")
    assert collector.get(f"{page}/receipt").status_code == 403
    assert collector.get("/manifests").text.count('scope="row"') == 1
    pack = collector.get(f"/packs/{codes[0]}").text
    assert "Another organisation answers for this pack" in pack
    inspector = Visitor(app).sign_in("inspector")
    assert inspector.get(page).status_code == 403
    assert inspector.get("/work").status_code == 403


def test_a_pack_is_taken_apart_and_destroyed_with_proof(
    play: Play, recycler: Visitor
) -> None:
    code = play.red()
    play.walk(code, until="received")
    page = f"/packs/{code}"

    def step(to_state: str, **evidence: str) -> Any:
        text = recycler.get(page).text
        hidden = dict(
            re.findall(r'name="(event_id|occurred_at)" value="([^"]+)"', text)
        )
        told = {**hidden, "to_state": to_state, **evidence}
        return recycler.post(f"{page}/steps", form=page, **told)

    assert step("dismantled", note="cells apart").status_code == 303
    refused = step("destroyed", certificate_number="D-7", kg_steel="1,5")
    assert refused.status_code == 422
    assert 'value="D-7"' in refused.text
    assert 'href="#evidence"' in refused.text
    assert state(play, code) == "dismantled"
    done = step("destroyed", certificate_number="D-7", kg_steel="2.2", kg_loss="2")
    assert done.status_code == 303, done.text
    assert "This case is closed" in recycler.get(page).text
    assert state(play, code) == "destroyed"


def test_a_station_offers_what_it_holds_and_takes_it_back(
    play: Play, app: Flask, collector: Visitor
) -> None:
    code, other = play.red(), play.red(key="HD-01")
    play.walk(code, until="isolated")
    inspector = Visitor(app).sign_in("inspector")
    text = inspector.get("/held").text
    assert code in text
    assert other not in text
    nothing = inspector.post("/held/offers", form="/held", code=code)
    assert nothing.status_code == 422
    assert "checked" in nothing.text
    told = {"code": [code, other], "receiver": "city-collect"}
    assert inspector.post("/held/offers", form="/held", **told).status_code == 303
    text = inspector.get("/held").text
    assert "Packs offered to city-collect: 1." in text
    assert f"{other}: " in text
    (address,) = re.findall(r'formaction="([^"]+/withdraw)"', text)
    assert inspector.post(address, form="/held").status_code == 303
    assert scan(collector, "/accept", "/accept", code)["mark"] == "bad"


def test_the_start_page_shows_what_waits(
    play: Play, collector: Visitor, recycler: Visitor
) -> None:
    assert "You hold no red pack now." in collector.get("/work").text
    (code,) = offered(play)
    (held,) = collected(play, 1)
    text = collector.get("/work").text
    assert held in text
    assert code not in text
    page = dispatched(play, [held]).removeprefix("/api/v1")
    assert f'href="{page}/receipt"' in recycler.get("/work").text
    sheet = recycler.get(f"{page}/sheet").text
    assert sheet.count("<svg") == 2
