"""The inspector's form: which fields in which order, and how they become JSON.

What a field takes (kind, choices, limits, whether it is needed) is read from
the wire's own schema, so form and API can never differ.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from battery_registry.scoring.measurement import UnitKind
from battery_registry.wire import fields as wire
from battery_registry.wire.inspections import InspectionSchema
from battery_registry.wire.ranges import BY_UNIT, widest

_CITY_OFFSET: Final = "+08:00"
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?", re.ASCII)
_LONGEST_NUMBER: Final = 20
# The last part of a field's name, and the sign of its unit.
_UNITS: Final = {
    "v": "V",
    "a": "A",
    "ah": "Ah",
    "wh": "Wh",
    "mohm": "mΩ",
    "c": "°C",
    "pct": "%",
    "s": "s",
    "seconds": "s",
    "minutes": "min",
    "k": "K",
    "month": "%/30 d",
}


class Kind(StrEnum):
    """How a field is shown."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "datetime-local"
    CHOICE = "choice"
    FLAG = "flag"
    CODES = "codes"
    INSTRUMENT = "instrument"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field of the form.

    Args:
        name: As on the wire.
        kind: How it is shown.
        is_required: Whether it must be filled in.
        unit: Sign of its unit, or nothing.
        choices: Words of a closed list.
        limits: Smallest and largest number.
        cell_limits: The same for a cell, where they are others.
        longest: Most characters of a text.
    """

    name: str
    kind: Kind
    is_required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    limits: tuple[float, float] | None = None
    cell_limits: tuple[float, float] | None = None
    longest: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Fields that belong together; ``is_optional`` ones start folded."""

    key: str
    fields: tuple[Field, ...]
    is_optional: bool = False


# Filled in by the page itself, or only known to machines.
NOT_ASKED: Final = frozenset(
    {
        "inspection_id",
        "clock_synced",
        "instrument_time",
        "inspector_id",
        "station_id",
        "station_seq",
        "software_version",
        "recording_sha256",
        "photo_refs",
    }
)
_ORDER: Final[tuple[tuple[str, bool, str], ...]] = (
    ("test", False, "tested_at instrument_id"),
    (
        "battery",
        False,
        (
            "label_code unit_kind chemistry maker model pack_code_scheme pack_code"
            " prior_codes"
        ),
    ),
    (
        "label",
        False,
        "maker_label_present purchase_proof_present ccc_mark_present second_life",
    ),
    (
        "label_values",
        False,
        (
            "label_nominal_voltage_v label_rated_capacity_ah label_safe_life_years"
            " production_date"
        ),
    ),
    (
        "appearance",
        False,
        (
            "housing_broken_exposed leakage deformation burn_marks port_damaged"
            " mount_mismatch water_marks drop_marks charger_not_original"
        ),
    ),
    (
        "circumstances",
        False,
        "ambient_temp_c battery_surface_temp_c test_duration_s soc_source",
    ),
    (
        "readings",
        False,
        (
            "ocv_v max_output_voltage_v max_output_voltage_method"
            " internal_resistance_mohm resistance_method discharge_capacity_ah"
            " capacity_method"
        ),
    ),
    (
        "more_readings",
        True,
        (
            "ambient_rh_pct soc_pct rest_minutes pulse_current_a pulse_seconds"
            " cell_count_series cell_voltage_min_v cell_voltage_max_v"
            " lowest_output_voltage_v highest_work_temp_c temperature_rise_k"
            " self_discharge_pct_per_month label_rated_energy_wh"
            " label_charge_limit_voltage_v label_cutoff_voltage_v"
            " label_max_charge_current_a label_max_discharge_current_a first_use_date"
        ),
    ),
    (
        "bms",
        True,
        (
            "cycle_count bms_fault bms_alarm_count protection_overcharge_ok"
            " protection_discharge_short_ok micro_short_warning"
        ),
    ),
    (
        "maker",
        True,
        (
            "maker_frequent_alarms maker_other_safety_issue"
            " maker_declares_bms_fault_unsafe maker_cycle_limit maker_min_voltage_v"
            " maker_max_temp_c"
        ),
    ),
    ("owner", False, "owner_kind owner_name owner_phone plate frame_number"),
)
_SCHEMA: Final = InspectionSchema()


def _describe(name: str) -> Field:
    wired = _SCHEMA.fields[name]
    return Field(
        name=name,
        kind=_kind(name, wired),
        is_required=wired.required,
        unit=_UNITS.get(name.rpartition("_")[2], ""),
        choices=tuple(word.value for word in wired.enum)
        if isinstance(wired, wire.Choice)
        else (),
        limits=_limits(name, wired),
        cell_limits=BY_UNIT[name][UnitKind.CELL] if name in BY_UNIT else None,
        longest=_longest(wired),
    )


def _kind(name: str, wired: object) -> Kind:
    kinds: tuple[tuple[type, Kind], ...] = (
        (wire.Choice, Kind.CHOICE),
        (wire.Flag, Kind.FLAG),
        (wire.Number, Kind.NUMBER),
        (wire.Whole, Kind.NUMBER),
        (wire.Moment, Kind.MOMENT),
        (wire.Day, Kind.DATE),
        (wire.Listed, Kind.CODES),
    )
    if name == "instrument_id":
        return Kind.INSTRUMENT
    return next((kind for type_, kind in kinds if isinstance(wired, type_)), Kind.TEXT)


def _limits(name: str, wired: object) -> tuple[float, float] | None:
    if name in BY_UNIT:
        return BY_UNIT[name][UnitKind.PACK]
    if isinstance(wired, wire.Number):
        return widest(name)
    if isinstance(wired, wire.Whole):
        (range_,) = wired.validators
        return range_.min, range_.max  # type: ignore[attr-defined]  # it is a Range
    return None


def _longest(wired: object) -> int | None:
    if not isinstance(wired, wire.Text):
        return None
    return next((getattr(each, "max", None) for each in wired.validators), None)


GROUPS: Final = tuple(
    Group(
        key=key,
        is_optional=is_optional,
        fields=tuple(_describe(name) for name in names.split()),
    )
    for key, is_optional, names in _ORDER
)
FIELDS: Final = {field.name: field for group in GROUPS for field in group.fields}


def as_json(form: Mapping[str, str], *, given: Mapping[str, str]) -> dict[str, Any]:
    """Make an inspection's JSON of what was filled in; empty is left out.

    What cannot be read stays text, so that the schema names the field.

    Args:
        form: The fields by name, as the browser sent them.
        given: What the page knows by itself.
    """
    told: dict[str, Any] = dict(given)
    for name, field in FIELDS.items():
        text = form.get(name, "").strip()
        if text:
            told[name] = _value(field, text)
    return told


def _value(field: Field, text: str) -> object:
    if field.kind is Kind.FLAG:
        return {"yes": True, "no": False}.get(text, text)
    if field.kind is Kind.NUMBER:
        return _number(text)
    if field.kind is Kind.MOMENT:
        # Browsers leave out seconds that are zero; RFC 3339 does not.
        seconds = ":00" if text.count(":") == 1 else ""
        return f"{text}{seconds}{_CITY_OFFSET}" if "T" in text else text
    if field.kind is Kind.CODES:
        return unicodedata.normalize("NFKC", text).upper().replace(",", " ").split()
    if field.name == "pack_code":
        return "".join(unicodedata.normalize("NFKC", text).upper().split())
    return text


def _number(text: str) -> float | int | str:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        return text
    return float(plain) if "." in plain else int(plain)
