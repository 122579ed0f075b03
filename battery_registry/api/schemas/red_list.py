"""What a reader of the red list is answered."""

from marshmallow import Schema, fields

from battery_registry.domain.custody import State


class PlaceSchema(Schema):
    """A district or a station: its code and its names."""

    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class RedCaseSchema(Schema):
    """One case."""

    case_id = fields.UUID(required=True)
    code = fields.String(required=True)
    url = fields.Url(required=True)
    state = fields.Enum(State, by_value=fields.String, required=True)
    opened_at = fields.DateTime(required=True)
    state_since = fields.DateTime(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    age_days = fields.Integer(required=True)
    holder = fields.String(
        required=True,
        metadata={"description": "`resident`, or the code of an organisation."},
    )
    district = fields.Nested(PlaceSchema, required=True)
    station = fields.Nested(PlaceSchema, required=True)
    maker = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)


class RedListAnswerSchema(Schema):
    """A page of the red list, newest case first."""

    items = fields.List(fields.Nested(RedCaseSchema), required=True)
    next_cursor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Cursor of the next page; null on the last one."},
    )
