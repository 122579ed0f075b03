"""What is answered about a red case."""

from marshmallow import Schema, fields

from battery_registry.api.schemas.problems import ProblemSchema
from battery_registry.domain.custody import State
from battery_registry.domain.roles import Role

_PARTY = {"description": "`resident`, or the code of an organisation."}


class EventSchema(Schema):
    """One link of the chain of custody, with its EPCIS 2.0 terms."""

    event_id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    from_state = fields.Enum(
        State, by_value=fields.String, required=True, allow_none=True
    )
    to_state = fields.Enum(State, by_value=fields.String, required=True)
    giver = fields.String(required=True, metadata=_PARTY)
    receiver = fields.String(required=True, metadata=_PARTY)
    occurred_at = fields.DateTime(required=True)
    recorded_at = fields.DateTime(required=True)
    biz_step = fields.String(
        required=True, metadata={"description": "CBV 2.0 business step."}
    )
    disposition = fields.String(
        required=True, metadata={"description": "CBV 2.0 disposition."}
    )
    signed_by = fields.String(
        required=True, metadata={"description": "Code of the organisation that signed."}
    )
    signed_as = fields.Enum(Role, by_value=fields.String, required=True)
    evidence = fields.Dict(keys=fields.String(), required=True)


class CaseStandingSchema(Schema):
    """Where a case stands, and what may follow."""

    case_id = fields.UUID(required=True)
    state = fields.Enum(State, by_value=fields.String, required=True)
    holder = fields.String(required=True, metadata=_PARTY)
    state_since = fields.DateTime(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    lawful_next = fields.List(fields.Enum(State, by_value=fields.String), required=True)


class HandOverAnswerSchema(Schema):
    """The event as recorded, and the case right after it."""

    code = fields.String(required=True)
    event = fields.Nested(EventSchema, required=True)
    case = fields.Nested(CaseStandingSchema, required=True)


class ChainSchema(CaseStandingSchema):
    """A battery's newest case with all its events, the oldest first."""

    code = fields.String(required=True)
    opened_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    parties = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Names of the organisations in the chain, by code."},
    )
    events = fields.List(fields.Nested(EventSchema), required=True)


class StepProblemSchema(ProblemSchema):
    """A step that the case's state does not allow."""

    state = fields.Enum(State, by_value=fields.String)
    lawful_next = fields.List(fields.Enum(State, by_value=fields.String))
