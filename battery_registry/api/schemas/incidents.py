"""What is answered about incidents."""

from marshmallow import Schema, fields

from battery_registry.domain.incidents import IncidentKind, SubjectKind


class IncidentSchema(Schema):
    """One thing that went wrong."""

    incident_id = fields.UUID(required=True)
    kind = fields.Enum(IncidentKind, by_value=fields.String, required=True)
    subject_kind = fields.Enum(SubjectKind, by_value=fields.String, required=True)
    subject_id = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    district_code = fields.String(required=True, allow_none=True)
    opened_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    closed_by = fields.String(required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), required=True)
    closing = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    held_packs = fields.Integer(
        required=True,
        metadata={"description": "Batteries it keeps from being destroyed now."},
    )


class IncidentPageSchema(Schema):
    """A page of incidents, newest first."""

    items = fields.List(fields.Nested(IncidentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
