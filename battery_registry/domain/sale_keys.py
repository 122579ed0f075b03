"""What a battery is asked for by before a sale, and how a misread serial is met."""

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Final

PREFIX_DIGITS: Final = 5
SUFFIX_DIGITS: Final = 16
"""With the prefix 84 bits: two values of a city never share them by chance."""

# Signs that a label's print or a tired eye makes one of.
_FOLDED: Final = str.maketrans("OQDILZSBG", "000112586")
_ALPHABET: Final = "0123456789ACEFHJKMNPRTUVWXY"
_SHORTEST_NEAR: Final = 6


def plain(serial: str) -> str:
    """Bring a serial to the form it is kept in: NFKC, upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", serial).upper().split())


def sha256_hex(value: str) -> str:
    """Hash a code or serial in its kept form, as a bulk check does."""
    return hashlib.sha256(value.encode()).hexdigest()


def prefix(value: str) -> str:
    """Get the part of the hash that is told when it is asked for."""
    return sha256_hex(value)[:PREFIX_DIGITS]


def suffix(value: str) -> str:
    """Get the part of the hash that is compared by who asks."""
    return sha256_hex(value)[PREFIX_DIGITS : PREFIX_DIGITS + SUFFIX_DIGITS]


def skeleton(serial: str) -> str:
    """Fold what is easily misread: O for 0, I and L for 1, S for 5, hyphens away."""
    signs = unicodedata.normalize("NFKC", serial).upper()
    return "".join(sign for sign in signs if sign.isalnum()).translate(_FOLDED)


def near(of: str) -> tuple[str, ...]:
    """List the skeletons at most one edit away, the same one first.

    Args:
        of: A skeleton. One of fewer than six signs has too many neighbours to
            mean anything, so only itself is near it.
    """
    if len(of) < _SHORTEST_NEAR:
        return (of,)
    return tuple(dict.fromkeys([of, *_edits(of)]))


def _edits(of: str) -> Iterator[str]:
    for place in range(len(of) + 1):
        head, tail = of[:place], of[place:]
        if tail:
            yield head + tail[1:]
        for sign in _ALPHABET:
            yield head + sign + tail
            if tail:
                yield head + sign + tail[1:]
