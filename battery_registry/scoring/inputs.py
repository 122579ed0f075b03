"""What a rule or a factor may read: the measurement and what follows from it.

Every input has a name; a rule set refers to it by that name only. ``None``
means not read. Values are never rounded here.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, tzinfo
from enum import StrEnum
from hashlib import sha256
from operator import attrgetter
from types import MappingProxyType, NoneType
from typing import Any, get_args, get_type_hints

import msgspec

from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Circumstances,
    Measurement,
)

Value = bool | float | int | str | date | None


class InputKind(StrEnum):
    """What an input's value is; it decides how a threshold is read."""

    FLAG = "flag"
    NUMBER = "number"
    DATE = "date"
    WORD = "word"


def _plain(hint: Any) -> type:
    """The type of a field without its ``None``."""
    (kind,) = (part for part in get_args(hint) or (hint,) if part is not NoneType)
    return kind  # type: ignore[no-any-return]  # typing's own functions answer Any


_TYPES = {name: _plain(hint) for name, hint in get_type_hints(Measurement).items()}
_KIND_OF_TYPE: Mapping[type, InputKind] = {
    bool: InputKind.FLAG,
    int: InputKind.NUMBER,
    float: InputKind.NUMBER,
    date: InputKind.DATE,
}

DERIVED: Mapping[str, InputKind] = MappingProxyType(
    {
        "tested_on": InputKind.DATE,
        "age_years": InputKind.NUMBER,
        "capacity_fade_pct": InputKind.NUMBER,
        "capacity_retention_frac": InputKind.NUMBER,
        "resistance_ratio": InputKind.NUMBER,
        "label_nominal_voltage_present": InputKind.FLAG,
        "label_rated_capacity_present": InputKind.FLAG,
        "instrument_calibration_valid": InputKind.FLAG,
        "inspector_training_valid": InputKind.FLAG,
    }
)
"""Inputs computed from a measurement and its circumstances."""

VERDICT: Mapping[str, InputKind] = MappingProxyType(
    {"rules_fired": InputKind.NUMBER, "assessment_result": InputKind.WORD}
)
"""Inputs known only once the code is: rules that read them run last."""

SITE: Mapping[str, InputKind] = MappingProxyType(
    {
        "waste": InputKind.FLAG,
        "storage_days": InputKind.NUMBER,
        "site_stock_t": InputKind.NUMBER,
    }
)
"""Inputs of a storage site, for the site rules; no measurement has them."""

INPUTS: Mapping[str, InputKind] = MappingProxyType(
    {
        **{
            name: _KIND_OF_TYPE.get(kind, InputKind.WORD)
            for name, kind in _TYPES.items()
            if name != "tested_at"  # rules read the day, ``tested_on``
        },
        **DERIVED,
        **VERDICT,
    }
)
"""Every input a rule or a factor may name."""

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{
            name: tuple(word.value for word in kind)
            for name, kind in _TYPES.items()
            if issubclass(kind, StrEnum)
        },
        "assessment_result": tuple(Code),
    }
)
"""The words a word input may hold."""

FADE_METHODS = frozenset({CapacityMethod.FULL_DISCHARGE, CapacityMethod.BMS})
"""Capacity methods that may speak of fade; an estimate from a part may not."""

_NAMES = tuple(field.name for field in fields(Measurement))
_READ = attrgetter(*_NAMES)
_FLOATS = frozenset(name for name in _NAMES if _TYPES[name] is float)
_CANONICAL = msgspec.json.Encoder(order="sorted")


def derive(
    measurement: Measurement, circumstances: Circumstances, *, zone: tzinfo
) -> dict[str, Any]:
    """All inputs of one measurement, by name.

    Args:
        measurement: What was found.
        circumstances: Who measured, and with what.
        zone: Where the rule set's days begin and end.

    Returns:
        The measurement's fields and the derived inputs. The values are of the
        kinds in ``INPUTS`` or None; the verdict's inputs are not among them.
    """
    values: dict[str, Any] = dict(zip(_NAMES, _READ(measurement), strict=True))
    tested_on = measurement.tested_at.astimezone(zone).date()
    rated = measurement.label_rated_capacity_ah
    discharged = fade_capacity_ah(measurement)
    fade_pct = retention_frac = None
    if rated is not None and discharged is not None:
        fade_pct = (rated - discharged) / rated * 100
        retention_frac = discharged / rated
    made_on = measurement.production_date
    values.update(
        tested_on=tested_on,
        age_years=None if made_on is None else age_years(made_on, tested_on),
        capacity_fade_pct=fade_pct,
        capacity_retention_frac=retention_frac,
        resistance_ratio=None,  # needs the model's own new value, method by method
        label_nominal_voltage_present=measurement.label_nominal_voltage_v is not None,
        label_rated_capacity_present=rated is not None,
        instrument_calibration_valid=circumstances.calibration_valid,
        inspector_training_valid=circumstances.training_valid,
    )
    return values


def fade_capacity_ah(measurement: Measurement) -> float | None:
    """The discharge capacity that may speak of fade, in Ah.

    None when it was not read, or only estimated from a partial discharge.
    """
    if measurement.capacity_method in FADE_METHODS:
        return measurement.discharge_capacity_ah
    return None


def _anniversary(day: date, year: int) -> date:
    """That day in another year; 29 February falls on the 28th in common years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def age_years(made_on: date, on: date) -> float:
    """Age in years: completed years plus the fraction of the running year.

    ``n + (on - a_n) / (a_n+1 - a_n)`` with ``a_n`` the n-th anniversary of the
    production day, the last one that is not after ``on``. On the fifth
    anniversary the age is exactly 5.0. A pack made on 29 February has its
    anniversary on the 28th in common years.
    """
    completed = on.year - made_on.year
    if on < _anniversary(made_on, on.year):
        completed -= 1
    last = _anniversary(made_on, made_on.year + completed)
    following = _anniversary(made_on, made_on.year + completed + 1)
    return completed + (on - last).days / (following - last).days


def input_sha256(measurement: Measurement, circumstances: Circumstances) -> str:
    """SHA-256 of everything that was judged, as 64 hex digits.

    Over one flat JSON object with sorted names, no spaces, in UTF-8. What was
    not read is left out, so that a new optional field changes no old hash. Floats
    are in their shortest form that reads back the same (a whole number in a float
    field is a float), days as YYYY-MM-DD, the time of the test in UTC.
    """
    # 60 and 60.0 are one reading, as are -0.0 and 0.
    flat: dict[str, Any] = {
        name: value + 0.0 if name in _FLOATS else value
        for name, value in zip(_NAMES, _READ(measurement), strict=True)
        if value is not None
    }
    flat["tested_at"] = measurement.tested_at.astimezone(UTC).isoformat()
    flat["calibration_valid"] = circumstances.calibration_valid
    flat["training_valid"] = circumstances.training_valid
    return sha256(_CANONICAL.encode(flat)).hexdigest()
