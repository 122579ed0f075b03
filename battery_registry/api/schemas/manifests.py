"""What is answered about manifests."""

from marshmallow import Schema, fields

from battery_registry.api.schemas.problems import ProblemSchema
from battery_registry.domain.manifests import (
    DamageClass,
    ManifestStatus,
    Packing,
    PackStatus,
    WasteKind,
)


class ManifestRowSchema(Schema):
    """A manifest without its drums and packs."""

    manifest_id = fields.UUID(required=True)
    status = fields.Enum(ManifestStatus, by_value=fields.String, required=True)
    waste_kind = fields.Enum(WasteKind, by_value=fields.String, required=True)
    sender = fields.String(required=True)
    carrier = fields.String(required=True)
    receiver = fields.String(required=True)
    licence_number = fields.String(required=True, allow_none=True)
    transfer_manifest_number = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    judged_by = fields.String(required=True)
    judge_trained_on = fields.Date(required=True)
    created_at = fields.DateTime(required=True)
    dispatched_at = fields.DateTime(required=True, allow_none=True)
    received_at = fields.DateTime(required=True, allow_none=True)
    settled_at = fields.DateTime(required=True, allow_none=True)


class DrumAnswerSchema(Schema):
    """A drum; masses are net."""

    sscc = fields.String(required=True)
    damage_class = fields.Enum(DamageClass, by_value=fields.String, required=True)
    packing_instruction = fields.Enum(Packing, by_value=fields.String, required=True)
    sent_kg = fields.Float(required=True)
    received_kg = fields.Float(required=True, allow_none=True)


class PackAnswerSchema(Schema):
    """A pack, and what became of it."""

    code = fields.String(required=True)
    sscc = fields.String(required=True)
    mass_kg = fields.Float(required=True)
    status = fields.Enum(PackStatus, by_value=fields.String, required=True)


class ManifestIncidentSchema(Schema):
    """A difference; while it is open, no pack of the manifest is destroyed."""

    incident_id = fields.UUID(required=True)
    opened_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), required=True)


class ManifestAnswerSchema(ManifestRowSchema):
    """A manifest with its drums, its packs and the incidents about it."""

    holds_destruction = fields.Boolean(required=True)
    drums = fields.List(fields.Nested(DrumAnswerSchema), required=True)
    packs = fields.List(fields.Nested(PackAnswerSchema), required=True)
    incidents = fields.List(fields.Nested(ManifestIncidentSchema), required=True)


class ManifestPageSchema(Schema):
    """A page of manifests, newest first."""

    items = fields.List(fields.Nested(ManifestRowSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DispatchProblemSchema(ProblemSchema):
    """Why drums stay where they are; of packing, the rule that says so."""

    rule = fields.String()
    sscc = fields.String()
    damage_class = fields.String()
    packing_instruction = fields.String()
    needs = fields.String()
    battery = fields.String()
    manifest_status = fields.String()
