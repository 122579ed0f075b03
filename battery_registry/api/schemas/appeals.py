"""What is answered about retests and appeals."""

from marshmallow import Schema, fields

from battery_registry.domain.appeals import AppealState
from battery_registry.domain.retests import Finding, RetestState

_ORGANISATION = {"description": "Code of the organisation."}
_CURSOR = {"description": "Cursor of the next page; null on the last one."}


class TriedInspectionSchema(Schema):
    """An inspection that came in while the retest was open."""

    inspection_id = fields.UUID(required=True)
    counts = fields.Boolean(required=True)
    finding = fields.Enum(
        Finding,
        by_value=fields.String,
        required=True,
        metadata={"description": "`counts`, or the first reason why not."},
    )
    at = fields.DateTime(required=True)


class RetestSchema(Schema):
    """A retest: an independent inspection that may end a red."""

    retest_id = fields.UUID(required=True)
    code = fields.String(required=True)
    case_id = fields.UUID(required=True)
    state = fields.Enum(RetestState, by_value=fields.String, required=True)
    greens_needed = fields.Integer(
        required=True,
        metadata={"description": "Two, if the first red was by appearance."},
    )
    greens = fields.Integer(required=True)
    opened_at = fields.DateTime(required=True)
    opened_by = fields.String(required=True, metadata=_ORGANISATION)
    due_at = fields.DateTime(
        required=True, metadata={"description": "Tested later does not count."}
    )
    closed_at = fields.DateTime(required=True, allow_none=True)
    inspections = fields.List(fields.Nested(TriedInspectionSchema), required=True)


class RetestsSchema(Schema):
    """A page of retests, newest first."""

    items = fields.List(fields.Nested(RetestSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata=_CURSOR)


class AppealSchema(Schema):
    """An appeal against a red."""

    appeal_id = fields.UUID(required=True)
    code = fields.String(required=True)
    case_id = fields.UUID(required=True)
    state = fields.Enum(AppealState, by_value=fields.String, required=True)
    grounds = fields.String(required=True)
    filed_at = fields.DateTime(required=True)
    filed_by = fields.String(required=True, metadata=_ORGANISATION)
    due_at = fields.DateTime(required=True)
    overdue = fields.Boolean(required=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True, metadata=_ORGANISATION)
    note = fields.String(required=True, allow_none=True)


class AppealsSchema(Schema):
    """A page of appeals, newest first."""

    items = fields.List(fields.Nested(AppealSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata=_CURSOR)
