"""The short way through a schema for what is plainly right.

Checking a flat object with marshmallow asks every declared field, given or
not. Here each field of the schema is turned, once, into one small check of
the exact type and range; whatever does not pass is left to the schema itself,
which alone says what is wrong. So nothing is accepted here that the schema
would refuse, and no refusal is worded twice.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from battery_registry.wire.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Moment,
    Number,
    Text,
    Whole,
)

Check = Callable[[Any], Any]

_UNSURE: Final = object()
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_UUID_LENGTH = 36


class Shortcut:
    """The checks of one schema.

    Args:
        schema: What decides where the short way does not.
    """

    def __init__(self, schema: Schema) -> None:
        """Turn the schema's fields into checks."""
        self._checks = {name: _check(field) for name, field in schema.fields.items()}
        self._nullable = {n for n, field in schema.fields.items() if field.allow_none}
        self._required = {n for n, field in schema.fields.items() if field.required}

    def load(self, raw: object) -> dict[str, Any] | None:
        """Check an object field by field; None where the schema must decide."""
        if type(raw) is not dict or not self._required <= raw.keys():
            return None
        loaded: dict[str, Any] = {}
        for name, value in raw.items():
            if value is None and name in self._nullable:
                loaded[name] = None
                continue
            check = self._checks.get(name)
            found = _UNSURE if check is None else check(value)
            if found is _UNSURE:
                return None
            loaded[name] = found
        return loaded


def _check(field: fields.Field[Any]) -> Check | None:
    make = _MAKERS.get(type(field))
    return make(field) if make else None


def _limits(field: fields.Field[Any]) -> tuple[float, float]:
    for rule in field.validators:
        if isinstance(rule, validate.Range):
            return rule.min, rule.max
    return -math.inf, math.inf


def _number(field: fields.Field[Any]) -> Check:
    low, high = _limits(field)

    def check(value: Any) -> Any:
        is_number = type(value) is float or type(value) is int
        return float(value) if is_number and low <= value <= high else _UNSURE

    return check


def _whole(field: fields.Field[Any]) -> Check:
    low, high = _limits(field)
    return lambda value: (
        value if type(value) is int and low <= value <= high else _UNSURE
    )


def _flag(_field: fields.Field[Any]) -> Check:
    return lambda value: value if value is True or value is False else _UNSURE


def _choice(field: Any) -> Check:
    members: Mapping[Any, Any] = {member.value: member for member in field.enum}
    return lambda value: members.get(value, _UNSURE) if type(value) is str else _UNSURE


def _text(field: fields.Field[Any]) -> Check:
    rules = tuple(field.validators)

    def check(value: Any) -> Any:
        # Printable text holds no control characters and no lone surrogates.
        if type(value) is not str or not value.isprintable():
            return _UNSURE
        return value if _passes(rules, value) else _UNSURE

    return check


def _passes(rules: tuple[Callable[[Any], Any], ...], value: str) -> bool:
    try:
        for rule in rules:
            rule(value)
    except ValidationError:
        return False
    return True


def _id(_field: fields.Field[Any]) -> Check:
    return lambda value: _made(UUID, value, length=_UUID_LENGTH)


def _day(_field: fields.Field[Any]) -> Check:
    return lambda value: _made(date.fromisoformat, value, pattern=_DAY)


def _moment(_field: fields.Field[Any]) -> Check:
    return lambda value: _made(datetime.fromisoformat, value, pattern=_MOMENT)


def _made(
    make: Callable[[str], Any],
    value: Any,
    *,
    length: int | None = None,
    pattern: re.Pattern[str] | None = None,
) -> Any:
    if type(value) is not str or (length and len(value) != length):
        return _UNSURE
    if pattern and not pattern.fullmatch(value):
        return _UNSURE
    try:
        return make(value)
    except ValueError:
        return _UNSURE


_MAKERS: Final[Mapping[type, Callable[[Any], Check]]] = {
    Number: _number,
    Whole: _whole,
    Flag: _flag,
    Choice: _choice,
    Text: _text,
    Id: _id,
    Day: _day,
    Moment: _moment,
}
