"""One inspection as JSON, and how it becomes a ``Submission``."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from battery_registry.domain import code
from battery_registry.domain.canonical import canonical_json
from battery_registry.domain.submission import (
    CodeScheme,
    Contact,
    Identity,
    OwnerKind,
    Submission,
)
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Chemistry,
    Deformation,
    MaxVoltageMethod,
    Measurement,
    ResistanceMethod,
    SocSource,
    UnitKind,
)
from battery_registry.wire import agreement, faults
from battery_registry.wire.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Listed,
    Moment,
    Number,
    Text,
    Whole,
    between,
    check_says_something,
    sized,
    spelled,
)
from battery_registry.wire.moments import check_measured_at
from battery_registry.wire.ranges import widest
from battery_registry.wire.shortcut import Shortcut

PHOTO_REF = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
PERSONAL_FIELDS = ("owner_name", "owner_phone", "plate", "frame_number", "photo_refs")


def _number(name: str, *, required: bool = False) -> Number:
    low, high = widest(name)
    return Number(
        required=required, allow_none=not required, validate=between(low, high)
    )


def _flag(*, required: bool = False) -> Flag:
    return Flag(required=required, allow_none=not required)


def _text(low: int, high: int, *, required: bool = False) -> Text:
    return Text(required=required, allow_none=not required, validate=sized(low, high))


def _naming(low: int, high: int) -> Text:
    """Make what finds a person or a vehicle again, so never blanks alone."""
    return Text(allow_none=True, validate=[sized(low, high), check_says_something])


class InspectionSchema(Schema):
    """One inspection of one battery. A reading that was not made is left out."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }

    inspection_id = Id(required=True)
    tested_at = Moment(required=True)
    clock_synced = _flag()
    instrument_time = _text(10, 40)
    station_id = _text(2, 32)
    station_seq = Whole(allow_none=True, validate=between(1, 2_147_483_647))
    inspector_id = _text(2, 32, required=True)
    instrument_id = _text(2, 32, required=True)
    software_version = _text(1, 32, required=True)
    recording_sha256 = Text(allow_none=True, validate=spelled("[0-9a-f]{64}$"))

    label_code = _text(16, 200)
    pack_code = Text(
        allow_none=True, validate=spelled(r"[A-Z0-9-]{4,64}$", flags=re.ASCII)
    )
    pack_code_scheme = Choice(CodeScheme, required=True)
    prior_codes = Listed(
        Text(validate=spelled(r"[A-Z0-9-]{4,64}$", flags=re.ASCII)),
        validate=sized(0, 5),
    )
    maker = _text(0, 64)
    model = _text(0, 64)
    unit_kind = Choice(UnitKind, required=True)
    chemistry = Choice(Chemistry, required=True)

    maker_label_present = _flag(required=True)
    purchase_proof_present = _flag(required=True)
    ccc_mark_present = _flag(required=True)
    second_life = _flag(required=True)
    label_nominal_voltage_v = _number("label_nominal_voltage_v")
    label_rated_capacity_ah = _number("label_rated_capacity_ah")
    label_rated_energy_wh = _number("label_rated_energy_wh")
    label_charge_limit_voltage_v = _number("label_charge_limit_voltage_v")
    label_cutoff_voltage_v = _number("label_cutoff_voltage_v")
    label_max_charge_current_a = _number("label_max_charge_current_a")
    label_max_discharge_current_a = _number("label_max_discharge_current_a")
    label_safe_life_years = _number("label_safe_life_years")
    production_date = Day(allow_none=True)
    first_use_date = Day(allow_none=True)

    housing_broken_exposed = _flag(required=True)
    leakage = _flag(required=True)
    deformation = Choice(Deformation, required=True)
    burn_marks = _flag(required=True)
    port_damaged = _flag(required=True)
    mount_mismatch = _flag()
    water_marks = _flag()
    drop_marks = _flag()
    charger_not_original = _flag()

    ambient_temp_c = _number("ambient_temp_c", required=True)
    battery_surface_temp_c = _number("battery_surface_temp_c", required=True)
    ambient_rh_pct = _number("ambient_rh_pct")
    soc_pct = _number("soc_pct")
    soc_source = Choice(SocSource, required=True)
    rest_minutes = _number("rest_minutes")
    test_duration_s = _number("test_duration_s", required=True)

    ocv_v = _number("ocv_v", required=True)
    max_output_voltage_v = _number("max_output_voltage_v")
    max_output_voltage_method = Choice(MaxVoltageMethod, allow_none=True)
    internal_resistance_mohm = _number("internal_resistance_mohm")
    resistance_method = Choice(ResistanceMethod, allow_none=True)
    pulse_current_a = _number("pulse_current_a")
    pulse_seconds = _number("pulse_seconds")
    discharge_capacity_ah = _number("discharge_capacity_ah")
    capacity_method = Choice(CapacityMethod, required=True)
    cell_count_series = Whole(allow_none=True, validate=between(1, 32))
    cell_voltage_min_v = _number("cell_voltage_min_v")
    cell_voltage_max_v = _number("cell_voltage_max_v")
    lowest_output_voltage_v = _number("lowest_output_voltage_v")
    highest_work_temp_c = _number("highest_work_temp_c")
    cycle_count = Whole(allow_none=True, validate=between(0, 10_000))
    bms_fault = _flag()
    protection_overcharge_ok = _flag()
    protection_discharge_short_ok = _flag()
    micro_short_warning = _flag()
    bms_alarm_count = Whole(allow_none=True, validate=between(0, 10_000))
    self_discharge_pct_per_month = _number("self_discharge_pct_per_month")
    temperature_rise_k = _number("temperature_rise_k")

    maker_frequent_alarms = _flag()
    maker_other_safety_issue = _flag()
    maker_cycle_limit = Whole(allow_none=True, validate=between(1, 100_000))
    maker_min_voltage_v = _number("maker_min_voltage_v")
    maker_max_temp_c = _number("maker_max_temp_c")
    maker_declares_bms_fault_unsafe = _flag()

    owner_kind = Choice(OwnerKind, required=True)
    owner_name = _text(1, 64)
    owner_phone = _naming(3, 32)
    plate = _naming(2, 32)
    frame_number = _naming(4, 32)
    photo_refs = Listed(Text(validate=sized(1, 128)), validate=sized(0, 6))

    @validates_schema
    def check_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        """Check what fields say together.

        Raises:
            ValidationError: They contradict each other.
        """
        wrong = agreement.find_contradictions(data)
        if wrong:
            raise ValidationError(wrong)


_MEASURED = tuple(field.name for field in dataclass_fields(Measurement))

# Making a schema walks all its fields; one serves every thread.
_SCHEMA = InspectionSchema()
_SHORTCUT = Shortcut(_SCHEMA)


def parse_inspection(raw: object, *, now: datetime) -> Submission:
    """Check one inspection's shape and ranges, and make a value of it.

    Args:
        raw: The parsed JSON of one inspection.
        now: The time of the request; a test cannot lie in the future.

    Raises:
        InvalidInputError: Fields are missing, unknown or out of range.
        MalformedCodeError: The label's code is not one of ours.
        CodeCheckError: The label's code has a typing error.
    """
    try:
        data = _load(raw)
        check_measured_at("tested_at", data["tested_at"], now=now)
    except ValidationError as error:
        raise faults.refuse(error.messages) from None
    return _submission(raw, data)


def _load(raw: Any) -> Mapping[str, Any]:
    data = _SHORTCUT.load(raw)
    if data is not None:
        try:
            _SCHEMA.check_whole(data)
        except ValidationError:
            data = None
    loaded: Mapping[str, Any] = data if data is not None else _SCHEMA.load(raw)
    return loaded


def _submission(raw: Any, data: Mapping[str, Any]) -> Submission:
    body = whole = canonical_json(raw)
    if not raw.keys().isdisjoint(PERSONAL_FIELDS):
        body = canonical_json(
            {name: value for name, value in raw.items() if name not in PERSONAL_FIELDS}
        )
    return Submission(
        inspection_id=data["inspection_id"],
        body_sha256=hashlib.sha256(whole).hexdigest(),
        body=body.decode(),
        inspector_id=data["inspector_id"],
        instrument_id=data["instrument_id"],
        station_id=data.get("station_id"),
        software_version=data["software_version"],
        identity=_identity(data),
        contact=_contact(data),
        measurement=Measurement(
            **{name: data[name] for name in _MEASURED if name in data}
        ),
        recording_sha256=data.get("recording_sha256"),
        clock_synced=data.get("clock_synced"),
        photos=_photos(data.get("photo_refs", ())),
    )


def _photos(refs: Iterable[str]) -> tuple[str, ...]:
    """Find the photos named by their hashes, each once."""
    named = (PHOTO_REF.fullmatch(ref) for ref in refs)
    return tuple(dict.fromkeys(each[1] for each in named if each))


def _identity(data: Mapping[str, Any]) -> Identity:
    label_code = data.get("label_code")
    return Identity(
        label_code=code.parse(label_code, field="label_code") if label_code else None,
        pack_code=data.get("pack_code"),
        pack_code_scheme=data["pack_code_scheme"],
        prior_codes=tuple(data.get("prior_codes", ())),
        maker=data.get("maker") or None,
        model=data.get("model") or None,
    )


def _contact(data: Mapping[str, Any]) -> Contact:
    return Contact(
        owner_kind=data["owner_kind"],
        owner_name=data.get("owner_name"),
        owner_phone=data.get("owner_phone"),
        plate=data.get("plate"),
        frame_number=data.get("frame_number"),
    )
