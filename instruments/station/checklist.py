"""The checklist beside a recording: what the inspector saw and no instrument does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any, Never
from uuid import UUID

from instruments.station.wire import KNOWN

_MAX_BYTES = 256 * 1024


class ChecklistError(ValueError):
    """A checklist, or an inspection made with it, that cannot be used.

    Args:
        fields: Names of the fields at fault; empty when it is the whole.
        message: What is wrong, one sentence for the operator.
    """

    def __init__(self, message: str, *fields: str) -> None:
        """Keep the fields; see the class."""
        super().__init__(message)
        self.fields = fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What the checklist says of the label, for reading the recording.

    Args:
        rated_ah: Rated capacity.
        cutoff_v: Discharge cut-off voltage.
        charge_limit_v: Charge limit voltage.
        nominal_v: Nominal voltage.
        cells_in_series: Cells in series, >= 1.
    """

    rated_ah: float | None
    cutoff_v: float | None
    charge_limit_v: float | None
    nominal_v: float | None
    cells_in_series: int | None


def read_checklist(path: Path) -> dict[str, Any]:
    """The fields of a checklist file; entries that are null are left out.

    Raises:
        ChecklistError: It cannot be read, is no JSON object, or has a field
            the wire format does not know or a value JSON cannot carry.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        message = f"{path.name} cannot be opened: {error.strerror}"
        raise ChecklistError(message) from error
    if len(data) > _MAX_BYTES:
        raise ChecklistError(f"{path.name} is larger than {_MAX_BYTES >> 10} KiB")
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ChecklistError(f"{path.name} is not JSON: {error}") from error
    return check_checklist(found, path.name)


def check_checklist(found: object, name: str) -> dict[str, Any]:
    """A checklist's fields from parsed JSON; null entries are left out.

    Raises:
        ChecklistError: It is no object, or has a field or text that the wire
            format does not allow.
    """
    if not isinstance(found, dict):
        raise ChecklistError(f"{name} is not a JSON object")
    unknown = sorted(set(found) - KNOWN)
    if unknown:
        message = f"{name}: unknown {_fields(unknown)}"
        raise ChecklistError(message, *unknown)
    for field, value in found.items():
        if not _is_sendable(value):
            message = f"{name}: {field}: has a value that cannot be sent"
            raise ChecklistError(message, field)
    return {field: value for field, value in found.items() if value is not None}


def declared_label(checklist: Mapping[str, Any]) -> Declared:
    """What the checklist says of the label.

    Raises:
        ChecklistError: One of them is not a number above zero.
    """
    cells = _positive(checklist, "cell_count_series")
    if cells is not None and cells != int(cells):
        message = "cell_count_series: must be a whole number"
        raise ChecklistError(message, "cell_count_series")
    return Declared(
        rated_ah=_positive(checklist, "label_rated_capacity_ah"),
        cutoff_v=_positive(checklist, "label_cutoff_voltage_v"),
        charge_limit_v=_positive(checklist, "label_charge_limit_voltage_v"),
        nominal_v=_positive(checklist, "label_nominal_voltage_v"),
        cells_in_series=None if cells is None else int(cells),
    )


def find_tested_at(checklist: Mapping[str, Any]) -> datetime | None:
    """When the checklist says the test was made, None when it does not.

    Raises:
        ChecklistError: It is not a time with an offset.
    """
    value = checklist.get("tested_at")
    if value is None:
        return None
    message = (
        "tested_at: must be a time with its offset, like 2026-05-04T09:30:00+08:00"
    )
    try:
        tested_at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ChecklistError(message, "tested_at") from error
    if tested_at.tzinfo is None:
        raise ChecklistError(message, "tested_at")
    return tested_at


def find_inspection_id(checklist: Mapping[str, Any]) -> UUID | None:
    """The id the checklist brings, None when it brings none.

    Raises:
        ChecklistError: It is not a UUID.
    """
    value = checklist.get("inspection_id")
    if value is None:
        return None
    try:
        return UUID(value)
    except (AttributeError, TypeError, ValueError) as error:
        message = "inspection_id: must be a UUID"
        raise ChecklistError(message, "inspection_id") from error


def missing_fields_error(fields: list[str]) -> ChecklistError:
    """The one error that names everything still missing."""
    return ChecklistError(f"missing {_fields(fields)}", *fields)


def _fields(names: list[str]) -> str:
    return f"field{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _positive(checklist: Mapping[str, Any], field: str) -> float | None:
    value = checklist.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise ChecklistError(f"{field}: must be a number above zero", field)
    return float(value)


def _is_sendable(value: object) -> bool:
    """No NUL, no lone surrogate, no infinity, no object anywhere in a value."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, list):
        return all(_is_sendable(item) for item in value)
    return not isinstance(value, dict)


def _refuse_constant(name: str) -> Never:
    raise ChecklistError(f"{name} is not a number JSON knows")
