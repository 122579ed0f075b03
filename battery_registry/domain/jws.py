"""JSON Web Signatures of one kind: compact (RFC 7515), Ed25519 (RFC 8037).

A verifier that knows one algorithm and one spelling cannot be talked into
another. Everything else is refused, also where a lenient reader would cope.
"""

import json
from collections.abc import Mapping
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.jwk import (
    ALGORITHMS,
    NotBase64UrlError,
    decode,
    encode,
    find_key,
    public_jwk,
)

_SIGNATURE_BYTES: Final = 64
# The order of the base point, RFC 8032 section 5.1.
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
# Closed: `crit`, `b64`, and keys or addresses of keys inside a token change what
# a signature means, or who vouches for it.
_MEMBERS: Final = frozenset({"alg", "kid", "typ", "cty"})
_LONGEST_HEADER: Final = 1024


class JwsError(RegistryError):
    """A token is not a signature by a known key; ``why`` says what is wrong."""

    code: ClassVar[str] = "jws_invalid"
    kind: ClassVar[Kind] = Kind.INVALID


def sign(payload: bytes, key: bytes, header: Mapping[str, str]) -> str:
    """Sign a payload.

    Args:
        payload: What is signed.
        key: The 32 secret bytes of an Ed25519 key.
        header: Further members, such as ``typ``; ``alg`` and ``kid`` are ours.

    Returns:
        The compact token, ``header.payload.signature``.
    """
    told = {**header, "alg": "EdDSA", "kid": public_jwk(key)["kid"]}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    signed = f"{encode(text.encode())}.{encode(payload)}"
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(signed.encode("ascii"))
    return f"{signed}.{encode(signature)}"


def verify(token: str, jwks: Mapping[str, object]) -> bytes:
    """Check a token against a set of public keys.

    Args:
        token: A compact JWS.
        jwks: A JSON Web Key Set; keys of other kinds in it are passed over.

    Returns:
        The payload, as it was signed.

    Raises:
        JwsError: Anything at all is not as it should be.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise JwsError(why="not three parts")
    try:
        header_raw, payload, signature = (decode(part) for part in parts)
    except NotBase64UrlError:
        raise JwsError(why="not base64url") from None
    key = find_key(jwks, kid=_key_name(header_raw))
    if key is None:
        raise JwsError(why="no such key")
    check_signature(key, signature, ".".join(parts[:2]).encode("ascii"))
    return payload


def _key_name(raw: bytes) -> str | None:
    header = _read_header(raw)
    if header.get("alg") not in ALGORITHMS:
        raise JwsError(why="other algorithm")
    if not header.keys() <= _MEMBERS:
        raise JwsError(why="header member not understood")
    return header.get("kid")


def _read_header(raw: bytes) -> dict[str, str]:
    if len(raw) > _LONGEST_HEADER:
        raise JwsError(why="header too long")
    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        raise JwsError(why="header is not JSON") from None
    is_plain = isinstance(header, dict) and all(
        isinstance(value, str) for value in header.values()
    )
    if not is_plain:
        raise JwsError(why="header is not an object of texts")
    return dict(header)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JwsError(why="header member twice")
    return found


def check_signature(key: bytes, signature: bytes, signed: bytes) -> None:
    """Check an Ed25519 signature, in its one canonical form.

    Args:
        key: The 32 public bytes.
        signature: R and S, 64 bytes.
        signed: What it is over.

    Raises:
        JwsError: It does not fit.
    """
    if len(signature) != _SIGNATURE_BYTES:
        raise JwsError(why="signature of other length")
    # RFC 8032 section 5.1.7: S beyond the order would be a second signature.
    if int.from_bytes(signature[32:], "little") >= _ORDER:
        raise JwsError(why="signature not canonical")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise JwsError(why="signature does not fit") from None
