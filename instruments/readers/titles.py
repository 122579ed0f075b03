"""Titles of columns: a name and, perhaps, a unit.

``Current(A)``, ``Current / A``, ``I[A]``, ``Voltage, V`` and ``current_ampere`` are
all seen, in Chinese with fullwidth brackets too.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from instruments.readers.roles import QUANTITIES, Role, Vendor
from instruments.reading import ReadingError
from instruments.units import Quantity, Unit, find_spelled_unit

LOST = "\ufffd"
# without a unit it is left among the columns that are not used
_OPTIONAL = {Role.AC_RESISTANCE, Role.DC_RESISTANCE}
_LOST_UNITS = frozenset("?")
_CELSIUS = Unit(quantity=Quantity.TEMPERATURE, factor=1.0)
_FULLWIDTH = str.maketrans({
    "\uff08": "(", "\uff09": ")", "\u3010": "[", "\u3011": "]", "\uff0f": "/",
    "\uff0c": ",", "\u3000": " ", "\u00a0": " ", "\ufeff": " ",
})  # fmt: skip
_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[(\[{](?P<unit>[^()\[\]{}]*)[)\]}]\s*$")
_TAIL = re.compile(r"^(?P<name>.+?)(?:\s*[/,#]\s*|[_\s]+)(?P<unit>[^\s/_,#]+)$")
_SLASH = re.compile(r"^(?P<name>.+)/\s*(?P<unit>[^/]+)$")
_PUNCTUATION = re.compile(r"[\s_.\-:#'\"=*]+")
_CLOCK = re.compile(r"h+\s*:\s*m", re.IGNORECASE)
# a count's unit, as the Battery Data Format writes it
_DIMENSIONLESS = "1"
# a title of one letter may be a quantity's symbol as well as a unit
_SHORTEST_UNIT = 2
_LONGEST = 200
_UNIT_CELL = re.compile(
    r"^(?!(?:nan|null|none|n/?a)$)[\[(]?(?P<unit>[^\W\d_][^\d\[\]()]{0,11})[\])]?$",
    re.IGNORECASE,
)


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
        offset: Added after the factor, for temperatures.
        assumed: The unit is the vendor's habit, and no word in the file.
    """

    index: int
    title: str
    factor: float = 1.0
    offset: float = 0.0
    assumed: bool = False


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """A name without case, spaces and punctuation."""
    return _PUNCTUATION.sub("", name.translate(_FULLWIDTH)).casefold()


def take_apart(text: str) -> Title:
    """A title's names and unit."""
    # a longer one names nothing, and would cost a pattern its time
    clean = text[:_LONGEST].translate(_FULLWIDTH).strip().strip("\"'")
    for pattern in (_BRACKETS, _SLASH, _TAIL):
        match = pattern.match(clean)
        if match is None:
            continue
        unit = match["unit"].strip()
        counted = pattern is _SLASH and unit == _DIMENSIONLESS
        if pattern is _BRACKETS or counted or _is_unit(unit):
            names = (key(match["name"]), key(clean))
            return Title(text=text, names=names, unit=None if counted else unit or None)
    # "Volts", "mAmps", "mAh": the name is the unit
    itself = len(clean) >= _SHORTEST_UNIT and _is_unit(clean)
    return Title(text=text, names=(key(clean),), unit=clean if itself else None)


def _is_unit(token: str) -> bool:
    return token.endswith((LOST + "C", LOST + "A")) or any(
        find_spelled_unit(token, quantity) is not None for quantity in Quantity
    )


def find_columns(titles: list[Title], vendor: Vendor) -> dict[Role, int]:
    """Which column plays which role; names in the order of the vendor's table."""
    named: dict[str, list[int]] = {}
    for index, title in enumerate(titles):
        for name in dict.fromkeys(title.names):
            named.setdefault(name, []).append(index)
    found: dict[Role, int] = {}
    taken: set[int] = set()
    for role, words in vendor.columns.items():
        places = (place for word in words for place in named.get(key(word), ()))
        first = next((place for place in places if place not in taken), None)
        if first is not None:
            found[role] = first
            taken.add(first)
    return found


def place_columns(
    titles: list[Title], vendor: Vendor, notes: list[str]
) -> dict[Role, Place]:
    """The columns of a table with their factors.

    Raises:
        ReadingError: A column has no unit, or one that is not its role's.
    """
    places = {}
    for role, index in find_columns(titles, vendor).items():
        title = titles[index]
        try:
            unit = _unit(role, title, vendor, notes)
        except ReadingError:
            if role not in _OPTIONAL:
                raise
            continue
        places[role] = Place(
            index=index,
            title=title.text.strip(),
            factor=1.0 if unit is None else unit.factor,
            offset=0.0 if unit is None else unit.offset,
            assumed=title.unit is None and role in vendor.assumed,
        )
    return places


def _unit(role: Role, title: Title, vendor: Vendor, notes: list[str]) -> Unit | None:
    """The unit of a column; None for one that is counted or named.

    Raises:
        ReadingError: It has none, or one that is not its role's.
    """
    quantity = QUANTITIES.get(role)
    if quantity is None:
        return None
    stated = vendor.units.get(role)
    token = (stated or title.unit) if vendor.units_first else (title.unit or stated)
    shown = title.text.strip()
    if role is Role.TEMPERATURE and _is_celsius(token, shown, notes):
        return _CELSIUS
    if token is None or (quantity is Quantity.TIME and _CLOCK.search(token)):
        if quantity is Quantity.TIME:
            # 01:02:03 needs no unit; plain numbers are refused when they are read
            return Unit(quantity=quantity, factor=math.nan)
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
    return unit


def _is_celsius(token: str | None, shown: str, notes: list[str]) -> bool:
    """No unit is degrees Celsius, which is what every vendor here writes."""
    if token is None:
        return True
    if token in _LOST_UNITS or LOST in token:
        notes.append(f"the unit of {shown!r} is lost: read as degrees Celsius")
        return True
    return False


def with_units_below(
    titles: Sequence[Title], cells: Sequence[str], vendor: Vendor
) -> tuple[Title, ...]:
    """Titles with the units of a row of units right below them.

    Only such a row has letters, and no other title, under voltage and current.
    """
    places = find_columns(list(titles), vendor)
    measured = [places.get(role) for role in (Role.VOLTAGE, Role.CURRENT)]
    units = [_UNIT_CELL.match(cell.translate(_FULLWIDTH).strip()) for cell in cells]
    if any(
        place is None
        or place >= len(units)
        or units[place] is None
        or key(cells[place]) in titles[place].names
        for place in measured
    ):
        return tuple(titles)
    return tuple(
        replace(title, unit=unit["unit"].strip())
        if title.unit is None and unit is not None
        else title
        for title, unit in zip_longest(titles, units[: len(titles)])
    )


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
    spelled = vendor.spelled
    if spelled and not any(re.search(spelled, t.text.strip()) for t in titles):
        return 0
    names = {name for title in titles for name in title.names}
    return sum(any(key(word) in names for word in group) for group in vendor.marks)
