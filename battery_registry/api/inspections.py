"""Stations hand in inspections, and read back what came of them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import problem
from battery_registry.api.describing import refuses
from battery_registry.api.schemas.receipts import (
    BatchResultSchema,
    BatchSchema,
    ReceiptSchema,
)
from battery_registry.domain import Kind, RegistryError, code
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.canonical import plain_json
from battery_registry.domain.code import PublicCode
from battery_registry.services import aftermath, idempotency, receipts
from battery_registry.services.idempotency import Reply
from battery_registry.services.intake import Desk, Status
from battery_registry.services.receipts import Receipt
from battery_registry.store.db import NotStoredError
from battery_registry.wire import deliveries, json_text
from battery_registry.wire.deliveries import Handed, Result
from battery_registry.wire.inspections import InspectionSchema

_ROUTE = "POST /api/v1/inspections"
_JSON = "application/json"

blueprint = Blueprint(
    "inspections",
    __name__,
    url_prefix="/api/v1/inspections",
    description="Readings in, verdicts out",
)


class BodyNotJsonError(RegistryError):
    """The body is not said to be JSON."""

    code = "body_not_json"
    kind = Kind.MALFORMED


class BatchSizeError(RegistryError):
    """A batch has from 1 to 500 inspections."""

    code = "batch_size"


class BatchMembersError(RegistryError):
    """Beside ``inspections`` a batch has no other members."""

    code = "batch_members"


class NoSuchInspectionError(RegistryError):
    """There is no such inspection, or it is not the caller's to see."""

    code = "inspection_unknown"
    kind = Kind.NOT_FOUND


@blueprint.post("")
@blueprint.doc(
    summary="Hand in one inspection, or up to 500",
    parameters=[
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            "description": "Same key and body: the same answer again.",
        }
    ],
    requestBody={
        "required": True,
        "content": {_JSON: {"schema": {"oneOf": [InspectionSchema, BatchSchema]}}},
    },
)
@blueprint.alt_response(201, schema=ReceiptSchema, description="One, accepted")
@blueprint.alt_response(
    200,
    description="One, received before; or the results of a batch",
    schema={"oneOf": [ReceiptSchema, BatchResultSchema]},
)
@refuses(blueprint, 400, 401, 403, 409, 422)
@context.requires(only(inspector=Reach.OWN_STATION))
def hand_in() -> Response:
    """Take inspections in; the same one sent again is answered the same again."""
    raw = request.get_data(cache=False)
    if not request.is_json:
        raise BodyNotJsonError
    parsed = json_text.parse(raw)
    key = idempotency.check_key(request.headers.get("Idempotency-Key"))
    is_batch = isinstance(parsed, dict) and "inspections" in parsed
    raws = _members(parsed) if is_batch else [parsed]
    delivery = deliveries.read(raws, now=context.now())
    if not is_batch and delivery[0].refusal is not None:
        raise delivery[0].refusal
    caller = context.caller()
    asked = idempotency.Request(
        organisation_id=caller.organisation_id,
        route=_ROUTE,
        key=key,
        # The same bytes from another station are another request.
        body_sha256=hashlib.sha256(f"{caller.station_id}:".encode() + raw).digest(),
    )
    return _respond(_take(delivery, asked, is_batch=is_batch))


def _take(
    delivery: Sequence[Handed], asked: idempotency.Request, *, is_batch: bool
) -> Reply:
    desk, now = _desk(), context.now()

    def answer(session: context.Session) -> Reply:
        results = deliveries.take(session, delivery, desk=desk, now=now)
        return _answer(results, is_batch=is_batch)

    try:
        return context.transact(
            lambda session: idempotency.once(
                session, asked, answer=lambda: answer(session), now=now
            )
        )
    except aftermath.TELLING as refusal:
        _report(delivery[0], refusal)
        raise
    except NotStoredError:
        if not is_batch:
            raise
        alone = deliveries.take_each(delivery, run=context.transact, desk=desk, now=now)
        return _answer(alone, is_batch=True)


def _report(handed: Handed, refusal: RegistryError) -> None:
    """Keep what a refusal tells of, though nothing of the reading is kept."""
    submission = handed.submission
    if submission is not None:
        context.transact(
            lambda session: aftermath.report_refused(
                session, submission=submission, refusal=refusal, now=context.now()
            )
        )


def _members(parsed: Mapping[str, Any]) -> Sequence[object]:
    members = parsed["inspections"]
    if not isinstance(members, list) or not 1 <= len(members) <= deliveries.MOST:
        raise BatchSizeError(field="inspections", most=deliveries.MOST)
    if len(parsed) > 1:
        extra = next(name for name in parsed if name != "inspections")
        raise BatchMembersError(field=extra)
    return members


def _desk() -> Desk:
    runtime = context.runtime()
    return Desk(
        caller=context.caller(),
        ruleset=runtime.ruleset,
        vault=runtime.vault,
        terms=runtime.terms,
    )


def _answer(results: Sequence[Result], *, is_batch: bool) -> Reply:
    if is_batch:
        told = [_told(index, result) for index, result in enumerate(results)]
        return Reply(status=200, text=plain_json({"results": told}))
    only_one = results[0]
    if only_one.receipt is None:
        raise only_one.refusal or NoSuchInspectionError
    status = 200 if only_one.status is Status.DUPLICATE else 201
    return Reply(status=status, text=plain_json(_receipt_json(only_one.receipt)))


def _told(index: int, result: Result) -> dict[str, Any]:
    told = {
        "index": index,
        "inspection_id": result.inspection_id,
        "status": result.status.value,
    }
    if result.receipt is not None:
        return {**told, "receipt": _receipt_json(result.receipt)}
    return {**told, "problem": problem.body(result.refusal or NoSuchInspectionError())}


def _respond(reply: Reply) -> Response:
    response = Response(reply.text, status=reply.status, content_type=_JSON)
    if reply.is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@blueprint.get("/<uuid:inspection_id>")
@blueprint.doc(summary="Read an inspection's receipt again")
@blueprint.alt_response(200, schema=ReceiptSchema, description="The receipt")
@refuses(blueprint, 401, 403, 404)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def read(inspection_id: UUID) -> Response:
    """Read the receipt of an inspection that was handed in."""
    with context.reading() as session:
        found = receipts.find(
            session, inspection_id=inspection_id, scope=context.scope()
        )
    if found is None:
        raise NoSuchInspectionError
    return Response(plain_json(_receipt_json(found)), content_type=_JSON)


def _receipt_json(receipt: Receipt) -> dict[str, Any]:
    public_code = PublicCode(receipt.public_code)
    base_url = context.runtime().settings.base_url
    standing = receipt.case
    return {
        "inspection_id": str(receipt.inspection_id),
        "received_at": receipt.received_at.isoformat(),
        "battery": {
            "code": code.show(public_code),
            "url": code.url(base_url, code=public_code),
        },
        "verdict": receipt.verdict,
        "battery_code_in_force": receipt.code_in_force,
        "case": standing
        and {
            "state": standing.state,
            "due_at": standing.due_at and standing.due_at.isoformat(),
        },
    }
