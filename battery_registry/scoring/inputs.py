"""What a rule or a factor may read: the measurement and what follows from it.

Every input has a name; a rule set refers to it by that name only. ``None``
means not read. Values are never rounded here.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, date, tzinfo
from enum import StrEnum
from hashlib import sha256
from operator import attrgetter
from types import MappingProxyType, NoneType
from typing import Any, get_args, get_type_hints

import msgspec

from battery_registry.scoring.background import NOTHING_BEFORE, Background
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Circumstances,
    InstrumentClass,
    Measurement,
)

Value = bool | float | int | str | date | None


class InputKind(StrEnum):
    """What an input's value is; it decides how a threshold is read."""

    FLAG = "flag"
    NUMBER = "number"
    DATE = "date"
    WORD = "word"


def plain(hint: Any) -> type:
    """The type of a field without its ``None``."""
    (kind,) = (part for part in get_args(hint) or (hint,) if part is not NoneType)
    return kind  # type: ignore[no-any-return]  # typing's own functions answer Any


_TYPES = {name: plain(hint) for name, hint in get_type_hints(Measurement).items()}
_KIND_OF_TYPE: Mapping[type, InputKind] = {
    bool: InputKind.FLAG,
    int: InputKind.NUMBER,
    float: InputKind.NUMBER,
    date: InputKind.DATE,
}

TREND = "trend_loss_pct_per_month"
"""The input that is made of a history, not read."""

DERIVED: Mapping[str, InputKind] = MappingProxyType(
    {
        "tested_on": InputKind.DATE,
        "age_years": InputKind.NUMBER,
        "capacity_fade_pct": InputKind.NUMBER,
        "capacity_retention_frac": InputKind.NUMBER,
        "resistance_ratio": InputKind.NUMBER,
        "cell_imbalance_mv": InputKind.NUMBER,
        TREND: InputKind.NUMBER,
        "label_nominal_voltage_present": InputKind.FLAG,
        "label_rated_capacity_present": InputKind.FLAG,
        "instrument_calibration_valid": InputKind.FLAG,
        "inspector_training_valid": InputKind.FLAG,
        "instrument_class": InputKind.WORD,
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
        "instrument_class": tuple(InstrumentClass),
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
    measurement: Measurement,
    circumstances: Circumstances,
    *,
    zone: tzinfo,
    background: Background = NOTHING_BEFORE,
) -> dict[str, Any]:
    """All inputs of one measurement, by name.

    The fade, which the guideline limits, is against the label. The retention,
    which gives points, is against the label or the model's own new capacity,
    whichever is more: a maker who promises too little makes no pack look young.

    Args:
        measurement: What was found.
        circumstances: Who measured, and with what.
        zone: Where the rule set's days begin and end.
        background: What was known before.

    Returns:
        The measurement's fields and the derived inputs. The values are of the
        kinds in ``INPUTS`` or None; the verdict's inputs are not among them.
    """
    values: dict[str, Any] = dict(zip(_NAMES, _READ(measurement), strict=True))
    tested_on = measurement.tested_at.astimezone(zone).date()
    rated = measurement.label_rated_capacity_ah
    made_on = measurement.production_date
    values.update(
        tested_on=tested_on,
        age_years=None if made_on is None else age_years(made_on, tested_on),
        **_capacity(measurement, background.new_capacity_ah),
        resistance_ratio=_ratio(
            measurement.internal_resistance_mohm, background.new_resistance_mohm
        ),
        cell_imbalance_mv=_imbalance_mv(measurement),
        trend_loss_pct_per_month=background.trend_loss_pct_per_month,
        label_nominal_voltage_present=measurement.label_nominal_voltage_v is not None,
        label_rated_capacity_present=rated is not None,
        instrument_calibration_valid=circumstances.calibration_valid,
        inspector_training_valid=circumstances.training_valid,
        instrument_class=circumstances.instrument_class,
    )
    return values


def _capacity(
    measurement: Measurement, new_capacity_ah: float | None
) -> dict[str, float | None]:
    """Fade against the label, and retention."""
    rated = measurement.label_rated_capacity_ah
    discharged = fade_capacity_ah(measurement)
    fade_pct = retention_frac = None
    if rated is not None and discharged is not None:
        fade_pct = (rated - discharged) / rated * 100
        new = rated if new_capacity_ah is None else max(rated, new_capacity_ah)
        retention_frac = discharged / new
    return {"capacity_fade_pct": fade_pct, "capacity_retention_frac": retention_frac}


def _ratio(reading: float | None, new: float | None) -> float | None:
    return None if reading is None or new is None else reading / new


def _imbalance_mv(measurement: Measurement) -> float | None:
    """Between the highest and the lowest cell group, in mV."""
    low, high = measurement.cell_voltage_min_v, measurement.cell_voltage_max_v
    return None if low is None or high is None else (high - low) * 1000


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


def input_sha256(
    measurement: Measurement,
    circumstances: Circumstances,
    background: Background = NOTHING_BEFORE,
) -> str:
    """SHA-256 of everything that was judged, as 64 hex digits.

    Over one flat JSON object with sorted names, no spaces, in UTF-8. What was
    not read is left out, so that a new optional field changes no old hash. Floats
    are in their shortest form that reads back the same (a whole number in a float
    field is a float), days as YYYY-MM-DD, the time of the test in UTC. What was
    known before stands under ``before``, when anything was.
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
    if circumstances.instrument_class is not InstrumentClass.STATION:
        flat["instrument_class"] = circumstances.instrument_class
    if background != NOTHING_BEFORE:
        flat["before"] = _plainly(background)
    return sha256(_CANONICAL.encode(flat)).hexdigest()


def _plainly(background: Background) -> dict[str, Any]:
    """The background as JSON-ready values; ``asdict`` is slow for so hot a way."""
    return {
        "new_resistance_mohm": background.new_resistance_mohm,
        "new_capacity_ah": background.new_capacity_ah,
        "standing": dict(background.standing),
        "trend": None if background.trend is None else asdict(background.trend),
        "months_to_red": background.months_to_red,
        "efc_per_month": background.efc_per_month,
        "flags": background.flags,
    }
