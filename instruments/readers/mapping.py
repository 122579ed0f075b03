"""A mapping file: which column of an unknown csv is what, in which unit.

In JSON or TOML::

    current = "discharge_positive"       # optional; "charge_positive" is usual
    [columns]
    "Spannung Akku" = { quantity = "voltage", unit = "mV" }
    "Strom"         = { quantity = "current", unit = "A" }
    "Zeit"          = { quantity = "time", unit = "min" }
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from instruments.readers.roles import QUANTITIES, Role, Sign, Vendor
from instruments.reading import ReadingError
from instruments.units import find_spelled_unit

_MAX_BYTES = 100_000
_SIGNS = {"charge_positive": Sign.CHARGE, "discharge_positive": Sign.DISCHARGE}


def mapped_vendor(path: Path) -> Vendor:
    """The vendor's table that a mapping file makes.

    Raises:
        ReadingError: The file cannot be read, or names what we do not know.
    """
    document = _load(path)
    columns = document.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise _bad(path, "it has no table 'columns'")
    names: dict[Role, tuple[str, ...]] = {}
    units: dict[Role, str] = {}
    for title, entry in columns.items():
        role, unit = _entry(path, title, entry)
        if role in names:
            raise _bad(path, f"two columns are {role.value}")
        names[role] = (str(title),)
        if unit is not None:
            units[role] = unit
    sign = document.get("current", "charge_positive")
    if sign not in _SIGNS:
        raise _bad(path, f"current is one of {', '.join(_SIGNS)}, not {sign!r}")
    return Vendor(
        name="generic_csv",
        title="the mapping file",
        columns=names,
        units=units,
        units_first=True,
        all_needed=True,
        marks=(),
        states={},
        sign=_SIGNS[sign],
        month_first=False,
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():
            raise _bad(path, "it is no file")
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise _bad(path, "it is too large")
        text = data.decode("utf-8-sig")
        is_toml = path.suffix.lower() == ".toml"
        document = tomllib.loads(text) if is_toml else json.loads(text)
    except OSError as error:
        raise _bad(path, f"it cannot be opened: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _bad(path, str(error)) from error
    if not isinstance(document, dict):
        raise _bad(path, "it is no table of names")
    return document


def _entry(path: Path, title: str, entry: Any) -> tuple[Role, str | None]:
    if not isinstance(entry, dict) or set(entry) - {"quantity", "unit"}:
        raise _bad(path, f"column {title!r} needs a quantity and a unit")
    try:
        role = Role(str(entry.get("quantity")))
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise _bad(path, f"the quantity of {title!r} is one of {known}") from None
    quantity, unit = QUANTITIES.get(role), entry.get("unit")
    if quantity is None or (unit is None and role in {Role.TIME, Role.STEP_TIME}):
        return role, None
    if not isinstance(unit, str) or find_spelled_unit(unit, quantity) is None:
        raise _bad(path, f"the unit of {title!r} is no unit of {quantity}: {unit!r}")
    return role, unit


def _bad(path: Path, why: str) -> ReadingError:
    return ReadingError(
        "bad_mapping",
        f"The mapping file {path.name} cannot be used: {why}.",
        "docs/instrument-files.md shows one.",
    )
