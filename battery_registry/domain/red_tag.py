"""The tag of a red pack: its address with a signature behind the ``#``.

A sticker is copied with any printer. The tag that a pack gets when its case is
opened says nothing more than a sticker does, but the registry signed it, so that a
depot without a network can tell a tag of ours from a drawn one. What stands behind
the ``#`` is never sent to a server, so the same symbol opens the pack's page.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_registry.domain import RegistryError, code, jws
from battery_registry.domain.code import PublicCode
from battery_registry.domain.jwk import (
    NotBase64UrlError,
    decode,
    encode,
    find_key,
    public_jwk,
)

KID_SIGNS: Final = 8
"""How much of the key's name is printed: it finds the key, it proves nothing."""

# Nothing else that the key ever signs begins like this: a JWS begins with base64.
_CONTEXT: Final = "battery-registry red tag 1"


class RedTagError(RegistryError):
    """A text is no tag of this registry; ``why`` says what is wrong with it."""

    code: ClassVar[str] = "red_tag_invalid"


def address(base_url: str, *, public_code: PublicCode, key: bytes) -> str:
    """Say what a red pack's tag carries.

    Args:
        base_url: The registry's address.
        public_code: The label in force.
        key: The 32 secret bytes of the registry's Ed25519 key.

    Returns:
        ``<base>/b/<code>#<8 signs of kid>.<signature>``; the signature is over
        the code and the whole ``kid``.
    """
    kid = public_jwk(key)["kid"]
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(
        _signed(public_code, kid)
    )
    plain = code.url(base_url, code=public_code)
    return f"{plain}#{kid[:KID_SIGNS]}.{encode(signature)}"


def verify(text: str, *, jwks: Mapping[str, object]) -> PublicCode:
    """Check a tag offline.

    It proves that the registry made the tag, not that the pack is still red: a
    status changes, print does not.

    Args:
        text: What the tag's symbol says.
        jwks: The registry's public keys.

    Returns:
        The code that the tag was made for.

    Raises:
        RedTagError: It is not ours.
        MalformedCodeError: There is no code in it.
        CodeCheckError: Its code has a typing error.
    """
    plain, mark, signed = text.strip().partition("#")
    short, dot, spelled = signed.partition(".")
    if not (mark and dot) or len(short) != KID_SIGNS:
        raise RedTagError(why="no signature in it")
    public_code = code.parse(plain)
    try:
        signature = decode(spelled)
    except NotBase64UrlError:
        raise RedTagError(why="not base64url") from None
    for kid in _kids(jwks, short):
        key = find_key(jwks, kid=kid)
        if key is not None and _fits(key, signature, _signed(public_code, kid)):
            return public_code
    raise RedTagError(why="signature does not fit any key")


def _signed(public_code: PublicCode, kid: str) -> bytes:
    return f"{_CONTEXT}\n{kid}\n{public_code}\n".encode("ascii")


def _kids(jwks: Mapping[str, object], short: str) -> Iterator[str]:
    listed = jwks.get("keys")
    for entry in listed if isinstance(listed, Sequence) else ():
        kid = entry.get("kid") if isinstance(entry, Mapping) else None
        if isinstance(kid, str) and kid.isascii() and kid.startswith(short):
            yield kid


def _fits(key: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        jws.check_signature(key, signature, signed)
    except jws.JwsError:
        return False
    return True
