"""What is answered about offers."""

from marshmallow import Schema, fields

from battery_registry.api.schemas.custody import StepProblemSchema
from battery_registry.domain.custody import State
from battery_registry.domain.offers import OfferStatus


class OfferAnswerSchema(Schema):
    """An offer as it stands."""

    offer_id = fields.UUID(required=True)
    code = fields.String(required=True)
    to_state = fields.Enum(State, by_value=fields.String, required=True)
    giver = fields.String(required=True)
    receiver = fields.String(required=True)
    status = fields.Enum(OfferStatus, by_value=fields.String, required=True)
    offered_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    settled_at = fields.DateTime(required=True, allow_none=True)
    event_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The event that its acceptance made."},
    )
    evidence = fields.Dict(keys=fields.String(), required=True)


class OfferProblemSchema(StepProblemSchema):
    """An offer that cannot be made, or be accepted any more."""

    offer_status = fields.Enum(
        OfferStatus,
        by_value=fields.String,
        metadata={"description": "What became of the offer; with `offer_closed`."},
    )


class OfferPageSchema(Schema):
    """A page of offers, newest first."""

    items = fields.List(fields.Nested(OfferAnswerSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
