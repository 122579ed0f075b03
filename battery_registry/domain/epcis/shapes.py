"""How parts of an EPCIS document must look; each check tells its faults.

Small checks make larger ones, as the parts of a document do.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from battery_registry.domain.epcis.terms import Vocabulary

# RFC 3986, appendix A: a scheme, then only what an address may hold; square
# brackets belong to a host alone and one number sign begins the fragment.
_PCHARS: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_URI: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?"
    rf"\[[0-9A-Fa-f:.]+\])?{_PCHARS}(?:\?(?:{_PCHARS}\??)*)?(?:\#(?:{_PCHARS}\??)*)?",
    re.ASCII,
)
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_LONGEST_SHOWN: Final = 60
_LONGEST_URI: Final = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with one part.

    Args:
        pointer: Where, as a JSON Pointer (RFC 6901).
        told: What, a stable word and perhaps what it is about, by ``|``.
    """

    pointer: str
    told: str


Check = Callable[[object, str], Iterator[Fault]]


def uri(value: object, at: str) -> Iterator[Fault]:
    """A URI with its scheme."""
    if not is_uri(value):
        yield Fault(pointer=at, told="not_uri")


def is_uri(value: object) -> bool:
    """Whether it is a URI with its scheme, of a length that is kept."""
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_URI
        and _URI.fullmatch(value) is not None
    )


def moment(value: object, at: str) -> Iterator[Fault]:
    """An RFC 3339 time with its offset."""
    if not isinstance(value, str) or not _is_moment(value):
        yield Fault(pointer=at, told="not_moment")


def _is_moment(text: str) -> bool:
    if _TIME.fullmatch(text) is None:
        return False
    try:
        # The last hours before the calendar's ends have no time in UTC.
        datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def text(value: object, at: str) -> Iterator[Fault]:
    """A text."""
    if not isinstance(value, str):
        yield Fault(pointer=at, told="not_text")


def flag(value: object, at: str) -> Iterator[Fault]:
    """True or false."""
    if not isinstance(value, bool):
        yield Fault(pointer=at, told="not_flag")


def number(value: object, at: str) -> Iterator[Fault]:
    """A number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Fault(pointer=at, told="not_number")


def anything(value: object, at: str) -> Iterator[Fault]:
    """Whatever it is."""
    yield from ()


def matching(pattern: str) -> Check:
    """Make a check for texts of one spelling."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            yield Fault(pointer=at, told="not_spelled_so")

    return check


def term(vocabulary: Vocabulary, *, reserved: str) -> Check:
    """Make a check for standard words or somebody's own URIs.

    Args:
        vocabulary: The standard words.
        reserved: How URIs begin that must be written as bare words instead.
    """
    kept = re.compile(reserved)

    def check(value: object, at: str) -> Iterator[Fault]:
        is_word = isinstance(value, str) and value in vocabulary.words
        if is_word:
            return
        if not is_uri(value) or kept.match(str(value)):
            yield Fault(pointer=at, told=f"unknown_term|{_shown(value)}")

    return check


def word(words: frozenset[str]) -> Check:
    """Make a check for one of some words."""

    def check(value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, str) or value not in words:
            yield Fault(pointer=at, told=f"unknown_term|{_shown(value)}")

    return check


def array(check_item: Check, *, least: int = 0, is_set: bool = False) -> Check:
    """Make a check for a list."""

    def check(value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(pointer=at, told="not_list")
            return
        if len(value) < least:
            yield Fault(pointer=at, told="too_few")
        if is_set and len({str(item) for item in value}) < len(value):
            yield Fault(pointer=at, told="twice")
        for place, item in enumerate(value):
            yield from check_item(item, f"{at}/{place}")

    return check


def record(
    fields: Mapping[str, Check], *, needs: tuple[str, ...] = (), is_open: bool = True
) -> Check:
    """Make a check for an object.

    Args:
        fields: The check of each standard field.
        needs: Fields that must be there.
        is_open: Extensions may stand beside them, named by URIs.
    """

    def check(value: object, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(pointer=at, told="not_object")
            return
        for name in needs:
            if name not in value:
                yield Fault(pointer=at, told=f"missing|{name}")
        for name, part in value.items():
            if name in fields:
                yield from fields[name](part, f"{at}/{_escaped(name)}")
            elif not (is_open and is_uri(name)):
                yield Fault(pointer=at, told=f"unknown_field|{_shown(name)}")

    return check


def one_or_many(check_item: Check) -> Check:
    """Make a check for a value or a list of them."""
    many = array(check_item)

    def check(value: object, at: str) -> Iterator[Fault]:
        yield from (many if isinstance(value, list) else check_item)(value, at)

    return check


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    return str(value).encode(errors="replace").decode()[:_LONGEST_SHOWN]
