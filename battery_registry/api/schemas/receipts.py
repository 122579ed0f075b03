"""What a station is answered."""

from typing import Any

from marshmallow import Schema, fields

from battery_registry.api.schemas.problems import ProblemSchema
from battery_registry.domain.custody import State
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.quality.plausibility import Severity
from battery_registry.services.intake import Status
from battery_registry.wire.fields import Listed
from battery_registry.wire.inspections import InspectionSchema

CODES = [code.value for code in Code]


class BatteryRefSchema(Schema):
    """The battery's public code and the address its label shows."""

    code = fields.String(required=True)
    url = fields.Url(required=True)


class CaseSchema(Schema):
    """Where a red case stands, and until when its next step is due."""

    state = fields.Enum(State, by_value=fields.String, required=True)
    due_at = fields.DateTime(required=True, allow_none=True)


class RuleSetSchema(Schema):
    """Which rules judged, and the hash of their text."""

    id = fields.String(required=True)
    sha256 = fields.String(required=True)


class BilingualSchema(Schema):
    """A sentence in Chinese and in English."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class FiredRuleSchema(Schema):
    """A rule that fired: its clause, what it read, and what it compared with."""

    rule_id = fields.String(required=True)
    clause = fields.String(required=True)
    outcome = fields.String(required=True)
    inputs = fields.Dict(keys=fields.String(), required=True)
    comparator = fields.String(required=True)
    threshold = fields.Raw(required=True, allow_none=True)
    text = fields.Nested(BilingualSchema, required=True)


class ContributionSchema(Schema):
    """What one factor added to the score."""

    factor = fields.String(required=True)
    reading = fields.Float(required=True, allow_none=True)
    unit = fields.String(required=True)
    points = fields.Float(required=True)
    max_points = fields.Float(required=True)
    evidence = fields.String(required=True)
    u = fields.Float(allow_none=True)
    from_before = fields.Boolean()


class GuardSchema(Schema):
    """A reading so near a limit that it may lie beyond it: repeat the test."""

    guard_id = fields.String(required=True)
    rule_id = fields.String(required=True)
    clause = fields.String(required=True)
    input = fields.String(required=True)
    reading = fields.Float(required=True)
    u = fields.Float(required=True)
    limit = fields.Float(required=True)
    threshold = fields.Float(required=True)
    text = fields.Nested(BilingualSchema, required=True)


class TrendSchema(Schema):
    """How the capacity moved over comparable inspections."""

    slope_pct_per_month = fields.Float(required=True)
    slope_pct_per_100_efc = fields.Float(required=True, allow_none=True)
    u_pct_per_month = fields.Float(required=True)
    n = fields.Integer(required=True)
    span_months = fields.Float(required=True)
    significant = fields.Boolean(required=True)


class FlagSchema(Schema):
    """A suspicion that changes no code."""

    id = fields.String(required=True)
    text = fields.Nested(BilingualSchema, required=True)


class FindingSchema(Schema):
    """A reading that is hard to believe; the code does not follow from it."""

    id = fields.String(required=True)
    severity = fields.Enum(Severity, by_value=fields.String, required=True)
    value = fields.Float(
        required=True,
        metadata={"description": "What was looked at, mostly a ratio."},
    )
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    text = fields.Nested(BilingualSchema, required=True)


class VerdictSchema(Schema):
    """The verdict with every reason for it."""

    code = fields.Enum(Code, by_value=fields.String, required=True)
    score = fields.Float(required=True, allow_none=True)
    fired = fields.List(fields.Nested(FiredRuleSchema), required=True)
    contributions = fields.List(fields.Nested(ContributionSchema), required=True)
    missing = fields.List(fields.String(), required=True)
    notes = fields.List(fields.Raw(), required=True)
    duties = fields.List(fields.Raw())
    capacity_fade_pct = fields.Float(required=True, allow_none=True)
    next_due = fields.Date(required=True, allow_none=True)
    ruleset = fields.Nested(RuleSetSchema, required=True)
    guards = fields.List(fields.Nested(GuardSchema))
    trend = fields.Nested(TrendSchema, allow_none=True)
    flags = fields.List(fields.Nested(FlagSchema))
    findings = fields.List(fields.Nested(FindingSchema))
    input_sha256 = fields.String()


class ReceiptSchema(Schema):
    """The receipt of one inspection."""

    inspection_id = fields.UUID(required=True)
    received_at = fields.DateTime(required=True)
    battery = fields.Nested(BatteryRefSchema, required=True)
    verdict = fields.Nested(VerdictSchema, required=True)
    battery_code_in_force = fields.Enum(Code, by_value=fields.String, required=True)
    case = fields.Nested(CaseSchema, required=True, allow_none=True)


class ResultSchema(Schema):
    """What became of one inspection of a batch."""

    index = fields.Integer(required=True)
    inspection_id = fields.String(required=True, allow_none=True)
    status = fields.Enum(Status, by_value=fields.String, required=True)
    receipt = fields.Nested(ReceiptSchema)
    problem = fields.Nested(ProblemSchema)


class BatchResultSchema(Schema):
    """One result for each inspection of a batch, in its order."""

    results = fields.List(fields.Nested(ResultSchema), required=True)


class BatchSchema(Schema):
    """Up to 500 inspections; a bad one does not hold up the others."""

    inspections: Any = Listed(fields.Nested(InspectionSchema), required=True)
