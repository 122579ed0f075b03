import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain import jwk, jws
from battery_registry.domain.jws import JwsError

SEED = bytes(range(32))
PUBLIC = jwk.public_jwk(SEED)
JWKS: dict[str, Any] = {"keys": [PUBLIC]}
TOKEN = jws.sign(b'{"sub":"x"}', SEED, {"typ": "test+jwt"})
ORDER = 2**252 + 27742317777372353535851937790883648493


def spell(header: str, payload: bytes = b"x", signature: bytes = b"s" * 64) -> str:
    parts = (header.encode(), payload, signature)
    return ".".join(jwk.encode(part) for part in parts)


def test_what_is_signed_is_verified() -> None:
    assert jws.verify(TOKEN, JWKS) == b'{"sub":"x"}'
    header = json.loads(jwk.decode(TOKEN.split(".")[0]))
    assert header == {"alg": "EdDSA", "typ": "test+jwt", "kid": PUBLIC["kid"]}


def test_the_thumbprint_is_that_of_the_standard() -> None:
    # RFC 8037, appendix A.3.
    key = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert jwk.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_cookbook_s_token_is_signed_and_verified_alike(shared_data: Path) -> None:
    file = shared_data / "conformance/jose-cookbook/curve25519__jws.json"
    case = json.loads(file.read_text("utf-8"))
    keys = {"keys": [case["input"]["key"]]}
    assert jws.verify(case["output"]["compact"], keys) == b"Example of Ed25519 signing"


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_no_sign_of_a_token_can_be_another(place: int) -> None:
    for other in map(chr, range(256)):
        changed = TOKEN[:place] + other + TOKEN[place + 1 :]
        if changed != TOKEN:
            with pytest.raises(JwsError):
                jws.verify(changed, JWKS)


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"none"}',
        '{"alg":"HS256"}',
        '{"alg":"EdDSA","alg":"none"}',
        '{"alg":"EdDSA","crit":["b64"],"b64":false}',
        '{"alg":"EdDSA","jwk":"x"}',
        '{"alg":["EdDSA"]}',
        '{"kid":"x"}',
        "[]",
        "{",
        "[" * 900,
        f'{{"alg":"EdDSA","typ":"{"x" * 1024}"}}',
        '{"alg":"EdDSA","kid":"nobody"}',
    ],
)
def test_a_header_that_is_not_ours_is_refused(header: str) -> None:
    with pytest.raises(JwsError):
        jws.verify(spell(header), JWKS)


def test_a_second_signature_made_of_the_first_is_refused() -> None:
    head, body, signature = TOKEN.split(".")
    raw = jwk.decode(signature)
    beyond = int.from_bytes(raw[32:], "little") + ORDER
    other = jwk.encode(raw[:32] + beyond.to_bytes(32, "little"))
    with pytest.raises(JwsError, match="not canonical"):
        jws.verify(f"{head}.{body}.{other}", JWKS)


@pytest.mark.parametrize(
    "changes",
    [
        {"kty": "oct"},
        {"crv": "X25519"},
        {"use": "enc"},
        {"alg": "HS256"},
        {"key_ops": ["sign"]},
        {"key_ops": 5},
        {"x": 5},
        {"x": "!"},
        {"x": "AA"},
        {"kid": "another"},
    ],
)
def test_a_key_of_another_kind_does_not_vouch(changes: dict[str, Any]) -> None:
    with pytest.raises(JwsError):
        jws.verify(TOKEN, {"keys": [{**PUBLIC, **changes}]})


@pytest.mark.parametrize("keys", [[], None, 5, ["x"], [PUBLIC, PUBLIC]])
def test_a_set_that_names_no_single_key_vouches_for_nothing(keys: object) -> None:
    with pytest.raises(JwsError):
        jws.verify(TOKEN, {"keys": keys})


def test_a_signature_of_another_length_is_none() -> None:
    with pytest.raises(JwsError) as refused:
        jws.verify(spell('{"alg":"EdDSA"}', signature=b"s" * 63), JWKS)
    assert refused.value.params == {"why": "signature of other length"}


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA==", "A+", "A ", "AB", "é"])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(jwk.NotBase64UrlError):
        jwk.decode(text)


@given(st.binary(max_size=40))
def test_base64url_has_one_spelling(raw: bytes) -> None:
    assert jwk.decode(jwk.encode(raw)) == raw


@given(st.text(max_size=200))
def test_no_text_at_all_is_a_fault_of_the_program(text: str) -> None:
    with pytest.raises(JwsError):
        jws.verify(text, JWKS)
