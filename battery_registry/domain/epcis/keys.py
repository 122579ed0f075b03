"""GS1 keys in one spelling, whatever URI they came in.

An event's hash must not depend on whether a key was written as an EPC URN
(Tag Data Standard 2.0, section 6) or as a GS1 Digital Link on somebody's own
host: both become the canonical Digital Link at its finest level.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from battery_registry.domain.gs1.check_digits import check_digit

_CANONICAL: Final = "https://id.gs1.org"
_URN: Final = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)", re.ASCII)
_PREFIX: Final = re.compile(r"[0-9]{6,12}")
_DIGITS: Final = re.compile(r"[0-9]*")
# What a Digital Link escapes in a path and an EPC URN does not.
_ESCAPES: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "!()*+,:"})
_ANY: Final = "*"


def canonical(text: str) -> str:
    """Spell a GS1 key as its canonical Digital Link; other text stays as it is."""
    urn = _URN.fullmatch(text)
    if urn is not None:
        return _of_urn(urn[1], urn[2], urn[3]) or text
    if text.startswith(("https://", "http://")):
        return _of_link(text) or text
    return text


def _of_urn(kind: str, scheme: str, rest: str) -> str | None:
    spell = _SCHEMES.get((kind, scheme))
    company, dot, reference = rest.partition(".")
    if spell is None or not dot or _PREFIX.fullmatch(company) is None:
        return None
    path = spell(company, reference)
    return None if path is None else f"{_CANONICAL}/{path}"


def _closed(body: str, length: int) -> str | None:
    """Add the check digit to a body of that length; None for any other."""
    if len(body) != length or _DIGITS.fullmatch(body) is None:
        return None
    return body + check_digit(body)


def _rotated(company: str, reference: str, length: int) -> str | None:
    """The indicator or extension digit leads; the company's prefix follows it."""
    return _closed(reference[:1] + company + reference[1:], length)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _gtin(qualifier: str) -> Callable[[str, str], str | None]:
    def spell(company: str, reference: str) -> str | None:
        item, dot, serial = reference.partition(".")
        key = _rotated(company, item, 13)
        if key is None or not serial or not dot:
            return None
        if serial == _ANY:
            return f"01/{key}"
        return f"01/{key}/{qualifier}/{_escaped(serial)}"

    return spell


def _itip(company: str, reference: str) -> str | None:
    parts = reference.split(".", 3)
    key = _rotated(company, parts[0], 13)
    if key is None or len(parts) != 4:  # item, piece, total, serial
        return None
    path = f"8006/{key}{parts[1]}{parts[2]}"
    return path if parts[3] == _ANY else f"{path}/21/{_escaped(parts[3])}"


def _turned(ai: str, length: int) -> Callable[[str, str], str | None]:
    def spell(company: str, reference: str) -> str | None:
        key = _rotated(company, reference, length)
        return None if key is None else f"{ai}/{key}"

    return spell


def _straight(ai: str, length: int) -> Callable[[str, str], str | None]:
    def spell(company: str, reference: str) -> str | None:
        key = _closed(company + reference.removesuffix("."), length)
        return None if key is None else f"{ai}/{key}"

    return spell


def _with_serial(ai: str, *, lead: str = "") -> Callable[[str, str], str | None]:
    def spell(company: str, reference: str) -> str | None:
        body, dot, serial = reference.partition(".")
        key = _closed(company + body, 12)
        if key is None or not dot:
            return None
        return f"{ai}/{lead}{key}{'' if serial == _ANY else _escaped(serial)}"

    return spell


def _gln(company: str, reference: str) -> str | None:
    body, dot, extension = reference.partition(".")
    key = _closed(company + body, 12)
    if key is None or not dot:
        return None
    is_plain = extension == "0"
    return f"414/{key}" if is_plain else f"414/{key}/254/{_escaped(extension)}"


def _open(ai: str) -> Callable[[str, str], str | None]:
    def spell(company: str, reference: str) -> str | None:
        return f"{ai}/{company}{_escaped(reference)}"

    return spell


def _component(company: str, reference: str) -> str | None:
    part, _, serial = reference.rpartition(".")
    key = f"8010/{company}{_escaped(part)}"
    return key if serial == _ANY else f"{key}/8011/{serial}"


_SCHEMES: Final[Mapping[tuple[str, str], Callable[[str, str], str | None]]] = {
    ("id", "sgtin"): _gtin("21"),
    ("id", "upui"): _gtin("235"),
    ("id", "itip"): _itip,
    ("id", "sscc"): _turned("00", 17),
    ("id", "sgln"): _gln,
    ("id", "pgln"): _straight("417", 12),
    ("id", "grai"): _with_serial("8003", lead="0"),
    ("id", "gdti"): _with_serial("253"),
    ("id", "sgcn"): _with_serial("255"),
    ("id", "gsrn"): _straight("8018", 17),
    ("id", "gsrnp"): _straight("8017", 17),
    ("id", "gsin"): _straight("402", 16),
    ("id", "giai"): _open("8004"),
    ("id", "ginc"): _open("401"),
    ("id", "cpi"): _component,
    ("class", "lgtin"): _gtin("10"),
    ("idpat", "sgtin"): _gtin("21"),
    ("idpat", "itip"): _itip,
    ("idpat", "grai"): _with_serial("8003", lead="0"),
    ("idpat", "gdti"): _with_serial("253"),
    ("idpat", "sgcn"): _with_serial("255"),
    ("idpat", "cpi"): _component,
}

# The primary keys of GS1 Digital Link with their short names, what their values
# look like, and which qualifier is the finest.
_PRIMARY: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "00": ("sscc", r"[0-9]{18}", ()),
    "01": ("gtin", r"[0-9]{14}|[0-9]{12,13}|[0-9]{8}", ("21", "235", "10")),
    "253": ("gdti", r"[0-9]{13}[^/]{0,17}", ()),
    "255": ("gcn", r"[0-9]{13,25}", ()),
    "401": ("ginc", r"[0-9]{6}[^/]{0,24}", ()),
    "402": ("gsin", r"[0-9]{17}", ()),
    "414": ("gln", r"[0-9]{13}", ("254",)),
    "417": ("party", r"[0-9]{13}", ()),
    "8003": ("grai", r"[0-9]{14}[^/]{0,16}", ()),
    "8004": ("giai", r"[0-9]{6}[^/]{0,24}", ()),
    "8006": ("itip", r"[0-9]{18}", ("21", "10")),
    "8010": ("cpid", r"[0-9]{6}[^/]{0,40}", ("8011",)),
    "8017": ("gsrnp", r"[0-9]{18}", ()),
    "8018": ("gsrn", r"[0-9]{18}", ()),
}
_NAMES: Final = {
    **{names[0]: ai for ai, names in _PRIMARY.items()},
    "ser": "21",
    "lot": "10",
    "glnx": "254",
    "cpsn": "8011",
}


def _of_link(text: str) -> str | None:
    # A qualifier's number may stand before a key's value and look like a key, so
    # the first that fits is taken.
    segments = re.split(r"[?#]", text, maxsplit=1)[0].rstrip("/").split("/")[3:]
    for at in range(len(segments) - 1):
        ai = _NAMES.get(segments[at], segments[at])
        known = _PRIMARY.get(ai)
        if known is not None and re.fullmatch(known[1], segments[at + 1], re.ASCII):
            return _canonical_link(ai, segments[at + 1], segments[at + 2 :])
    return None


def _canonical_link(ai: str, value: str, rest: list[str]) -> str | None:
    if len(rest) % 2:
        return None
    names = [_NAMES.get(name, name) for name in rest[::2]]
    qualifiers = dict(zip(names, rest[1::2], strict=True))
    key = value.zfill(14) if ai == "01" else value
    link = f"{_CANONICAL}/{ai}/{_escaped(key)}"
    for finest in _PRIMARY[ai][2]:
        if finest in qualifiers:
            return f"{link}/{finest}/{_escaped(qualifiers[finest])}"
    return link
