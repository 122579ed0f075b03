"""GS1's application identifiers: what each may hold, and where it may stand.

The table is ``application_identifiers.txt`` beside this file. What it leaves out
is stricter rules on the meaning of single values (currencies, countries, tax
codes) and on which identifiers belong together; a value that breaks one of
those is still an identifier that can be looked up.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from battery_registry.domain.gs1 import check_digits

_CHARACTERS: Final = {
    "N": "0-9",
    "X": r"!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z",
    "Y": r"#\-/0-9A-Z",
    "Z": r"\-0-9A-Z_a-z=",
}
_COMPANY_PREFIX: Final = re.compile(r"[0-9]{4}")
_PART: Final = re.compile(
    r"(?P<open>\[?)(?P<kind>[NXYZ])(?P<upto>\.\.)?(?P<length>[0-9]+)(?:,(?P<check>\w+))?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationIdentifier:
    """One application identifier.

    Args:
        ai: Its two to four digits.
        is_fixed: Its length is predefined: no separator follows it.
        may_be_attribute: It may stand in the query of a Digital Link.
        is_key: It may open the path of a Digital Link.
        qualifiers: What may follow it there, in one of these orders.
        pattern: What its value looks like.
        checks: The first part's length, and which check that part must pass.
    """

    ai: str
    is_fixed: bool
    may_be_attribute: bool
    is_key: bool
    qualifiers: tuple[tuple[str, ...], ...]
    pattern: re.Pattern[str]
    checks: tuple[int, str]

    def takes(self, value: str) -> bool:
        """Whether it may hold a value."""
        if self.pattern.fullmatch(value) is None:
            return False
        length, name = self.checks
        return _CHECKS[name](value[:length])


def find(ai: str) -> ApplicationIdentifier | None:
    """Find an application identifier by its digits."""
    return _table().get(ai)


@cache
def _table() -> Mapping[str, ApplicationIdentifier]:
    text = (
        files("battery_registry.domain.gs1")
        .joinpath("application_identifiers.txt")
        .read_text(encoding="utf-8")
    )
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    read = (each for line in lines for each in _read(line))
    return MappingProxyType({each.ai: each for each in read})


def _read(line: str) -> Iterator[ApplicationIdentifier]:
    ais, flags, *cells = line.split()
    path = cells.pop() if cells[-1].startswith("key") else ""
    layout = " ".join(cells)
    first, _, last = ais.partition("-")
    orders = path.partition("=")[2]
    for number in range(int(first), int(last or first) + 1):
        yield ApplicationIdentifier(
            ai=f"{number:0{len(first)}}",
            is_fixed="*" in flags,
            may_be_attribute="?" in flags,
            is_key=bool(path),
            qualifiers=tuple(tuple(o.split(",")) for o in orders.split("|") if o),
            pattern=_pattern(layout),
            checks=_checks(layout),
        )


def _pattern(layout: str) -> re.Pattern[str]:
    spelled = ""
    for part in _PART.finditer(layout):
        least = "1," if part["upto"] else ""
        one = f"[{_CHARACTERS[part['kind']]}]{{{least}{part['length']}}}"
        spelled += f"(?:{one})?" if part["open"] else one
    return re.compile(spelled)


def _checks(layout: str) -> tuple[int, str]:
    part = next(_PART.finditer(layout))
    return int(part["length"]), part["check"] or "any"


def _begins_with_company(value: str) -> bool:
    return _COMPANY_PREFIX.match(value) is not None


def _is_date(value: str, *, day_may_be_missing: bool) -> bool:
    # Which century it is does not matter: any with the same leap years will do.
    day = value[4:]
    if day_may_be_missing and day == "00":
        day = "01"
    try:
        date(2000 + int(value[:2]), int(value[2:4]), int(day))
    except ValueError:
        return False
    return True


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "any": lambda _value: True,
        "csum": check_digits.fits,
        "gcp": _begins_with_company,
        "date": lambda value: _is_date(value, day_may_be_missing=False),
        "date0": lambda value: _is_date(value, day_may_be_missing=True),
    }
)
