"""What became of a file of inspections, as JSON."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf


class ImportFaultSchema(Schema):
    """What is wrong with one cell, or with the row."""

    field = fields.String(required=True)
    detail = fields.String(required=True)


class FailedRowSchema(Schema):
    """A row that was not taken; the header is row 1."""

    row = fields.Integer(required=True)
    faults = fields.List(fields.Nested(ImportFaultSchema), required=True)


class ImportSchema(Schema):
    """How far a file has come. Sent again, it goes on where it stopped."""

    dry_run = fields.Boolean(required=True)
    kind = fields.String(required=True, validate=OneOf(["csv", "xlsx", "jsonl"]))
    encoding = fields.String(required=True)
    is_complete = fields.Boolean(required=True)
    rows_done = fields.Integer(
        required=True, metadata={"description": "Number of the last row looked at."}
    )
    accepted = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    failed = fields.List(
        fields.Nested(FailedRowSchema),
        required=True,
        metadata={"description": "The rows of this request that were not taken."},
    )
    failed_file = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The same rows as a file, to be mended."},
    )
