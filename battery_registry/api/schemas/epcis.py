"""What is answered about captured events."""

from marshmallow import Schema, fields

from battery_registry.domain.epcis.capturing import OnError, Outcome


class EventFaultSchema(Schema):
    """One thing that is wrong with an event."""

    pointer = fields.String(
        required=True, metadata={"description": "JSON Pointer within the event."}
    )
    fault = fields.String(required=True)


class CaptureResultSchema(Schema):
    """What became of one event."""

    status = fields.Enum(Outcome, by_value=fields.String, required=True)
    hash = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "CBV 2.0 event hash, `ni:///sha-256;…?ver=CBV2.0`."},
    )
    faults = fields.List(fields.Nested(EventFaultSchema), required=True)


class CaptureJobSchema(Schema):
    """A capture: counts, and a result for each event in the document's order."""

    captureID = fields.UUID(required=True)  # noqa: N815 - EPCIS's own name
    createdAt = fields.DateTime(required=True)  # noqa: N815 - as above
    finishedAt = fields.DateTime(required=True)  # noqa: N815 - as above
    running = fields.Boolean(required=True)
    success = fields.Boolean(required=True)
    captureErrorBehaviour = fields.Enum(  # noqa: N815 - as above
        OnError, by_value=fields.String, required=True
    )
    errors = fields.List(fields.Dict(), required=True)
    accepted = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    results = fields.List(fields.Nested(CaptureResultSchema), required=True)
