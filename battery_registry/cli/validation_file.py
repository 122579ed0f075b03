"""A validation as JSON, there and back."""

import json
from dataclasses import asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from battery_registry.scoring.validation import Validation

FORMAT: Final = "battery-registry-validation/1"


class NoValidationError(Exception):
    """A text is not what ``scoring validate --json`` writes."""


def dump(found: Validation) -> str:
    """A validation as JSON text."""
    content = {"format": FORMAT, **asdict(found)}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def parse(text: str) -> Validation:
    """Read a validation.

    Raises:
        NoValidationError: It is no JSON, of another format, or lacks something;
            the place is named.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoValidationError(f"is not JSON: {error}") from error
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise NoValidationError(f"is not of the format {FORMAT}")
    found: Validation = _built(Validation, content, "validation")
    return found


def _built(kind: Any, value: Any, where: str) -> Any:
    """A value of a field's type, from what JSON made of it."""
    if isinstance(kind, UnionType):
        if value is None:
            return None
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
    if is_dataclass(kind):
        return _record(kind, value, where)
    if get_origin(kind) is tuple:
        return _list(kind, value, where)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise NoValidationError(f"{where} is no {kind.__name__}")
    return value


def _record(kind: Any, value: Any, where: str) -> Any:
    """A dataclass, all of whose fields are there and no others."""
    names = {field.name for field in fields(kind)}
    if not isinstance(value, dict) or value.keys() != names:
        raise NoValidationError(f"{where} has not the members {sorted(names)}")
    hints = get_type_hints(kind)
    return kind(
        **{
            name: _built(hints[name], part, f"{where}.{name}")
            for name, part in value.items()
        }
    )


def _list(kind: Any, value: Any, where: str) -> Any:
    """A tuple of many of one type, or of a type for each place."""
    if not isinstance(value, list):
        raise NoValidationError(f"{where} is no list")
    parts = get_args(kind)
    if parts[-1] is Ellipsis:
        parts = parts[:1] * len(value)
    if len(parts) != len(value):
        raise NoValidationError(f"{where} has not {len(parts)} items")
    return tuple(
        _built(part, item, f"{where}[{index}]")
        for index, (part, item) in enumerate(zip(parts, value, strict=True))
    )
