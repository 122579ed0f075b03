"""Ed25519 keys as JSON Web Keys (RFC 7517, RFC 8037)."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHMS: Final = frozenset({"EdDSA", "Ed25519"})
"""The names of the one algorithm: RFC 8037's, and RFC 9864's that replaces it."""

KEY_BYTES: Final = 32

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


class NotBase64UrlError(ValueError):
    """A text is not base64url as RFC 7515 writes it: no padding, no spare bits."""


def encode(raw: bytes) -> str:
    """Write bytes in base64url without padding, RFC 7515 section 2."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read base64url in its one canonical spelling.

    Raises:
        NotBase64UrlError: Padding, other signs, or bits that carry nothing.
    """
    if _BASE64URL.fullmatch(text) is None:
        raise NotBase64UrlError
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise NotBase64UrlError from None
    # Spare bits would let one token be spelled in several ways.
    if encode(raw) != text:
        raise NotBase64UrlError
    return raw


def public_jwk(seed: bytes) -> dict[str, str]:
    """Make the public key of a signing key, with its thumbprint as ``kid``.

    Args:
        seed: The 32 secret bytes of RFC 8032.
    """
    return told_jwk(
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    )


def told_jwk(raw: bytes) -> dict[str, str]:
    """Spell a public key, with its thumbprint as ``kid``; ``raw`` is 32 bytes."""
    key = {"crv": "Ed25519", "kty": "OKP", "x": encode(raw)}
    return {**key, "kid": thumbprint(key), "use": "sig", "alg": "EdDSA"}


def thumbprint(key: Mapping[str, object]) -> str:
    """Name a key by the SHA-256 of its required members, RFC 7638 section 3."""
    members = {name: key[name] for name in ("crv", "kty", "x")}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return encode(hashlib.sha256(text.encode()).digest())


def find_key(jwks: Mapping[str, object], *, kid: str | None) -> bytes | None:
    """Find the Ed25519 public key that a signature names.

    A signature without a name is checked only by a set of one key.

    Args:
        jwks: A JSON Web Key Set.
        kid: The name in the signature's header, None without one.

    Returns:
        32 bytes, or None when no key, or more than one, fits.
    """
    listed = jwks.get("keys")
    entries = listed if isinstance(listed, Sequence) else ()
    usable = [
        (entry.get("kid"), raw)
        for entry in entries
        if isinstance(entry, Mapping) and (raw := _public_bytes(entry)) is not None
    ]
    fitting = [raw for name, raw in usable if kid is None or name == kid]
    return fitting[0] if len(fitting) == 1 else None


def _public_bytes(key: Mapping[str, object]) -> bytes | None:
    operations = key.get("key_ops", ["verify"])
    is_ours = (
        key.get("kty") == "OKP"
        and key.get("crv") == "Ed25519"
        and key.get("use", "sig") == "sig"
        and str(key.get("alg", "EdDSA")) in ALGORITHMS
        and isinstance(operations, Sequence)
        and "verify" in operations
    )
    spelled = key.get("x")
    if not is_ours or not isinstance(spelled, str):
        return None
    try:
        raw = decode(spelled)
    except NotBase64UrlError:
        return None
    return raw if len(raw) == KEY_BYTES else None
