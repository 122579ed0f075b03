"""The check digit of GS1's number keys (General Specifications, section 7.9.1)."""

import re
from typing import Final

_DIGITS: Final = re.compile(r"[0-9]+")
_SSCC_LENGTH: Final = 18


def check_digit(body: str) -> str:
    """Work out the digit that closes a key.

    From the right, digits weigh 3 and 1 in turn; the check digit fills the sum
    up to the next ten.

    Args:
        body: The key's digits without its last, at least one.

    Raises:
        ValueError: If anything but ASCII digits is in it.
    """
    if _DIGITS.fullmatch(body) is None:
        raise ValueError("a key's body has digits only")
    weighted = sum(
        int(digit) * (1 if place % 2 else 3)
        for place, digit in enumerate(reversed(body))
    )
    return str(-weighted % 10)


def fits(key: str) -> bool:
    """Whether a key of two digits or more ends in its check digit."""
    if len(key) < 2 or _DIGITS.fullmatch(key) is None:
        return False
    return check_digit(key[:-1]) == key[-1]


def is_sscc(text: str) -> bool:
    """Whether it is a serial shipping container code: 18 digits, the last fits."""
    return len(text) == _SSCC_LENGTH and fits(text)
