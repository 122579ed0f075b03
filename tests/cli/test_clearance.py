import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from battery_registry.cli import main
from battery_registry.domain import clearance, jwk, jws, status_list
from battery_registry.domain.clearance import Clearance, Purpose
from battery_registry.domain.sale import Answer
from battery_registry.domain.status_list import credential

SEED, ISSUER = b"k" * 32, "https://b.example"
LIST = f"{ISSUER}/api/v1/status-list"


def make_clearance(*, at: datetime, position: int = 5) -> str:
    told = Clearance(
        clearance_id="0192f0c1-0000-7000-8000-000000000000",
        issuer=ISSUER,
        code="xxxx-xxxx-xxxx-xxxx",
        answer=Answer.CLEAR,
        verdict="green",
        reasons=(),
        purpose=Purpose.SALE,
        position=position,
        status_list=LIST,
        issued_at=at,
        expires_at=at + clearance.LIFETIME,
    )
    return jws.sign(json.dumps(clearance.claims(told)).encode(), SEED, {})


def make_list(*positions: int, at: datetime) -> str:
    told = credential(positions, issuer=ISSUER, address=LIST, now=at)
    return jws.sign(json.dumps(told).encode(), SEED, {})


def run(tmp_path: Path, token: str, listed: str, *, seed: bytes = SEED) -> Result:
    files = {
        "token": token,
        "list": listed,
        "jwks": json.dumps({"keys": [jwk.public_jwk(seed)]}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(f"{text}\n")
    token_file, list_file, jwks = (str(tmp_path / name) for name in files)
    asked = ["clearance", "verify", token_file, "--jwks", jwks]
    # Without any setting, and with no registry anywhere.
    return CliRunner().invoke(main, [*asked, "--status-list", list_file])


def test_a_clearance_that_holds_is_told(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    done = run(tmp_path, make_clearance(at=now), make_list(4, 6, at=now))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["valid"], told["answer"], told["verdict"]) == (True, "clear", "green")


@pytest.mark.parametrize(
    ("age_h", "revoked", "list_age_h", "why"),
    [
        (0, 5, 0, "revoked"),
        (25, 1, 0, "expired"),
        (-1, 1, 0, "not begun"),
        (5, 1, 2, "list too old"),
        (0, 1, 0.5, "list older than clearance"),
    ],
)
def test_one_that_does_not_hold_is_refused_in_one_line(
    tmp_path: Path, age_h: float, revoked: int, list_age_h: float, why: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    token = make_clearance(at=now - timedelta(hours=age_h))
    listed = make_list(revoked, at=now - timedelta(hours=list_age_h))
    done = run(tmp_path, token, listed)
    assert (done.exit_code, f"not valid: {why}" in done.stderr) == (1, True)


def test_other_keys_other_tokens_and_other_lists_are_refused(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    token, listed = make_clearance(at=now), make_list(at=now)
    assert run(tmp_path, token, listed, seed=b"x" * 32).exit_code == 1
    assert run(tmp_path, listed, listed).exit_code == 1
    assert run(tmp_path, token, token).exit_code == 1
    assert run(tmp_path, "", listed).exit_code == 1


def test_the_list_s_first_place_is_its_leftmost_bit() -> None:
    found = status_list.read(
        credential([0, 9], issuer=ISSUER, address=LIST, now=datetime.now(UTC))
    )
    assert found.bits[:2] == bytes([0b1000_0000, 0b0100_0000])
    assert [place for place in range(16) if found.is_set(place)] == [0, 9]
    with pytest.raises(status_list.StatusListError):
        found.is_set(status_list.ENTRIES)


def test_a_text_that_unpacks_to_very_much_is_refused() -> None:
    now = datetime.now(UTC)
    told = credential([], issuer=ISSUER, address=LIST, now=now)
    bomb = status_list.encode([])
    assert len(bomb) < 500
    told["credentialSubject"]["encodedList"] = bomb[: len(bomb) // 2]
    with pytest.raises(status_list.StatusListError):
        status_list.read(told)


@pytest.mark.parametrize(
    "keys",
    [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"keys": 7}', b'{"keys": [7]}'],
)
def test_a_file_that_is_no_key_set_is_refused_in_one_line(
    tmp_path: Path, keys: bytes
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    token, listed, jwks = (tmp_path / name for name in ("token", "list", "jwks"))
    token.write_text(make_clearance(at=now))
    listed.write_text(make_list(at=now))
    jwks.write_bytes(keys)
    asked = ["clearance", "verify", str(token), "--jwks", str(jwks)]
    done = CliRunner().invoke(main, [*asked, "--status-list", str(listed)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert isinstance(done.exception, SystemExit)
