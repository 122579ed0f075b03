"""A checkpoint of the ledger, as C2SP spells it (tlog-checkpoint, signed-note)."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_registry.domain import Kind, RegistryError, jws

_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4


class CheckpointError(RegistryError):
    """A note is no checkpoint that this key signed; ``why`` says what is wrong."""

    code: ClassVar[str] = "checkpoint_invalid"


class CheckpointUnknownError(RegistryError):
    """There is no checkpoint of that size, or none yet."""

    code: ClassVar[str] = "checkpoint_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """How many leaves the tree had, the root over them, and when that was sealed."""

    size: int
    root: bytes
    sealed_at: datetime


def text(told: Checkpoint, *, origin: str) -> str:
    """Spell a checkpoint: origin, size and root, each on a line."""
    root = base64.b64encode(told.root).decode("ascii")
    return f"{origin}\n{told.size}\n{root}\n"


def note(told: Checkpoint, *, origin: str, key: bytes) -> str:
    """Sign a checkpoint as a note.

    Args:
        told: The checkpoint.
        origin: The ledger's name, which is the key's name too.
        key: The 32 secret bytes of an Ed25519 key.
    """
    private = Ed25519PrivateKey.from_private_bytes(key)
    body = text(told, origin=origin)
    key_id = _key_id(origin, private.public_key().public_bytes_raw())
    signed = base64.b64encode(key_id + private.sign(body.encode())).decode("ascii")
    return f"{body}\n\N{EM DASH} {origin} {signed}\n"


def verify(note_text: str, *, origin: str, public_key: bytes) -> tuple[int, bytes]:
    """Check a signed checkpoint; gives its size and root.

    Raises:
        CheckpointError: It is none, or another key's.
    """
    body, blank, signature = note_text.partition("\n\n")
    body = f"{body}\n"
    lines = body.splitlines()
    begin = f"\N{EM DASH} {origin} "
    line = signature.removesuffix("\n")
    if not blank or len(lines) != 3 or lines[0] != origin or not line.startswith(begin):
        raise CheckpointError(why="not a checkpoint of this ledger")
    try:
        raw = base64.b64decode(line.removeprefix(begin), validate=True)
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    except ValueError:
        raise CheckpointError(why="not a checkpoint") from None
    if raw[:_KEY_ID_BYTES] != _key_id(origin, public_key):
        raise CheckpointError(why="another key")
    try:
        jws.check_signature(public_key, raw[_KEY_ID_BYTES:], body.encode())
    except jws.JwsError:
        raise CheckpointError(why="signature does not fit") from None
    return size, root


def _key_id(name: str, public_key: bytes) -> bytes:
    told = name.encode() + b"\n" + _ED25519 + public_key
    return hashlib.sha256(told).digest()[:_KEY_ID_BYTES]
