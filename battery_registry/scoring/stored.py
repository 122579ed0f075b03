"""A measurement from the inspection's own JSON, as the registry keeps it.

It was checked at the door before it was kept, so it is only read here.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_type_hints

from battery_registry.scoring.inputs import plain
from battery_registry.scoring.measurement import Measurement

_READERS: Mapping[type, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    float: float,
    int: int,
    bool: bool,
}


def _reader(kind: type) -> Callable[[Any], Any]:
    return kind if issubclass(kind, StrEnum) else _READERS[kind]


_HINTS = get_type_hints(Measurement)
_READ = {
    field.name: _reader(plain(_HINTS[field.name])) for field in fields(Measurement)
}


def measurement_of(body: Mapping[str, Any]) -> Measurement:
    """The measurement that an inspection's JSON object holds."""
    return Measurement(
        **{
            name: read(body[name])
            for name, read in _READ.items()
            if body.get(name) is not None
        }
    )
