"""One spelling for a JSON value, so that its hash means something."""

import hashlib
import json

# Made once: every inspection is spelled several times.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: object) -> bytes:
    """Write a JSON value in the one way that is hashed here.

    Keys sorted by code point, no blanks, UTF-8 without escapes, floats as the
    shortest decimal that reads back the same. It is not RFC 8785: whole floats
    keep their ``.0``, so that ``5`` and ``5.0`` are different bodies.

    Raises:
        ValueError: For NaN, an infinity, or text with a lone surrogate.
        TypeError: For a value that JSON does not have.
    """
    return _ENCODER.encode(value).encode()


def canonical_sha256(value: object) -> bytes:
    """Hash a JSON value's canonical form; 32 bytes.

    Raises:
        ValueError: As ``canonical_json``.
        TypeError: As ``canonical_json``.
    """
    return hashlib.sha256(canonical_json(value)).digest()
