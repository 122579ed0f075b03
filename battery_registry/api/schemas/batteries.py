"""What is asked and answered about batteries; never personal data."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from battery_registry.api.schemas.custody import EventSchema
from battery_registry.api.schemas.receipts import RuleSetSchema, VerdictSchema
from battery_registry.domain.custody import State
from battery_registry.domain.sale import Answer, Reason
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Chemistry,
    ResistanceMethod,
    UnitKind,
)
from battery_registry.wire.fields import Text, sized
from battery_registry.wire.query import QuerySchema


class BatteryQuerySchema(QuerySchema):
    """One of the two."""

    serial = Text(
        validate=sized(4, 64),
        metadata={"description": "A maker's code on the pack, exactly."},
    )
    plate = Text(
        validate=sized(2, 32),
        metadata={"description": "The vehicle's plate; not for every role."},
    )

    @validates_schema
    def _check_one(self, data: Any, **_kwargs: Any) -> None:
        if len(data) != 1:
            raise ValidationError("wire.required", "serial")


class LabelSchema(Schema):
    """The label that was asked for; ``replaced_by`` once there is a newer one."""

    code = fields.String(required=True)
    replaced_by = fields.String(required=True, allow_none=True)


class MarketSchema(Schema):
    """Whether it may be sold, and why not."""

    answer = fields.Enum(Answer, by_value=fields.String, required=True)
    reasons = fields.List(fields.Enum(Reason, by_value=fields.String), required=True)


class ScoreTodaySchema(Schema):
    """What the verdict would be under the last rescore's rules; it binds nobody."""

    code = fields.Enum(Code, by_value=fields.String, required=True)
    score = fields.Float(required=True, allow_none=True)
    ruleset = fields.Nested(RuleSetSchema, required=True)
    judged_at = fields.DateTime(required=True)


class BatterySchema(Schema):
    """A battery as it stands."""

    code = fields.String(
        required=True, metadata={"description": "The public code on its label."}
    )
    url = fields.Url(required=True)
    unit_kind = fields.Enum(UnitKind, by_value=fields.String, required=True)
    chemistry = fields.Enum(Chemistry, by_value=fields.String, required=True)
    maker = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    pack_code = fields.String(required=True, allow_none=True)
    label_nominal_voltage_v = fields.Float(required=True, allow_none=True)
    label_rated_capacity_ah = fields.Float(required=True, allow_none=True)
    production_date = fields.Date(required=True, allow_none=True)
    district = fields.String(
        required=True, metadata={"description": "Code of where it was registered."}
    )
    code_in_force = fields.Enum(Code, by_value=fields.String, required=True)
    tested_at = fields.DateTime(required=True)
    tested_by = fields.String(
        required=True, metadata={"description": "Code of the station."}
    )
    score = fields.Float(required=True, allow_none=True)
    next_due = fields.Date(required=True, allow_none=True)
    fresh = fields.Boolean(required=True)
    verdict = fields.Nested(VerdictSchema, required=True)
    score_today = fields.Nested(ScoreTodaySchema, required=True, allow_none=True)
    case_state = fields.Enum(
        State, by_value=fields.String, required=True, allow_none=True
    )
    sale = fields.Nested(MarketSchema, required=True)
    recalled_at = fields.DateTime(required=True, allow_none=True)
    lost_reported_at = fields.DateTime(required=True, allow_none=True)
    registered_at = fields.DateTime(required=True)


class LabelledBatterySchema(BatterySchema):
    """A battery as it stands, and the label that led to it."""

    label = fields.Nested(LabelSchema, required=True)


class BatteriesSchema(Schema):
    """The batteries that were found, at most 50, the newest first."""

    items = fields.List(fields.Nested(BatterySchema), required=True)


class InspectedSchema(Schema):
    """One inspection with its legal verdict."""

    inspection_id = fields.UUID(required=True)
    tested_at = fields.DateTime(required=True)
    received_at = fields.DateTime(required=True)
    station = fields.String(required=True)
    instrument = fields.String(required=True)
    instrument_model = fields.String(required=True)
    internal_resistance_mohm = fields.Float(required=True, allow_none=True)
    resistance_method = fields.Enum(
        ResistanceMethod, by_value=fields.String, required=True, allow_none=True
    )
    max_output_voltage_v = fields.Float(required=True, allow_none=True)
    discharge_capacity_ah = fields.Float(required=True, allow_none=True)
    capacity_method = fields.Enum(CapacityMethod, by_value=fields.String, required=True)
    ambient_temp_c = fields.Float(required=True)
    verdict = fields.Nested(VerdictSchema, required=True)


class CodeChangeSchema(Schema):
    """A change of the code in force."""

    at = fields.DateTime(required=True)
    from_code = fields.Enum(
        Code, by_value=fields.String, required=True, allow_none=True
    )
    to_code = fields.Enum(Code, by_value=fields.String, required=True)
    inspection_id = fields.UUID(required=True)


class HistorySchema(Schema):
    """What happened to a battery; each list newest first, at most 500 rows."""

    code = fields.String(required=True)
    inspections = fields.List(fields.Nested(InspectedSchema), required=True)
    code_changes = fields.List(fields.Nested(CodeChangeSchema), required=True)
    custody_events = fields.List(fields.Nested(EventSchema), required=True)
