"""What is answered about early warnings."""

from marshmallow import Schema, fields

from battery_registry.scoring.quality.early_warning import Level, Sign
from battery_registry.wire.recalls import RecallRequestSchema


class EarlyWarningSchema(Schema):
    """A model, or a month of it, that stands out; rates are fractions."""

    maker = fields.String(required=True)
    model = fields.String(required=True)
    month = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of production; null for the model as a whole."},
    )
    level = fields.Enum(Level, by_value=fields.String, required=True)
    signs = fields.List(fields.Enum(Sign, by_value=fields.String), required=True)
    packs = fields.Integer(required=True)
    red = fields.Integer(required=True)
    expected_red = fields.Float(required=True)
    rate = fields.Float(
        required=True, metadata={"description": "Drawn towards the others' rate."}
    )
    others_rate = fields.Float(required=True)
    chance = fields.Float(
        required=True,
        metadata={"description": "Of so many red ones or more, were it like others."},
    )
    fade_pct = fields.Float(required=True, allow_none=True)
    others_fade_pct = fields.Float(required=True, allow_none=True)
    fires = fields.Integer(required=True)
    proposal = fields.Nested(
        RecallRequestSchema,
        required=True,
        allow_none=True,
        metadata={"description": "A body for `POST …/recalls`; a human decides."},
    )


class EarlyWarningsSchema(Schema):
    """All that stands out, the gravest first."""

    items = fields.List(fields.Nested(EarlyWarningSchema), required=True)
