"""The one shape of every error: RFC 9457."""

from marshmallow import INCLUDE, Schema, fields


class FaultSchema(Schema):
    """One field at fault."""

    field = fields.String(required=True)
    pointer = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """A refusal: ``code`` is stable, ``detail`` is for people.

    A refusal may tell more than this, as RFC 9457 lets it (section 3.2).
    """

    class Meta:
        """Further members are no mistake."""

        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    instance = fields.String()
    errors = fields.List(fields.Nested(FaultSchema))
