"""Unsent readings in one signed file, to be carried where the network is.

The signature is Ed25519 under a key that is made of the station's API key, so
that the station enrols nothing more: the registry keeps the public half since
it made the API key, and nobody who reads its database can sign.
"""

import base64
import json
import re
from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from instruments.station.entry import Entry, canonical_json

FORMAT = "battery-station-export/1"
_INFO = b"battery-station export 1"
_PREFIX = re.compile(r"br_live_([0-9a-z]{8})_", re.ASCII)
_MAX_BYTES = 256 * 1024 * 1024


class ExportError(ValueError):
    """A file that is no export of this station, or was changed."""


def write_export(entries: Sequence[Entry], *, key: str, now: datetime) -> bytes:
    """The file: a head, one reading a line, and a line that signs all before it.

    Args:
        entries: What is to be carried.
        key: The station's API key.
        now: When it is made.
    """
    prefix = _PREFIX.match(key)
    head = {
        "format": FORMAT,
        "key": prefix[1] if prefix else "",
        "made_at": now.isoformat(timespec="seconds"),
        "readings": len(entries),
    }
    lines = [canonical_json(head), *(entry.body for entry in entries)]
    signed = "".join(f"{line}\n" for line in lines).encode()
    signature = base64.b64encode(_signing_key(key).sign(signed)).decode()
    return signed + f"{canonical_json({'signature': signature})}\n".encode()


def read_export(content: bytes, *, key: str) -> list[dict[str, object]]:
    """The readings of a file that a computer of the same station has signed.

    Raises:
        ExportError: It is no such file, another key has signed it, or it was
            changed.
    """
    if len(content) > _MAX_BYTES:
        raise ExportError("the file is too large")
    signed, _, last = content.rstrip(b"\n").rpartition(b"\n")
    signed += b"\n"
    try:
        head, *bodies = (json.loads(line) for line in signed.splitlines())
        signature = base64.b64decode(json.loads(last)["signature"], validate=True)
        is_export = head["format"] == FORMAT and head["readings"] == len(bodies)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ExportError("the file is no export of a station") from error
    if not is_export:
        raise ExportError("the file is no export of a station, or a part of one")
    try:
        _signing_key(key).public_key().verify(signature, signed)
    except InvalidSignature as error:
        message = "the file was changed, or another key than this station's signed it"
        raise ExportError(message) from error
    return bodies


def _signing_key(key: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(
        key.encode()
    )
    return Ed25519PrivateKey.from_private_bytes(seed)
