"""A clearance is verified offline, and holds only with its list."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from battery_registry.domain import Kind, RegistryError, clearance, jwk, jws
from battery_registry.domain.clearance import (
    LIFETIME,
    Clearance,
    ClearanceError,
    Purpose,
    claims,
    read,
    verify,
)
from battery_registry.domain.jws import JwsError
from battery_registry.domain.sale import Answer
from battery_registry.domain.status_list import StatusListError, credential

SEED, OTHER_SEED = bytes(range(32)), bytes(32)
JWKS: dict[str, Any] = {"keys": [jwk.public_jwk(SEED)]}
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ISSUER = "https://registry.example"
ADDRESS = f"{ISSUER}/api/v1/status-list"
TOLD = Clearance(
    clearance_id="7",
    issuer=ISSUER,
    code="0000-0000-0000-0000",
    answer=Answer.CLEAR_WITH_NOTICE,
    verdict="yellow",
    reasons=("yellow_by_score",),
    purpose=Purpose.SALE,
    position=12,
    status_list=ADDRESS,
    issued_at=NOW,
    expires_at=NOW + LIFETIME,
)


def signed(told: Any, seed: bytes = SEED) -> str:
    return jws.sign(json.dumps(told).encode(), seed, {"typ": clearance.TOKEN_TYPE})


def listed(*places: int, now: datetime = NOW, **changes: Any) -> str:
    told = {"issuer": ISSUER, "address": ADDRESS, **changes}
    made = credential(places, now=now, **told)
    return jws.sign(json.dumps(made).encode(), SEED, {"typ": clearance.LIST_TYPE})


def check(told: Clearance = TOLD, *, lists: str | None = None, **late: float) -> Any:
    return verify(
        signed(claims(told)),
        jwks=JWKS,
        list_token=listed(3) if lists is None else lists,
        now=NOW + timedelta(**late),
    )


def why(refused: pytest.ExceptionInfo[RegistryError]) -> object:
    return refused.value.params["why"]


def test_what_was_signed_holds() -> None:
    assert check() == TOLD
    assert read(signed(claims(TOLD)), jwks=JWKS) == TOLD
    assert check(minutes=59) == TOLD


def test_another_s_signature_is_none() -> None:
    with pytest.raises(JwsError):
        read(signed(claims(TOLD), OTHER_SEED), jwks=JWKS)


@pytest.mark.parametrize(
    "changes",
    [
        {"credentialStatus": None},
        {"credentialStatus": {"type": "x", "statusPurpose": "revocation"}},
        {
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "suspension",
            }
        },
        {"answer": "blocked"},
        {"answer": "yes"},
        {"purpose": "gift"},
        {"iat": "now"},
        {"exp": 10**30},
        {"reasons": 7},
    ],
)
def test_another_token_is_no_clearance(changes: dict[str, Any]) -> None:
    with pytest.raises(ClearanceError) as refused:
        read(signed({**claims(TOLD), **changes}), jwks=JWKS)
    assert (refused.value.code, refused.value.kind) == (
        "clearance_invalid",
        Kind.CONFLICT,
    )
    assert why(refused) == "not a clearance"


@pytest.mark.parametrize("payload", [b"[]", b"{", b"7", b"[" * 100_000])
def test_a_signed_text_is_no_clearance(payload: bytes) -> None:
    with pytest.raises(ClearanceError):
        read(jws.sign(payload, SEED, {}), jwks=JWKS)


@pytest.mark.parametrize(
    ("told", "lists", "late", "reason"),
    [
        (TOLD, None, {"seconds": -1}, "not begun"),
        (TOLD, None, {"hours": 24}, "expired"),
        (
            replace(TOLD, expires_at=NOW + LIFETIME + timedelta(seconds=1)),
            None,
            {},
            "expired",
        ),
        (TOLD, listed(issuer="https://a.cn"), {}, "another list"),
        (TOLD, listed(address="https://a.cn"), {}, "another list"),
        (TOLD, jws.sign(b"{", SEED, {}), {}, "another list"),
        (TOLD, None, {"hours": 1}, "list too old"),
        (TOLD, listed(now=NOW - timedelta(seconds=1)), {}, "list older than clearance"),
        (TOLD, listed(12), {}, "revoked"),
    ],
)
def test_what_does_not_hold_says_why(
    told: Clearance, lists: str | None, late: dict[str, float], reason: str
) -> None:
    with pytest.raises(ClearanceError) as refused:
        check(told, lists=lists, **late)
    assert why(refused) == reason


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(StatusListError):
        check(lists=jws.sign(b"{}", SEED, {}))
