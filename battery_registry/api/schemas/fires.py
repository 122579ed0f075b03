"""What is answered about fires."""

from marshmallow import Schema, fields

from battery_registry.domain.fires import Cause, Certainty, Link
from battery_registry.scoring.evaluation import Code

_CURSOR = {"description": "Cursor of the next page; null on the last one."}


class FireSchema(Schema):
    """The report of a fire."""

    fire_id = fields.UUID(required=True)
    occurred_at = fields.DateTime(required=True)
    district = fields.String(required=True, allow_none=True)
    cause = fields.Enum(Cause, by_value=fields.String, required=True)
    certainty = fields.Enum(Certainty, by_value=fields.String, required=True)
    link = fields.Enum(Link, by_value=fields.String, required=True)
    maker = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    serial = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    reported_at = fields.DateTime(required=True)
    reported_by = fields.String(required=True)
    batteries = fields.Integer(
        required=True, metadata={"description": "Registered batteries it names."}
    )


class FiresSchema(Schema):
    """A page of reports, the newest first."""

    items = fields.List(fields.Nested(FireSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata=_CURSOR)


class RelativeSchema(Schema):
    """A battery that burnt, or one of its siblings."""

    code = fields.String(required=True)
    code_in_force = fields.Enum(Code, by_value=fields.String, required=True)
    production_date = fields.Date(required=True, allow_none=True)
    district = fields.String(required=True)


class FamilySchema(FireSchema):
    """A report with its batteries and their siblings."""

    linked = fields.List(fields.Nested(RelativeSchema), required=True)
    sibling_count = fields.Integer(
        required=True, metadata={"description": "Others of the same maker and model."}
    )
    red_siblings = fields.Integer(required=True)
    siblings = fields.List(fields.Nested(RelativeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata=_CURSOR)
