"""One spelling for a JSON value, so that its hash means something."""

import hashlib
import math
from collections.abc import Iterable

import msgspec

# Made once: every inspection is spelled several times.
_ENCODER = msgspec.json.Encoder(order="sorted")
_PLAIN = msgspec.json.Encoder()


def plain_json(value: object) -> str:
    """Write a JSON value as short as it goes, keys in their own order.

    Raises:
        ValueError: For text with a lone surrogate.
        TypeError: For a value that JSON does not have.
    """
    return _PLAIN.encode(value).decode()


def sorted_json(value: object) -> str:
    """Write a JSON value of finite numbers as ``canonical_json`` does.

    It does not look whether they are: NaN and infinities become null. For what
    was made of readings, which are checked where they come in.

    Raises:
        ValueError: For text with a lone surrogate.
        TypeError: For a value that JSON does not have.
    """
    return _ENCODER.encode(value).decode()


def canonical_json(value: object) -> bytes:
    """Write a JSON value in the one way that is hashed here.

    Keys sorted by code point, no blanks, UTF-8 without escapes, floats as the
    shortest decimal that reads back the same. It is not RFC 8785: whole floats
    keep their ``.0``, so that ``5`` and ``5.0`` are different bodies.

    Raises:
        ValueError: For NaN, an infinity, or text with a lone surrogate.
        TypeError: For a value that JSON does not have.
    """
    spelled = _ENCODER.encode(value)
    # The encoder writes what is no number as null; nothing else hides there.
    if b"null" in spelled:
        _check_numbers((value,))
    return spelled


def canonical_sha256(value: object) -> bytes:
    """Hash a JSON value's canonical form; 32 bytes.

    Raises:
        ValueError: As ``canonical_json``.
        TypeError: As ``canonical_json``.
    """
    return hashlib.sha256(canonical_json(value)).digest()


def _check_numbers(values: Iterable[object]) -> None:
    for value in values:
        if isinstance(value, float):
            if not math.isfinite(value):
                raise ValueError("neither NaN nor an infinity is JSON")
        elif isinstance(value, dict):
            _check_numbers(value.values())
        elif isinstance(value, list | tuple):
            _check_numbers(value)
