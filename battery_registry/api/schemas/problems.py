"""The one shape of every error: RFC 9457."""

from marshmallow import Schema, fields


class FaultSchema(Schema):
    """One field at fault."""

    field = fields.String(required=True)
    pointer = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """A refusal: ``code`` is stable, ``detail`` is for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    instance = fields.String()
    errors = fields.List(fields.Nested(FaultSchema))
