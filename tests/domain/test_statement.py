"""A signed answer is verified offline, and counts for a day."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from battery_registry.domain import jwk, jws
from battery_registry.domain.statement import (
    LIFETIME,
    TOKEN_TYPE,
    Statement,
    StatementError,
    verify,
)

SEED, OTHER_SEED = bytes(range(32)), bytes(32)
JWKS: dict[str, Any] = {"keys": [jwk.public_jwk(SEED)]}
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TOLD = Statement(
    issuer="https://registry.example",
    public_code="0000-0000-0000-0000",
    verdict="red",
    answer="blocked",
    told_at=NOW,
)


def signed(claims: object, seed: bytes = SEED, kind: str = TOKEN_TYPE) -> str:
    return jws.sign(json.dumps(claims).encode(), seed, {"typ": kind})


def why(token: str, now: datetime = NOW) -> str:
    with pytest.raises(StatementError) as refused:
        verify(token, jwks=JWKS, now=now)
    return str(refused.value.params["why"])


def test_what_was_answered_is_what_is_verified() -> None:
    assert verify(signed(TOLD.content()), jwks=JWKS, now=NOW) == TOLD


def test_it_counts_for_a_day_and_no_longer() -> None:
    token = signed(TOLD.content())
    last = NOW + LIFETIME - timedelta(microseconds=1)
    assert verify(token, jwks=JWKS, now=last) == TOLD
    assert why(token, NOW + LIFETIME) == "expired"


def test_another_kind_of_token_is_no_answer() -> None:
    assert why(signed(TOLD.content(), kind="JWT")) == "another kind of token"


def test_another_key_signs_no_answer() -> None:
    assert why(signed(TOLD.content(), OTHER_SEED))


@pytest.mark.parametrize("name", ["iss", "sub", "verdict", "sellable", "iat"])
def test_a_claim_that_is_missing_is_no_answer(name: str) -> None:
    claims = TOLD.content()
    del claims[name]
    assert why(signed(claims)) == "not the claims of an answer"


@pytest.mark.parametrize(
    "told_at", ["today", None, 1e300, -1e300, 253402300799, [1], {}]
)
def test_a_time_that_is_none_is_no_answer(told_at: object) -> None:
    claims = {**TOLD.content(), "iat": told_at}
    assert why(signed(claims)) == "not the claims of an answer"


@pytest.mark.parametrize("claims", [[], "red", 7, None])
def test_claims_that_are_no_object_are_no_answer(claims: object) -> None:
    assert why(signed(claims)) == "not the claims of an answer"


def test_a_payload_that_is_no_json_is_no_answer() -> None:
    token = jws.sign(b"\xffred", SEED, {"typ": TOKEN_TYPE})
    assert why(token) == "not the claims of an answer"


def test_two_answers_differ_in_their_claims() -> None:
    later = replace(TOLD, told_at=NOW + timedelta(seconds=1))
    assert later.content() != TOLD.content()
