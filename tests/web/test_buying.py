"""Around the page behind the QR code: buyers, doubters, people who look for a site."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from battery_registry.app import create_app
from battery_registry.cli import main
from battery_registry.domain import code as public_codes
from battery_registry.settings import Settings
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor


@pytest.mark.parametrize(
    ("is_red", "says"),
    [(True, "must not be sold"), (False, "may be sold")],
)
def test_a_buyer_is_told_in_words(
    play: Play, stranger: Visitor, *, is_red: bool, says: str
) -> None:
    code = play.red() if is_red else play.green()
    text = stranger.get(f"/b/{code}/buy").text
    assert says in text.lower()
    assert f"/b/{code}" in text


def test_a_code_without_battery_has_no_buyer(play: Play, stranger: Visitor) -> None:
    assert play.registry.stations
    unused = public_codes.mint(b"0123456789")
    assert stranger.get(f"/b/{unused}/buy").status_code == 404
    assert stranger.get("/b/no-code/genuine").status_code == 422


def test_the_signed_answer_is_checked_offline(
    play: Play, stranger: Visitor, tmp_path: Path
) -> None:
    code = play.red()
    text = stranger.get(f"/b/{code}/genuine").text
    found = re.search(r"<textarea[^>]*>([^<]+)</textarea>", text)
    assert found is not None
    token, jwks = tmp_path / "answer.jws", tmp_path / "jwks.json"
    token.write_text(html.unescape(found[1]), "ascii")
    jwks.write_bytes(stranger.get("/.well-known/jwks.json").data)
    assert json.loads(jwks.read_bytes())["keys"][0]["kid"] in text
    told = verify(token, jwks)
    assert told == (0, {"sub": code, "verdict": "red", "sellable": "blocked"})
    assert verify(token, jwks, hours=25)[0] == 1
    header, payload, signature = token.read_text("ascii").split(".")
    flipped = "A" if payload[10] != "A" else "B"
    changed = payload[:10] + flipped + payload[11:]
    token.write_text(f"{header}.{changed}.{signature}", "ascii")
    assert verify(token, jwks)[0] == 1


def verify(token: Path, jwks: Path, *, hours: int = 0) -> tuple[int, dict[str, str]]:
    with time_machine.travel(NOW.timestamp() + 3600 * hours, tick=False):
        done = CliRunner().invoke(
            main, ["statement", "verify", str(token), "--jwks", str(jwks)]
        )
    if done.exit_code:
        return done.exit_code, {}
    told = json.loads(done.output)
    return 0, {name: told[name] for name in ("sub", "verdict", "sellable")}


def test_another_kind_of_token_is_no_answer(
    play: Play, stranger: Visitor, tmp_path: Path
) -> None:
    given = play.client.post(
        "/api/v1/resale/clearances",
        json={"code": play.green(), "purpose": "sale"},
        headers=play.registry.headers("dealer"),
    )
    assert given.status_code == 201, given.text
    token, jwks = tmp_path / "answer.jws", tmp_path / "jwks.json"
    token.write_text(given.get_json()["clearance"], "ascii")
    jwks.write_bytes(stranger.get("/.well-known/jwks.json").data)
    assert verify(token, jwks)[0] == 1


def test_sites_are_found_by_district(play: Play, stranger: Visitor) -> None:
    assert play.registry.stations
    assert "XC-01" not in stranger.get("/sites").text
    there = stranger.get("/sites?district=110102").text
    assert "Station XC-01" in there
    assert "Station HD-01" not in there
    assert "No site is open" in stranger.get("/sites?district=110101").text
    assert stranger.get("/sites?district=<script>").status_code == 200


def test_readings_are_shown_only_where_the_operator_says_so(
    play: Play, client: FlaskClient, settings: Settings, clock: Clock
) -> None:
    code = play.green(internal_resistance_mohm=87.25)
    assert "87.25" not in client.get(f"/b/{code}").text
    shown = create_app(replace(settings, shows_readings=True), clock=clock)
    text = _page(shown, code)
    assert "87.25 mΩ (" in text
    shown.extensions["battery_registry"].database.dispose()


def _page(app: Flask, code: str) -> str:
    return Visitor(app).get(f"/b/{code}").text
