"""The regulator's pages of manifests, incidents and where red batteries are."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from battery_registry.context import LANGUAGES
from tests.api.manifests_played import (
    INCIDENTS,
    collected,
    destroy,
    dispatch,
    dispatched,
    make_manifest,
    post,
    receipt,
    sscc,
)
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor


def row_of(text: str, what: str) -> str:
    """Get the row of a table that names something, without its tags."""
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    (found,) = (row for row in rows if what in row)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_twenty_sent_nineteen_received_one_found_is_all_to_be_seen(
    play: Play, regulator: Visitor, clock: Clock
) -> None:
    codes = collected(play, 20)
    address = dispatched(play, codes)
    page = address.removeprefix("/api/v1")
    post(play, f"{address}/receipt", "greencell", receipt(codes[:19], 76.0))
    incident = row_of(regulator.get("/incidents").text, page)
    assert "differs from what was sent" in incident
    assert f"Sent and not received: {codes[19]}" in incident
    assert "Open. 20 packs held back" in incident
    text = regulator.get(page).text
    assert "A difference is open: nothing of it may be destroyed." in text
    assert row_of(text, "P908") == f"{sscc(1)} damaged P908 80 76 -4"
    assert row_of(text, f"{codes[18]}</a></th>").endswith("4 received")
    assert row_of(text, f"{codes[19]}</a></th>").endswith("4 not received")
    assert destroy(play, codes[0]).status_code == 409

    clock.now = NOW + timedelta(days=1)
    regulator.sign_in("regulator")
    found = receipt(codes[19:], 80.0, minutes=-24 * 60)
    post(play, f"{address}/receipt", "greencell", found)
    incident = row_of(regulator.get("/incidents").text, page)
    assert "Settled 2026-11-24" in incident
    assert "held back" not in incident
    assert "Why: all packs and masses are as listed" in incident
    text = regulator.get(page).text
    assert "Nothing of it is held back from destruction." in text
    assert row_of(text, f"{codes[19]}</a></th>").endswith("4 received")
    (closed,) = play.get(INCIDENTS, "regulator", open="false").get_json()["items"]
    assert (closed["held_packs"], closed["closed_at"]) == (0, clock.now.isoformat())
    assert destroy(play, codes[0]).status_code == 201


def test_a_manifest_that_is_packed_wrong_stays_a_list(
    play: Play, regulator: Visitor
) -> None:
    codes = collected(play, 1)
    drum = {"sscc": sscc(1), "damage_class": "damaged", "packing_instruction": "P909"}
    body = make_manifest(codes, drums=[drum])
    post(play, "/api/v1/manifests", "city-collect", body)
    refused = dispatch(play, body)
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "ADR-SP376-P908")
    row = row_of(regulator.get("/manifests").text, body["manifest_id"])
    assert "Listed, not sent" in row
    assert "city-collect safe-haul greencell" in row


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_told_in_both_languages(
    play: Play, app: Flask, language: str
) -> None:
    codes = collected(play, 2)
    address = dispatched(play, codes)
    post(play, f"{address}/receipt", "greencell", receipt(codes[:1], 4.0))
    regulator = Visitor(app, language=language).sign_in("regulator")
    told: dict[str, Any] = {
        "/manifests": ("转运联单", "Manifests"),
        address.removeprefix("/api/v1"): ("差异未了结", "A difference is open"),
        "/incidents": ("已发未收", "Sent and not received"),
        "/whereabouts": ("未结案合计", "All open cases"),
        "/red-list": ("保管方", "Holder"),
    }
    for page, (zh, en) in told.items():
        answer = regulator.get(page)
        assert answer.status_code == 200, page
        words = {"zh": zh, "en": en}
        assert words.pop(language) in answer.text, page
        assert words.popitem()[1] not in answer.text, page


def test_manifests_are_walked_by_page_and_one_that_is_none_is_not_found(
    play: Play, regulator: Visitor
) -> None:
    assert "There is no manifest yet." in regulator.get("/manifests").text
    assert regulator.get(f"/manifests/{NOW:%Y}").status_code == 404
    unknown = "/manifests/0192f0c1-0000-7000-8000-000000000000"
    assert regulator.get(unknown).status_code == 404
    code = collected(play, 1)[0]
    for _ in range(51):
        post(play, "/api/v1/manifests", "city-collect", make_manifest([code]))
    first = regulator.get("/manifests").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    rest = regulator.get(following[1].replace("&amp;", "&")).text
    assert (first.count('scope="row"'), rest.count('scope="row"')) == (50, 1)


def test_nobody_else_sees_these_pages(app: Flask, play: Play) -> None:
    play.red()
    inspector = Visitor(app).sign_in("inspector")
    for page in ("/manifests", "/incidents", "/whereabouts"):
        assert inspector.get(page).status_code == 403


def test_every_open_case_is_with_somebody(
    play: Play, regulator: Visitor, clock: Clock
) -> None:
    packs = [play.red() for _ in range(5)]
    for code, state in zip(
        packs, ("isolated", "isolated", "collected", "destroyed"), strict=False
    ):
        play.walk(code, until=state)
    clock.now = NOW + timedelta(days=2)
    regulator.sign_in("regulator")
    text = regulator.get("/whereabouts").text
    assert row_of(text, "holder=resident").startswith(
        "resident Coded red, to be handed in 1 1"
    )
    assert " 2 0 " in row_of(text, "holder=xicheng-checks")
    assert " 1 0 " in row_of(text, "holder=city-collect")
    assert row_of(text, "All open cases") == "All open cases 4 1"
    shown = regulator.get("/red-list?holder=xicheng-checks").text
    assert [code in shown for code in packs] == [True, True, False, False, False]
    assert "xicheng-checks" in row_of(shown, packs[0])
