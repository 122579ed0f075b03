"""What a buyer is answered."""

from marshmallow import Schema, fields

from battery_registry.domain.sale import Answer, Reason


class ReasonSchema(Schema):
    """A reason: a stable code, and its words in the reader's language."""

    code = fields.Enum(Reason, by_value=fields.String, required=True)
    text = fields.String(required=True)


class SaleSchema(Schema):
    """Whether a battery may be sold, at this moment."""

    code = fields.String(required=True)
    answer = fields.Enum(
        Answer,
        by_value=fields.String,
        required=True,
        metadata={"description": "`unknown` is never to be read as yes."},
    )
    sellable = fields.Boolean(required=True)
    reasons = fields.List(
        fields.Nested(ReasonSchema),
        required=True,
        metadata={"description": "All of them, the gravest first; none when clear."},
    )
    checked_at = fields.DateTime(required=True)


class SerialAnswerSchema(Schema):
    """Whether the battery with a serial may be sold, at this moment."""

    answer = fields.Enum(Answer, by_value=fields.String, required=True)
    sellable = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    checked_at = fields.DateTime(required=True)


class CandidatesSchema(Schema):
    """What hashes with a prefix go on with."""

    prefix = fields.String(required=True)
    entries = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "`suffix:answer`, sixteen hexadecimal digits and an answer;"
            " your own hash's next digits are among them, or it is unknown."
        },
    )
    checked_at = fields.DateTime(required=True)


class ManyCandidatesSchema(Schema):
    """What hashes with several prefixes go on with."""

    prefixes = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), required=True
    )
    checked_at = fields.DateTime(required=True)
