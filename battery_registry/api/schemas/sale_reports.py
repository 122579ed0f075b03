"""What reports of loss and transfers are answered with."""

from marshmallow import Schema, fields


class LossAnswerSchema(Schema):
    """A report of loss."""

    report_id = fields.UUID(required=True)
    code = fields.String(required=True)
    at = fields.DateTime(required=True)


class TransferOpenedSchema(Schema):
    """A transfer that waits for two consents; the codes are told only here."""

    transfer_id = fields.UUID(required=True)
    code = fields.String(required=True)
    giver_code = fields.String(required=True)
    receiver_code = fields.String(required=True)
    expires_at = fields.DateTime(required=True)


class ProgressSchema(Schema):
    """How far a transfer is."""

    given = fields.Boolean(required=True)
    accepted = fields.Boolean(required=True)
    owner_code = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Told once, with the second consent: proves ownership."
        },
    )
