"""What a battery is asked for by before a sale, and how a misread serial is met."""

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Final

PREFIX_DIGITS: Final = 5
SUFFIX_DIGITS: Final = 16
"""With the prefix 84 bits: two values of a city never share them by chance."""

LONGEST: Final = 64
"""No value is kept that is longer, so a longer one is like none."""

# Signs that a label's print or a tired eye makes one of.
_MISREAD: Final = str.maketrans("OQDILZSBG", "000112586")
# Cyrillic and Greek capitals that look like Latin ones; what is kept is Latin.
_OTHER_LETTERS: Final = str.maketrans(
    "\u0410\u0412\u0415\u0417\u0406\u041a\u041c\u041d"
    "\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0408"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a"
    "\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "ABE3IKMHOPCTYXSJABEZHIKMNOPTYX",
)
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
    signs = unicodedata.normalize("NFKC", serial).upper().translate(_OTHER_LETTERS)
    return "".join(sign for sign in signs if sign.isalnum()).translate(_MISREAD)


def near(of: str) -> tuple[str, ...]:
    """List the skeletons at most one edit away, the same one first.

    Args:
        of: A skeleton. One of fewer than six signs has too many neighbours to
            mean anything, so only itself is near it; nothing kept is near one of
            more than 65, which would have very many.
    """
    if not _SHORTEST_NEAR <= len(of) <= LONGEST + 1:
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
