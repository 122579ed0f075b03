"""The public code of a battery: what the label shows and the address carries.

Fifteen random characters of Crockford's base32 (75 bits, so that nobody finds
a battery by guessing) and one check character out of the same 32.

The check is linear over GF(32), built on the primitive polynomial
x^5 + x^2 + 1 with alpha = x = 2::

    check = alpha^1 * c0 + alpha^2 * c1 + ... + alpha^15 * c14

Together with the check's own factor, alpha^0, all sixteen factors are
different and none is zero. One wrong character adds factor * error, which is
never zero; two different characters in each other's place add (factor_i +
factor_j) * (c_i + c_j), never zero either, wherever the two stand. So every
single error and every transposition is found, and 31 of 32 other errors.
Crockford's own check, modulo 37, needs five more symbols (``* ~ $ = U``) of
which some must be escaped in an address and cannot be told over a telephone.
"""

import unicodedata
from base64 import b32encode
from typing import ClassVar, Final, NewType

from battery_registry.domain import RegistryError

PublicCode = NewType("PublicCode", str)

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH: Final = 16
RANDOM_BYTES: Final = 10

_RANDOM_CHARACTERS = LENGTH - 1
_GROUP = 4
_PATH_MARK = "/b/"
_LONGEST_TEXT = 2048
_POLYNOMIAL = 0b100101
_FROM_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
_VALUE_OF = {character: value for value, character in enumerate(ALPHABET)} | {
    "o": 0,
    "i": 1,
    "l": 1,
}


class MalformedCodeError(RegistryError):
    """The text cannot be a public code: wrong length or characters."""

    code: ClassVar[str] = "code_malformed"


class CodeCheckError(RegistryError):
    """The check character does not fit: some character was misread."""

    code: ClassVar[str] = "code_check_failed"


def mint(random_bytes: bytes) -> PublicCode:
    """Make a code from randomness.

    Args:
        random_bytes: At least ten bytes from a cryptographic source; the
            first 75 bits are used.

    Raises:
        ValueError: If there are fewer than ten bytes.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a code needs {RANDOM_BYTES} random bytes")
    # The library's base32 takes the same bits from the left, and spells them anew.
    digits = b32encode(random_bytes[:RANDOM_BYTES])[:_RANDOM_CHARACTERS]
    text = digits.translate(_FROM_BASE32).decode()
    return PublicCode(text + ALPHABET[_check([_VALUE_OF[c] for c in text])])


def parse(text: str, *, field: str = "code") -> PublicCode:
    """Read a code as people type it or a scanner gives it.

    Takes either case, full-width characters, blanks and hyphens anywhere, O
    for 0, I and L for 1, and a whole address with ``/b/<code>`` in it.

    Args:
        text: What was typed or scanned.
        field: The input field, for the refusal.

    Returns:
        The stored form: sixteen lower-case characters without hyphens.

    Raises:
        MalformedCodeError: If it has another length or other characters.
        CodeCheckError: If the check character does not fit.
    """
    if len(text) > _LONGEST_TEXT:
        raise MalformedCodeError(field=field)
    plain = unicodedata.normalize("NFKC", text).lower()
    characters = [c for c in _after_path(plain) if not _is_separator(c)]
    values = [_VALUE_OF[c] for c in characters if c in _VALUE_OF]
    if len(values) != len(characters) or len(values) != LENGTH:
        raise MalformedCodeError(field=field)
    if _check(values[:-1]) != values[-1]:
        raise CodeCheckError(field=field)
    return _spell(values)


def show(code: PublicCode) -> str:
    """Group a code for people: ``xxxx-xxxx-xxxx-xxxx``."""
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def url(base_url: str, *, code: PublicCode) -> str:
    """Say the address that a label carries: ``<base>/b/xxxx-xxxx-xxxx-xxxx``."""
    return f"{base_url.rstrip('/')}{_PATH_MARK}{show(code)}"


def _after_path(text: str) -> str:
    """Cut a code out of an address; other text stays as it is."""
    _, mark, rest = text.rpartition(_PATH_MARK)
    if not mark:
        return text
    return rest.partition("#")[0].partition("?")[0].rstrip("/")


def _is_separator(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Pd"


def _spell(values: list[int]) -> PublicCode:
    return PublicCode("".join(ALPHABET[value] for value in values))


def _double(value: int) -> int:
    """Multiply by alpha in GF(32)."""
    value <<= 1
    return value ^ _POLYNOMIAL if value >= len(ALPHABET) else value


def _check(values: list[int]) -> int:
    """Sum alpha^(i+1) * value_i by Horner's rule, from the last to the first."""
    total = 0
    for value in reversed(values):
        total = _DOUBLES[total ^ value]
    return total


_DOUBLES = tuple(_double(value) for value in range(len(ALPHABET)))
