"""GS1 Digital Link addresses: read one, or write one.

Source: GS1 Digital Link Standard: URI Syntax, sections 4 and 5. Of what the
standard leaves to the reader: GTINs may be written with 8, 12 or 13 digits, the
short names of its earlier releases (``/gtin/…/ser/…``) are read, and numbers
that are no application identifier are refused, in the path and in the query.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.gs1 import application_identifiers, percent
from battery_registry.domain.gs1.application_identifiers import ApplicationIdentifier

_LONGEST: Final = 4096
_LEGAL: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
_SCHEMES: Final = frozenset({"http", "https", "HTTP", "HTTPS"})
_AUTHORITY: Final = re.compile(r"[A-Za-z0-9.:\[\]-]+")
_BRACKETED: Final = re.compile(r"\((?P<ai>[0-9]{2,4})\)(?P<value>(?:\\\(|[^(])*)")
_DIGITS: Final = re.compile(r"[0-9]+")
_GTIN: Final = "01"
_SERIAL: Final = "21"
_GIAI: Final = "8004"
_SHORT_GTINS: Final = frozenset({8, 12, 13})
_SHORT_NAMES: Final = {
    "sscc": "00",
    "gtin": "01",
    "lot": "10",
    "ser": "21",
    "cpv": "22",
    "gdti": "253",
    "glnx": "254",
    "gcn": "255",
    "ginc": "401",
    "gsin": "402",
    "gln": "414",
    "payTo": "415",
    "grai": "8003",
    "giai": "8004",
    "itip": "8006",
    "cpid": "8010",
    "cpsn": "8011",
    "gsrnp": "8017",
    "gsrn": "8018",
    "srin": "8019",
    "refno": "8020",
}

Element = tuple[str, str]
"""An application identifier and its value."""


class DigitalLinkError(RegistryError):
    """It is no GS1 Digital Link; ``reason`` says why."""

    code: ClassVar[str] = "digital_link_malformed"
    kind: ClassVar[Kind] = Kind.MALFORMED


@dataclass(frozen=True, kw_only=True, slots=True)
class DigitalLink:
    """What an address says, values unescaped and GTINs in 14 digits.

    Args:
        key: What the path begins with: the thing that is meant.
        qualifiers: What narrows it in the path, such as a serial number.
        attributes: What the query tells of it.
    """

    key: Element
    qualifiers: tuple[Element, ...] = ()
    attributes: tuple[Element, ...] = ()

    @property
    def elements(self) -> tuple[Element, ...]:
        """Everything, in the order of the address."""
        return (self.key, *self.qualifiers, *self.attributes)

    @property
    def path(self) -> str:
        """The path that means the same thing, without a stem."""
        inside = (self.key, *self.qualifiers)
        return "".join(f"/{ai}/{percent.escape(value)}" for ai, value in inside)

    @property
    def item(self) -> str | None:
        """What one thing bears as its maker's code; None where a class is meant.

        Only a trade item with its serial number, or an asset, is one thing. Case
        does not count, as nowhere in makers' codes.
        """
        ai, value = self.key
        if ai == _GIAI:
            return f"{ai}{value}".upper()
        serial = dict(self.qualifiers).get(_SERIAL)
        if ai != _GTIN or serial is None:
            return None
        return f"{ai}{value}{_SERIAL}{serial}".upper()

    @property
    def element_string(self) -> str:
        """The element string, ``^`` in place of the separator FNC1."""
        spelled, needs_separator = "", True
        for ai, value in self.elements:
            spelled += f"{'^' if needs_separator else ''}{ai}{value}"
            needs_separator = not _get(ai).is_fixed
        return spelled

    def uri(self, stem: str = "https://id.gs1.org") -> str:
        """Write the address.

        Args:
            stem: What comes before the path.
        """
        query = "&".join(f"{ai}={percent.escape(v)}" for ai, v in self.attributes)
        return f"{stem.rstrip('/')}{self.path}{'?' if query else ''}{query}"


def parse(uri: str) -> DigitalLink:
    """Read an address.

    Args:
        uri: Absolute, as scanned; path info before the key is passed over.

    Raises:
        DigitalLinkError: It is none, or a value breaks its identifier's rules.
    """
    path, query = _split(uri)
    segments = path.split("/")
    for at in range(len(segments) - 2, 0, -2):
        key = _named(segments[at])
        if key is not None and key.is_key:
            pairs = zip(segments[at::2], segments[at + 1 :: 2], strict=True)
            return _checked(key, [*pairs], _pairs_of_query(query))
    raise DigitalLinkError(reason="no key")


def parse_element_string(text: str) -> DigitalLink:
    """Read a bracketed element string, ``(01)…(21)…``, as one thing.

    The first key opens the path; its qualifiers follow in the standard's order,
    attributes of predefined length come before the others. The same identifier
    may be given twice with the same value.

    Raises:
        DigitalLinkError: It is none, or cannot be written as an address.
    """
    given = _given(text)
    key = next((_get(ai) for ai in given if _get(ai).is_key), None)
    if key is None:
        raise DigitalLinkError(reason="no key")
    # Of two orders that fit equally well, the standard's first.
    order = max(key.qualifiers, key=lambda o: sum(ai in given for ai in o), default=())
    inside = [ai for ai in order if ai in given]
    rest = [ai for ai in given if ai != key.ai and ai not in inside]
    if not all(_get(ai).may_be_attribute for ai in rest):
        raise DigitalLinkError(reason="not an attribute")
    rest.sort(key=lambda ai: not _get(ai).is_fixed)
    return DigitalLink(
        key=(key.ai, given[key.ai]),
        qualifiers=tuple((ai, given[ai]) for ai in inside),
        attributes=tuple((ai, given[ai]) for ai in rest),
    )


def _given(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    end = 0
    for found in _BRACKETED.finditer(text):
        if found.start() != end:
            break
        end = found.end()
        ai, value = found["ai"], found["value"].replace("\\(", "(")
        if given.setdefault(ai, value) != value:
            raise DigitalLinkError(reason="two values")
        _check(ai, value)
    if end != len(text):
        raise DigitalLinkError(reason="brackets")
    return given


def _split(uri: str) -> tuple[str, str]:
    if len(uri) > _LONGEST or _LEGAL.fullmatch(uri) is None:
        raise DigitalLinkError(reason="characters")
    scheme, _, rest = uri.partition("#")[0].partition("://")
    if scheme not in _SCHEMES:
        raise DigitalLinkError(reason="scheme")
    before, _, query = rest.partition("?")
    authority, slash, path = before.partition("/")
    if _AUTHORITY.fullmatch(authority) is None:
        raise DigitalLinkError(reason="host")
    return slash + path, query


def _named(segment: str) -> ApplicationIdentifier | None:
    return application_identifiers.find(_SHORT_NAMES.get(segment, segment))


def _get(ai: str) -> ApplicationIdentifier:
    found = application_identifiers.find(ai)
    if found is None:
        raise DigitalLinkError(reason="no such identifier")
    return found


def _pairs_of_query(query: str) -> list[Element]:
    """The query's application identifiers; what is named otherwise is not ours."""
    named = (part.partition("=") for part in query.split("&"))
    return [
        (name, percent.unescape(value, plus_is_blank=True))
        for name, equals, value in named
        if equals and _DIGITS.fullmatch(name)
    ]


def _checked(
    key: ApplicationIdentifier, path: Sequence[Element], query: Sequence[Element]
) -> DigitalLink:
    inside = [
        _whole(_SHORT_NAMES.get(name, name), percent.unescape(value))
        for name, value in path
    ]
    attributes = [_whole(name, value) for name, value in query]
    names = [ai for ai, _ in (*inside, *attributes)]
    if len(set(names)) != len(names):
        raise DigitalLinkError(reason="twice")
    for ai, value in (*inside, *attributes):
        _check(ai, value)
    qualifiers = [ai for ai, _ in inside[1:]]
    if not _is_order(key, qualifiers):
        raise DigitalLinkError(reason="qualifiers")
    for ai, _ in attributes:
        if not _get(ai).may_be_attribute or _belongs_inside(key, qualifiers, ai):
            raise DigitalLinkError(reason="not an attribute")
    return DigitalLink(
        key=inside[0], qualifiers=tuple(inside[1:]), attributes=tuple(attributes)
    )


def _whole(ai: str, value: str) -> Element:
    if ai == _GTIN and len(value) in _SHORT_GTINS:
        return ai, value.zfill(14)
    return ai, value


def _check(ai: str, value: str) -> None:
    if not _get(ai).takes(value):
        raise DigitalLinkError(reason=f"value of {ai}")


def _is_order(key: ApplicationIdentifier, qualifiers: Sequence[str]) -> bool:
    orders: Iterable[Sequence[str]] = key.qualifiers or ((),)
    return any(qualifiers == [ai for ai in o if ai in qualifiers] for o in orders)


def _belongs_inside(
    key: ApplicationIdentifier, qualifiers: Sequence[str], ai: str
) -> bool:
    return any({*qualifiers, ai} <= set(order) for order in key.qualifiers)
