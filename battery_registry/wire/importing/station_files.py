"""Files that a station has signed, to be carried where the network is.

Written by ``battery-station queue export``: a head, one reading a line, and a
last line that signs every byte before it (Ed25519).
"""

import base64
import io
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from battery_registry.domain import RegistryError
from battery_registry.wire.importing.sheets import File

FORMAT: Final = "battery-station-export/1"
_LONGEST_HEAD: Final = 1000
_LARGEST_BYTES: Final = 256 * 1024 * 1024
_PREFIX: Final = re.compile(r"\w{1,32}", re.ASCII)


class ExportDamagedError(RegistryError):
    """The file is not whole, or was changed after it was signed."""

    code = "import_export_damaged"


class ExportKeyError(RegistryError):
    """The key that signed the file is unknown, ended, or too old to sign."""

    code = "import_export_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedFile:
    """A station's file, not yet checked.

    Args:
        key_prefix: Which key is said to have signed it.
        signed: The bytes that are signed.
        signature: What the last line says.
        readings: How many there are said to be.
    """

    key_prefix: str
    signed: bytes
    signature: bytes
    readings: int

    def check(self, public_key: bytes) -> None:
        """Check the signature.

        Raises:
            ExportDamagedError: The key has not signed these bytes.
        """
        try:
            key = Ed25519PublicKey.from_public_bytes(public_key)
            key.verify(self.signature, self.signed)
        except InvalidSignature:
            raise ExportDamagedError(field="file") from None

    def file(self) -> File:
        """Give its readings as a file of JSON lines, numbered as they stand."""
        # The head's line stays, empty, so that rows keep their numbers.
        rest = b"\n" + self.signed.partition(b"\n")[2]
        return File(name="export.jsonl", open=lambda: io.BytesIO(rest))


def find(file: File) -> SignedFile | None:
    """Find a station's signed file; None when it is of another kind.

    Raises:
        ExportDamagedError: It begins as one and is not whole.
    """
    with file.open() as opened:
        head = _object(opened.readline(_LONGEST_HEAD))
        if head.get("format") != FORMAT:
            return None
        opened.seek(0)
        content = opened.read(_LARGEST_BYTES + 1)
    signed, _, last = content.rstrip(b"\n").rpartition(b"\n")
    signed += b"\n"
    try:
        signature = base64.b64decode(_object(last)["signature"], validate=True)
        is_whole = signed.count(b"\n") == int(head["readings"]) + 1
        prefix = str(head["key"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ExportDamagedError(field="file") from None
    # No key is called otherwise, and not every text can be looked up.
    is_whole = is_whole and _PREFIX.fullmatch(prefix) is not None
    if not is_whole or len(content) > _LARGEST_BYTES:
        raise ExportDamagedError(field="file")
    return SignedFile(
        key_prefix=prefix,
        signed=signed,
        signature=signature,
        readings=int(head["readings"]),
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
