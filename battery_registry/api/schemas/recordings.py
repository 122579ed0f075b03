"""How far a recording has come in, as JSON."""

from marshmallow import Schema, fields


class RecordingSchema(Schema):
    """A recording or a photo that is coming in, or is kept."""

    sha256 = fields.String(required=True)
    received_bytes = fields.Integer(required=True)
    is_complete = fields.Boolean(required=True)
