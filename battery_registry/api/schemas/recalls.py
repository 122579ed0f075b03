"""What is answered about recalls."""

from marshmallow import Schema, fields

from battery_registry.domain.recalls import RecallState

_ORGANISATION = {"description": "Code of the organisation."}
_CURSOR = {"description": "Cursor of the next page; null on the last one."}


class RecallSchema(Schema):
    """A recall of a class of batteries."""

    recall_id = fields.UUID(required=True)
    state = fields.Enum(RecallState, by_value=fields.String, required=True)
    maker = fields.String(required=True)
    model = fields.String(required=True, allow_none=True)
    code_from = fields.String(required=True, allow_none=True)
    code_to = fields.String(required=True, allow_none=True)
    produced_from = fields.Date(required=True, allow_none=True)
    produced_until = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True)
    proposed_at = fields.DateTime(required=True)
    proposed_by = fields.String(required=True, metadata=_ORGANISATION)
    confirmed_at = fields.DateTime(required=True, allow_none=True)
    confirmed_by = fields.String(required=True, allow_none=True, metadata=_ORGANISATION)
    withdrawing_at = fields.DateTime(required=True, allow_none=True)
    withdrawing_by = fields.String(
        required=True, allow_none=True, metadata=_ORGANISATION
    )
    withdrawn_at = fields.DateTime(required=True, allow_none=True)
    withdrawn_by = fields.String(required=True, allow_none=True, metadata=_ORGANISATION)


class RecallsSchema(Schema):
    """A page of recalls, newest first."""

    items = fields.List(fields.Nested(RecallSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata=_CURSOR)


class CoveredSchema(Schema):
    """A battery that a recall covers."""

    code = fields.String(required=True)
    district = fields.String(required=True)
    model = fields.String(required=True, allow_none=True)
    registered_at = fields.DateTime(required=True)
    certain = fields.Boolean(
        required=True,
        metadata={"description": "False: not all that the recall asks is known."},
    )


class CoveredPageSchema(Schema):
    """The batteries of a recall, in the order they were registered."""

    count = fields.Integer(required=True)
    possible = fields.Integer(
        required=True, metadata={"description": "Of these, those not certain."}
    )
    items = fields.List(fields.Nested(CoveredSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata=_CURSOR)
