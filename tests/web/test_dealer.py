"""The dealer's counter, change of owner, and reports of loss, as people see them."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor


@pytest.fixture
def dealer(app: Flask, play: Play) -> Visitor:
    """Somebody at a shop's counter."""
    assert play.registry.stations
    return Visitor(app).sign_in("dealer")


def check(dealer: Visitor, asked: str) -> str:
    """Check a battery and follow to the answer; its page."""
    answer = dealer.post("/check", form="/check", asked=asked)
    assert answer.status_code == 303, answer.text
    return dealer.get(answer.location).text


def take(dealer: Visitor, code: str) -> str:
    """Take a clearance; the address of its page."""
    answer = dealer.post("/clearances", form="/check", code=code, purpose="sale")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_every_answer_has_its_word_its_reasons_and_what_to_do(
    play: Play, dealer: Visitor
) -> None:
    green, red = play.green(), play.red()
    text = check(dealer, f"http://registry.test/b/{green}")
    assert "code-card code-green" in text
    assert "Take a clearance" in text
    text = check(dealer, red)
    assert "code-card code-red" in text
    assert "It must not be sold" in text
    assert "Take a clearance" not in text
    text = check(dealer, "0000-0000-0000-0000")
    assert "code-card code-grey" in text
    assert "That is no yes" in text
    past = re.findall(r'<th scope="row"><a class="mono"[^>]*>([^<]+)', text)
    assert sorted(past) == sorted(["0000-0000-0000-0000", red, green])


def test_a_serial_answers_but_a_clearance_needs_the_code(
    play: Play, dealer: Visitor
) -> None:
    play.green(pack_code="V48-SERIAL-77")
    text = check(dealer, "V48-SERIAL-77")
    assert "code-card code-green" in text
    assert "A clearance needs the code on the label." in text


def test_a_misread_code_is_told_and_stays_in_the_field(dealer: Visitor) -> None:
    answer = dealer.post("/check", form="/check", asked="0000-0000-0000-0001")
    assert answer.status_code == 422
    assert 'value="0000-0000-0000-0001"' in answer.text
    assert 'href="#asked"' in answer.text
    assert dealer.post("/check", form="/check", asked="?").status_code == 422


def test_a_clearance_is_shown_printed_and_downloaded(
    play: Play, dealer: Visitor, clock: Clock
) -> None:
    code = play.green()
    page = take(dealer, code)
    text = dealer.get(page).text
    assert "It holds now." in text
    assert "<svg" in text
    token = re.search(r'class="clearance-token">([^<]+)<', text)
    assert token is not None
    file = dealer.get(f"{page}.jws")
    assert file.text == token[1]
    assert "attachment" in file.headers["Content-Disposition"]
    assert code in dealer.get("/clearances").text
    opened = play.client.post(
        "/api/v1/resale/transfers",
        json={"clearance": token[1]},
        headers=play.registry.headers("dealer"),
    )
    assert opened.status_code == 201, opened.text
    clock.now = NOW + timedelta(hours=25)
    dealer.sign_in("dealer")
    assert "It has run out." in dealer.get(page).text


def test_what_may_not_be_sold_gets_no_clearance(play: Play, dealer: Visitor) -> None:
    red = play.red()
    answer = dealer.post("/clearances", form="/check", code=red, purpose="sale")
    assert answer.status_code == 409
    assert red in answer.text
    assert "No clearance was taken yet." in dealer.get("/clearances").text


def test_a_clearance_is_taken_back_when_the_battery_turns_red(
    play: Play, dealer: Visitor
) -> None:
    body = {"pack_code": "V48-TURNS-RED"}
    code = play.green(**body)
    page = take(dealer, code)
    tested_at = (NOW - timedelta(hours=1)).isoformat()
    assert play.red(**body, tested_at=tested_at) == code
    assert "Taken back" in dealer.get(page).text


def test_one_organisation_never_sees_anothers_counter(
    play: Play, app: Flask, dealer: Visitor
) -> None:
    page = take(dealer, play.green())
    collector = Visitor(app).sign_in("collector")
    for address in ("/check", "/clearances", page, f"{page}.jws"):
        assert collector.get(address).status_code == 403
    unknown = "/clearances/0192f0c1-0000-7000-8000-000000000000"
    assert dealer.get(unknown).status_code == 404


def test_a_battery_changes_hands_when_both_have_said_yes(
    play: Play, app: Flask, dealer: Visitor
) -> None:
    code = play.green()
    page = take(dealer, code)
    opened = dealer.post(
        "/transfers", form=page, clearance_id=page.rpartition("/")[2], owner_code=""
    )
    assert opened.status_code == 200, opened.text
    assert opened.headers["Cache-Control"] == "private, no-store"
    found = re.findall(r"<code>([^<]+)</code>", opened.text)
    address = found[0].removeprefix("http://registry.test")
    giver, receiver = found[1], found[3]

    public = Visitor(app)
    early = public.post(address, form=address, code=receiver, name="Li Lei")
    assert early.status_code == 409
    assert 'value="Li Lei"' in early.text
    wrong = public.post(address, form=address, code="wrong")
    assert wrong.status_code == 403
    assert 'href="#code"' in wrong.text
    assert "You have agreed." in public.post(address, form=address, code=giver).text
    done = public.post(address, form=address, code=receiver, name="Li Lei")
    assert "the battery is yours now" in done.text
    own = re.search(r"<code>([^<]+)</code>", done.text)
    assert own is not None
    assert "Taken back" in dealer.get(page).text

    lost = {"code": code, "kind": "stolen", "reference": "P-1"}
    refused = public.post("/losses", form="/losses", **lost, owner_code="guess")
    assert refused.status_code == 403
    assert 'value="P-1"' in refused.text
    told = public.post("/losses", form="/losses", **lost, owner_code=own[1])
    assert told.status_code == 303
    assert "It is reported." in public.get("/losses").text
    assert "code-card code-red" in check(dealer, code)
    found_again = {"code": code, "kind": "found", "owner_code": own[1]}
    assert public.post("/losses", form="/losses", **found_again).status_code == 303
    assert "code-card code-green" in check(dealer, code)


def test_a_station_reports_a_loss_without_an_owners_code(
    play: Play, app: Flask, inspector: Visitor
) -> None:
    code = play.green()
    nobody = Visitor(app).post("/losses", form="/losses", code=code, kind="lost")
    assert nobody.status_code == 422
    assert 'href="#owner_code"' in nobody.text
    told = inspector.post("/losses", form="/losses", code=code, kind="lost")
    assert told.status_code == 303
    again = inspector.post("/losses", form="/losses", code=code, kind="lost")
    assert again.status_code == 409
