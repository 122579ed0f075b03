"""Percent-encoding as GS1 Digital Link uses it: ASCII only."""

import re
from typing import Final

_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_RESERVED: Final = re.compile(r"[^A-Za-z0-9._~-]")


def escape(text: str, *, blank_is_plus: bool = False) -> str:
    """Escape every character but the unreserved ones of RFC 3986, section 2.3.

    Args:
        text: What is escaped, ASCII.
        blank_is_plus: Write a blank as forms do in a query.
    """
    escaped = _RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", text)
    return escaped.replace("%20", "+") if blank_is_plus else escaped


def unescape(text: str, *, plus_is_blank: bool = False) -> str:
    """Undo escapes; a percent sign that begins none stays as it is.

    Args:
        text: Part of an address.
        plus_is_blank: It comes from a query, where ``+`` stands for a blank.
    """
    if plus_is_blank:
        text = text.replace("+", " ")
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
