"""Titles of columns: a name and, perhaps, a unit.

``Current(A)``, ``Current / A``, ``I[A]``, ``Voltage, V`` and ``current_ampere`` are
all seen, in Chinese with fullwidth brackets too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from instruments.readers.roles import QUANTITIES, Role, Vendor
from instruments.reading import ReadingError
from instruments.units import Quantity, find_spelled_unit

LOST = "\ufffd"
# without a unit it is left among the columns that are not used
_OPTIONAL = {Role.AC_RESISTANCE, Role.DC_RESISTANCE}
_LOST_UNITS = frozenset("?")
_FULLWIDTH = str.maketrans({
    "\uff08": "(", "\uff09": ")", "\u3010": "[", "\u3011": "]", "\uff0f": "/",
    "\uff0c": ",", "\u3000": " ", "\u00a0": " ", "\ufeff": " ",
})  # fmt: skip
_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[(\[{](?P<unit>[^()\[\]{}]*)[)\]}]\s*$")
_TAIL = re.compile(r"^(?P<name>.+?)(?:\s*/\s*|\s*,\s*|[_\s]+)(?P<unit>[^\s/_,]+)$")
_SLASH = re.compile(r"^(?P<name>.+)/\s*(?P<unit>[^/]+)$")
_PUNCTUATION = re.compile(r"[\s_.\-:#'\"=*]+")
_CLOCK = re.compile(r"h+\s*:\s*m", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Title:
    """A column's title, taken apart.

    Args:
        text: As written.
        names: What it may be called, without unit, in the form of `key`.
        unit: The unit in it, None without one.
    """

    text: str
    names: tuple[str, ...]
    unit: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a role's values stand, and what turns them into our units.

    Args:
        index: The column's place, from 0.
        title: Its title as written.
        factor: To seconds, volts, amperes, ampere-hours; 1 for the others.
    """

    index: int
    title: str
    factor: float = 1.0


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """A name without case, spaces and punctuation."""
    return _PUNCTUATION.sub("", name.translate(_FULLWIDTH)).casefold()


def take_apart(text: str) -> Title:
    """A title's names and unit."""
    clean = text.translate(_FULLWIDTH).strip().strip("\"'")
    for pattern in (_BRACKETS, _SLASH, _TAIL):
        match = pattern.match(clean)
        if match is None:
            continue
        unit = match["unit"].strip()
        if pattern is _BRACKETS or _is_unit(unit):
            names = (key(match["name"]), key(clean))
            return Title(text=text, names=names, unit=unit or None)
    return Title(text=text, names=(key(clean),), unit=None)


def _is_unit(token: str) -> bool:
    return token.endswith((LOST + "C", LOST + "A")) or any(
        find_spelled_unit(token, quantity) is not None for quantity in Quantity
    )


def find_columns(titles: list[Title], vendor: Vendor) -> dict[Role, int]:
    """Which column plays which role; names in the order of the vendor's table."""
    found: dict[Role, int] = {}
    taken: set[int] = set()
    for role, words in vendor.columns.items():
        for index in _indices(titles, words):
            if index not in taken:
                found[role] = index
                taken.add(index)
                break
    return found


def _indices(titles: list[Title], words: tuple[str, ...]) -> list[int]:
    wanted = [key(word) for word in words]
    return [
        index
        for word in wanted
        for index, title in enumerate(titles)
        if word in title.names
    ]


def place_columns(
    titles: list[Title], vendor: Vendor, notes: list[str]
) -> dict[Role, Place]:
    """The columns of a table with their factors.

    Raises:
        ReadingError: A column has no unit, or one that is not its role's.
    """
    places = {}
    for role, index in find_columns(titles, vendor).items():
        try:
            factor = _factor(role, titles[index], vendor, notes)
        except ReadingError:
            if role not in _OPTIONAL:
                raise
            continue
        title = titles[index].text.strip()
        places[role] = Place(index=index, title=title, factor=factor)
    return places


def _factor(role: Role, title: Title, vendor: Vendor, notes: list[str]) -> float:
    quantity = QUANTITIES.get(role)
    if quantity is None:
        return 1.0
    if role is Role.TEMPERATURE:
        return 1.0 if vendor.units_first else _temperature_factor(title, notes)
    stated = vendor.units.get(role)
    token = (stated or title.unit) if vendor.units_first else (title.unit or stated)
    shown = title.text.strip()
    if token is None or (quantity is Quantity.TIME and _CLOCK.search(token)):
        if quantity is Quantity.TIME:
            # 01:02:03 needs no unit; plain numbers are refused when they are read
            return float("nan")
        raise ReadingError(
            "missing_unit",
            f"Column {shown!r} does not say its unit.",
            "Export it with units, or state the unit in a mapping file.",
        )
    unit = find_spelled_unit(token, quantity)
    if unit is None:
        raise ReadingError(
            "bad_unit", f"Column {shown!r}: {token!r} is no unit of {quantity} we know."
        )
    return unit.factor


def _temperature_factor(title: Title, notes: list[str]) -> float:
    """1 for degrees Celsius, which is also what every vendor here writes.

    Raises:
        ReadingError: The title names another unit.
    """
    token, shown = title.unit, title.text.strip()
    if token is None:
        return 1.0
    if token in _LOST_UNITS or LOST in token:
        notes.append(f"the unit of {shown!r} is lost: read as degrees Celsius")
        return 1.0
    if find_spelled_unit(token, Quantity.TEMPERATURE) is None:
        raise ReadingError("bad_unit", f"Column {shown!r}: {token!r} is not Celsius.")
    return 1.0


def require(
    places: dict[Role, Place], titles: list[Title], vendor: Vendor | None = None
) -> None:
    """Refuse a table without time, voltage or current, or a column it must have.

    Raises:
        ReadingError: Naming what is missing and what is there.
    """
    times = (Role.TIME, Role.STEP_TIME, Role.DATE)
    missing = [
        role.value for role in (Role.VOLTAGE, Role.CURRENT) if role not in places
    ]
    if not any(role in places for role in times):
        missing.insert(0, Role.TIME.value)
    if vendor is not None and vendor.all_needed:
        missing += [names[0] for r, names in vendor.columns.items() if r not in places]
    if missing:
        there = ", ".join(title.text.strip() for title in titles if title.text.strip())
        raise ReadingError(
            "missing_column",
            f"No {' and no '.join(missing)} column; the columns are: {there[:600]}.",
            "Export these columns too, or name them in a mapping file.",
        )


def marks_found(titles: list[Title], vendor: Vendor) -> int:
    """How many of the vendor's marks a header carries."""
    names = {name for title in titles for name in title.names}
    return sum(any(key(word) in names for word in group) for group in vendor.marks)
