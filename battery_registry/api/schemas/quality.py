"""What is asked and answered about the quality of a station's readings."""

from marshmallow import Schema, fields

from battery_registry.api.schemas.receipts import BilingualSchema
from battery_registry.scoring.quality.drift import Quantity
from battery_registry.scoring.quality.funnel import Flag
from battery_registry.scoring.quality.plausibility import Severity


class PeriodSchema(Schema):
    """When the inspections arrived; the end is left out."""

    since = fields.DateTime(required=True)
    until = fields.DateTime(required=True)


class LimitsSchema(Schema):
    """Rates between which a station is one of many, ends included."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)


class RedRateSchema(Schema):
    """Packs found red among those that got a colour, against the whole city.

    Rates are fractions. `adjusted_rate` and the limits are standardised to the
    city's mix of ages.
    """

    packs = fields.Integer(required=True)
    red = fields.Integer(required=True)
    expected_red = fields.Float(required=True)
    rate = fields.Float(required=True, allow_none=True)
    adjusted_rate = fields.Float(required=True, allow_none=True)
    limits_95 = fields.Nested(LimitsSchema, required=True, allow_none=True)
    limits_99_8 = fields.Nested(LimitsSchema, required=True, allow_none=True)
    flag = fields.Enum(Flag, by_value=fields.String, required=True, allow_none=True)


class CitySchema(Schema):
    """What the station is compared with."""

    rate = fields.Float(required=True, allow_none=True)
    correlation = fields.Float(
        required=True,
        metadata={"description": "How much stations differ beyond chance, 0 to 0.5."},
    )
    correlation_is_estimated = fields.Boolean(
        required=True,
        metadata={"description": "False: too few stations, so it is assumed."},
    )


class DoubtSchema(Schema):
    """How many inspections a rule of plausibility fired on."""

    id = fields.String(required=True)
    severity = fields.Enum(Severity, by_value=fields.String, required=True)
    inspections = fields.Integer(required=True)
    text = fields.Nested(BilingualSchema, required=True)


class LastDigitsSchema(Schema):
    """How uneven the last digits of a quantity are."""

    quantity = fields.Enum(Quantity, by_value=fields.String, required=True)
    readings = fields.Integer(required=True)
    counts = fields.List(
        fields.Integer(), required=True, metadata={"minItems": 10, "maxItems": 10}
    )
    effect = fields.Float(required=True, allow_none=True)
    p = fields.Float(required=True, allow_none=True)
    flagged = fields.Boolean(required=True)


class EqualReadingsSchema(Schema):
    """Readings that several packs have in common."""

    discharge_capacity_ah = fields.Float(required=True)
    internal_resistance_mohm = fields.Float(required=True)
    max_output_voltage_v = fields.Float(required=True)
    packs = fields.Integer(required=True)


class SharedRecordingSchema(Schema):
    """One use of a raw recording that was handed in for several packs."""

    recording_sha256 = fields.String(required=True)
    battery = fields.String(required=True)
    station = fields.String(required=True)
    tested_at = fields.DateTime(required=True)


class CopiesSchema(Schema):
    """Equal readings are a hint, equal recordings are proof."""

    readings = fields.Integer(required=True)
    repeated = fields.Integer(required=True)
    equal_pairs = fields.Integer(required=True)
    pair_share = fields.Float(required=True, allow_none=True)
    flagged = fields.Boolean(required=True)
    equal_readings = fields.List(fields.Nested(EqualReadingsSchema), required=True)
    shared_recordings = fields.List(fields.Nested(SharedRecordingSchema), required=True)


class DriftSchema(Schema):
    """An instrument's weighted mean error since its calibration."""

    quantity = fields.Enum(Quantity, by_value=fields.String, required=True)
    checks = fields.Integer(required=True)
    mean_error = fields.Float(required=True)
    limit = fields.Float(required=True)
    alarms = fields.Integer(required=True)
    out_of_control = fields.Boolean(required=True)


class InstrumentSchema(Schema):
    """An instrument in use; unverified is one without a check for seven days."""

    code = fields.String(required=True)
    model = fields.String(required=True)
    readings = fields.Integer(required=True)
    unverified_readings = fields.Integer(required=True)
    last_checked_at = fields.DateTime(required=True, allow_none=True)
    unverified = fields.Boolean(required=True)
    drift = fields.List(fields.Nested(DriftSchema), required=True)


class QualitySchema(Schema):
    """How far a station's readings can be believed. No code follows from it."""

    station = fields.String(required=True)
    period = fields.Nested(PeriodSchema, required=True)
    red_rate = fields.Nested(RedRateSchema, required=True, allow_none=True)
    city = fields.Nested(CitySchema, required=True)
    findings = fields.List(fields.Nested(DoubtSchema), required=True)
    last_digits = fields.List(fields.Nested(LastDigitsSchema), required=True)
    copies = fields.Nested(CopiesSchema, required=True)
    instruments = fields.List(fields.Nested(InstrumentSchema), required=True)


class KeptCheckSchema(Schema):
    """A check as it was recorded."""

    check_id = fields.UUID(required=True)
    station = fields.String(required=True)
    instrument_id = fields.String(required=True)
    quantity = fields.Enum(Quantity, by_value=fields.String, required=True)
    error = fields.Float(
        required=True, metadata={"description": "Reading by reference value, less 1."}
    )
    checked_at = fields.DateTime(required=True)
    valid_until = fields.DateTime(required=True)
    recorded_at = fields.DateTime(required=True)
