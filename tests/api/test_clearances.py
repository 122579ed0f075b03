import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from werkzeug.test import TestResponse

from battery_registry.cli import main
from battery_registry.domain import clearance, jwk, jws, status_list
from battery_registry.domain import code as codes
from battery_registry.domain.clearance import ClearanceError
from battery_registry.domain.jws import JwsError
from battery_registry.services.clearances import Signer
from battery_registry.store.tables.resale import status_entry
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play


def ask(play: Play, code: str, *, key: str = "dealer", **more: Any) -> TestResponse:
    return play.client.post(
        "/api/v1/resale/clearances",
        json={"code": code, **more},
        headers=play.registry.headers(key),
    )


def give(play: Play, code: str) -> str:
    answer = ask(play, code)
    assert answer.status_code == 201, answer.text
    token: str = answer.get_json()["clearance"]
    return token


def keys(play: Play) -> Any:
    return json.loads(play.get("/.well-known/jwks.json", None).text)


def fresh_list(play: Play) -> str:
    return play.get("/api/v1/status-list", None).text


def again(code: str, **changes: Any) -> dict[str, Any]:
    unnamed = {"pack_code": None, "pack_code_scheme": "none"}
    return make_body(label_code=code, **unnamed, **changes)


def test_a_clearance_is_verified_offline(play: Play) -> None:
    code = play.green()
    told = ask(play, code, purpose="listing").get_json()
    assert (told["answer"], told["verdict"], told["reasons"]) == ("clear", "green", [])
    assert told["expires_at"] == (NOW + timedelta(hours=24)).isoformat()
    found = clearance.verify(
        told["clearance"], jwks=keys(play), list_token=fresh_list(play), now=NOW
    )
    assert (found.code, found.purpose) == (code, "listing")
    assert found.clearance_id == told["clearance_id"]


@pytest.mark.parametrize("is_same_second", [True, False])
def test_red_ends_a_clearance_in_its_own_transaction(
    play: Play, clock: Clock, is_same_second: bool
) -> None:
    code, other = play.green(), play.green()
    token, kept = give(play, code), give(play, other)
    clock.now = NOW + timedelta(seconds=0 if is_same_second else 1)
    play.hand_in(again(code, internal_resistance_mohm=500.1))
    listed = fresh_list(play)
    with pytest.raises(ClearanceError, match="revoked"):
        clearance.verify(token, jwks=keys(play), list_token=listed, now=clock.now)
    clearance.verify(kept, jwks=keys(play), list_token=listed, now=clock.now)


def test_a_list_from_before_the_red_is_as_old_as_it_says(
    play: Play, clock: Clock
) -> None:
    token, old = give(play, play.green()), fresh_list(play)
    late = NOW + status_list.LIFETIME
    with pytest.raises(ClearanceError, match="list too old"):
        clearance.verify(token, jwks=keys(play), list_token=old, now=late)
    clock.now = late
    clearance.verify(token, jwks=keys(play), list_token=fresh_list(play), now=late)


def test_another_reading_ends_what_speaks_of_the_last_one(play: Play) -> None:
    code = play.green()
    token = give(play, code)
    play.hand_in(again(code))
    with pytest.raises(ClearanceError, match="revoked"):
        clearance.verify(token, jwks=keys(play), list_token=fresh_list(play), now=NOW)


def test_what_may_not_be_sold_gets_none_and_is_told_why(play: Play) -> None:
    refused = ask(play, play.red())
    assert refused.status_code == 409
    told = refused.get_json()
    assert (told["code"], told["answer"]) == ("not_sellable", "blocked")
    assert told["reasons"] == ["case_open", "code_red"]
    unknown = ask(play, codes.show(codes.mint(b"0123456789")))
    assert unknown.get_json()["reasons"] == ["no_such_code"]


def test_nobody_without_an_account_and_nothing_malformed(play: Play) -> None:
    code = play.green()
    bare = play.client.post("/api/v1/resale/clearances", json={"code": code})
    assert bare.status_code == 401
    for wrong in ({"purpose": "gift"}, {"extra": 1}):
        assert ask(play, code, **wrong).status_code == 422
    assert ask(play, "abc").get_json()["code"] == "code_malformed"


def test_a_clearance_never_outlasts_its_code(play: Play, clock: Clock) -> None:
    code = play.green()
    due = play.get(f"/api/v1/batteries/{code}").get_json()["next_due"]
    ends = NOW.fromisoformat(f"{due}T00:00:00+08:00") + timedelta(days=1)
    clock.now = ends - timedelta(hours=3)
    told = ask(play, code).get_json()
    assert NOW.fromisoformat(told["expires_at"]) == ends


def test_a_place_is_used_again_only_when_its_clearance_has_run_out(
    play: Play, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.sample", lambda *_: [7])
    first, second = play.green(), play.green()
    token = give(play, first)
    assert ask(play, second).get_json()["code"] == "status_list_full"
    play.hand_in(again(first, internal_resistance_mohm=500.1))
    clock.now = NOW + timedelta(hours=24)
    taken = give(play, second)
    listed = fresh_list(play)
    clearance.verify(taken, jwks=keys(play), list_token=listed, now=clock.now)
    with pytest.raises(ClearanceError, match="expired"):
        clearance.verify(token, jwks=keys(play), list_token=listed, now=clock.now)
    with play.registry.runtime.database.reading() as session:
        assert len(session.execute(status_entry.select()).all()) == 1


def test_the_list_has_the_standard_s_shape(play: Play) -> None:
    told = json.loads(jws.verify(fresh_list(play), keys(play)))
    assert told["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    subject = told["credentialSubject"]
    assert (subject["statusPurpose"], subject["encodedList"][0]) == ("revocation", "u")
    assert len(status_list.read(told).bits) * 8 >= status_list.LEAST_ENTRIES


def test_the_command_refuses_it_a_second_later_with_the_registry_s_own_files(
    play: Play, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_registry.cli.runtime.now", lambda: clock.now)
    code = play.green()
    token, jwks = tmp_path / "clearance", tmp_path / "jwks"
    token.write_text(give(play, code))
    jwks.write_text(play.get("/.well-known/jwks.json", None).text)

    def verify() -> Result:
        listed = tmp_path / "list"
        listed.write_text(fresh_list(play))
        asked = ["clearance", "verify", str(token), "--jwks", str(jwks)]
        return CliRunner().invoke(main, [*asked, "--status-list", str(listed)])

    before = verify()
    assert (before.exit_code, json.loads(before.stdout)["code"]) == (0, code)
    clock.now = NOW + timedelta(seconds=1)
    play.hand_in(again(code, internal_resistance_mohm=500.1))
    after = verify()
    assert (after.exit_code, after.stdout) == (1, "")
    assert "not valid: revoked" in after.stderr


def test_what_an_older_key_signed_is_believed_while_its_public_key_is_told(
    play: Play,
) -> None:
    now = Signer(
        key=b"n" * 32,
        issuer="https://b.example",
        old_public_keys=(jwk.decode(keys(play)["keys"][0]["x"]),),
    )
    token = give(play, play.green())
    assert clearance.read(token, jwks=now.jwks).answer == "clear"
    with pytest.raises(JwsError, match="no such key"):
        clearance.read(token, jwks=Signer(key=now.key, issuer=now.issuer).jwks)
