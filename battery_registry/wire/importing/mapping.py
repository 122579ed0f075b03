"""Which column of a station's files is which field, and what no column says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from battery_registry.domain import RegistryError
from battery_registry.wire import faults
from battery_registry.wire.inspections import InspectionSchema

NOTE: Final = "_"
"""What names of columns begin with that an import adds itself; never data."""

FIELDS: Final = InspectionSchema().fields

# Said by the import itself where neither a column nor a constant does. The
# version is not in it: the same row must stay the same inspection.
IMPLIED: Final[Mapping[str, Any]] = {"software_version": "import"}
_MADE_HERE: Final = frozenset({"inspection_id", *IMPLIED})
_MOST: Final = 200
_LONGEST: Final = 200


class ColumnsError(RegistryError):
    """The columns cannot be taken as they are; every one at fault is named."""

    code = "import_columns"


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMapping:
    """How a file's columns become fields.

    Args:
        columns: Column to field; a column that is not here is the field of its
            own name.
        constants: Fields that are the same in every row.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Spell it as JSON, as ``parse`` reads it."""
        return {"columns": dict(self.columns), "constants": dict(self.constants)}

    def field_of(self, column: str) -> str:
        """Tell which field a column is."""
        return self.columns.get(column, column)


def parse(raw: object) -> ColumnMapping:
    """Read a mapping from parsed JSON.

    Raises:
        InvalidInputError: It is no mapping, or names fields that there are not.
    """
    told: dict[str, Any] = raw if isinstance(raw, dict) else {}
    wrong: dict[str, Any] = {}
    if not isinstance(raw, dict):
        wrong["mapping"] = ["wire.not_object"]
    for name in told.keys() - {"columns", "constants"}:
        wrong[name] = ["wire.unknown"]
    columns = _object(told, "columns", wrong)
    constants = _object(told, "constants", wrong)
    unknown = [str(to) for to in columns.values() if to not in FIELDS]
    unknown += [name for name in constants if name not in FIELDS]
    wrong |= {f"mapping.{name}": ["wire.unknown"] for name in unknown}
    if wrong:
        raise faults.refuse(wrong)
    return ColumnMapping(columns=columns, constants=constants)


def _object(
    told: Mapping[str, Any], name: str, wrong: dict[str, Any]
) -> dict[str, Any]:
    found = told.get(name, {})
    is_small = isinstance(found, dict) and len(found) <= _MOST
    if not is_small or any(len(key) > _LONGEST for key in found):
        wrong[name] = ["wire.not_object"]
        return {}
    # Only texts name fields; what else stands there could not even be looked up.
    if name == "columns" and not all(isinstance(to, str) for to in found.values()):
        wrong[name] = ["wire.not_text"]
        return {}
    return dict(found)


def check_columns(names: Sequence[str], mapping: ColumnMapping) -> None:
    """Check a header as a whole, before any row.

    Raises:
        ColumnsError: A column is unknown or there twice, two columns are one
            field, or a field that every inspection needs has none.
    """
    data = [name for name in names if not name.startswith(NOTE)]
    wrong = [
        *_twice(data),
        *_unknown(data, mapping),
        *_same_field(data, mapping),
        *_missing(data, mapping),
    ]
    if wrong:
        told = [
            {"field": column, "pointer": "", "detail": fault} for column, fault in wrong
        ]
        raise ColumnsError(field=told[0]["field"], extra={"errors": told})


Faults = list[tuple[str, str]]


def _twice(names: Sequence[str]) -> Faults:
    counts = Counter(names)
    twice = sorted(name for name, count in counts.items() if count > 1)
    return [(name, "wire.column_twice") for name in twice]


def _unknown(names: Sequence[str], mapping: ColumnMapping) -> Faults:
    unknown = (name for name in names if mapping.field_of(name) not in FIELDS)
    return [(name, "wire.column_unknown") for name in dict.fromkeys(unknown)]


def _same_field(names: Sequence[str], mapping: ColumnMapping) -> Faults:
    seen: dict[str, str] = {}
    wrong: Faults = []
    for name in dict.fromkeys(names):
        target = mapping.field_of(name)
        if target in seen:
            wrong.append((name, f"wire.column_same|{seen[target]}|{target}"))
        seen.setdefault(target, name)
    return wrong


def _missing(names: Sequence[str], mapping: ColumnMapping) -> Faults:
    there = {mapping.field_of(name) for name in names}
    there |= mapping.constants.keys() | _MADE_HERE
    needed = (name for name, wired in FIELDS.items() if wired.required)
    return [(name, "wire.column_missing") for name in needed if name not in there]
