"""A clearance as it is answered."""

from marshmallow import Schema, fields

from battery_registry.domain.clearance import Purpose
from battery_registry.domain.sale import Answer


class ClearanceSchema(Schema):
    """A clearance, signed and in the clear."""

    clearance = fields.String(
        required=True,
        metadata={"description": "Compact JWS (EdDSA); what a verifier takes."},
    )
    clearance_id = fields.UUID(required=True)
    code = fields.String(required=True)
    answer = fields.Enum(Answer, by_value=fields.String, required=True)
    verdict = fields.String(
        required=True, metadata={"description": "The code in force; to be shown."}
    )
    reasons = fields.List(fields.String(), required=True)
    purpose = fields.Enum(Purpose, by_value=fields.String, required=True)
    issued_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    status_list = fields.URL(required=True, require_tld=False)
    status_index = fields.Integer(required=True)
    jwks = fields.URL(required=True, require_tld=False)
