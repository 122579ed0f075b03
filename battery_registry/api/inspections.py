"""Stations hand in inspections, and read back what came of them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import problem
from battery_registry.api.schemas.problems import ProblemSchema
from battery_registry.api.schemas.receipts import (
    BatchResultSchema,
    BatchSchema,
    ReceiptSchema,
)
from battery_registry.domain import Kind, RegistryError, code
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.domain.submission import Submission
from battery_registry.services import idempotency, intake, receipts
from battery_registry.services.idempotency import Reply
from battery_registry.services.intake import Desk, Outcome, Status
from battery_registry.services.receipts import Receipt
from battery_registry.store.db import NotStoredError
from battery_registry.wire import json_text
from battery_registry.wire.inspections import InspectionSchema, parse_inspection

MAX_BATCH = 500
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    """One inspection of a request: parsed, or refused already."""

    inspection_id: str | None
    submission: Submission | None = None
    refusal: RegistryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """What became of one inspection of a request."""

    inspection_id: str | None
    status: Status
    receipt: Receipt | None = None
    refusal: RegistryError | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        return cls(
            inspection_id=str(outcome.inspection_id),
            status=outcome.status,
            receipt=outcome.receipt,
            refusal=outcome.refusal,
        )

    @classmethod
    def refused(cls, item: _Item) -> Self:
        return cls(
            inspection_id=item.inspection_id,
            status=Status.REFUSED,
            refusal=item.refusal,
        )

    def as_json(self, index: int) -> dict[str, Any]:
        told = {
            "index": index,
            "inspection_id": self.inspection_id,
            "status": self.status.value,
        }
        if self.receipt is not None:
            return {**told, "receipt": _receipt_json(self.receipt)}
        assert self.refusal is not None  # noqa: S101 - the other of the two
        return {**told, "problem": problem.body(self.refusal)}


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
@blueprint.alt_response(400, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@blueprint.alt_response(401, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@blueprint.alt_response(403, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@blueprint.alt_response(409, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@blueprint.alt_response(422, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@context.requires(only(inspector=Reach.OWN_STATION))
def hand_in() -> Response:
    """Take inspections in; the same one sent again is answered the same again."""
    raw = request.get_data(cache=False)
    if not request.is_json:
        raise BodyNotJsonError
    parsed = json_text.parse(raw)
    key = idempotency.check_key(request.headers.get("Idempotency-Key"))
    is_batch = isinstance(parsed, dict) and "inspections" in parsed
    items = [_parse(each) for each in (_members(parsed) if is_batch else [parsed])]
    if not is_batch and items[0].refusal is not None:
        raise items[0].refusal
    asked = idempotency.Request(
        organisation_id=context.caller().organisation_id,
        route=_ROUTE,
        key=key,
        body_sha256=hashlib.sha256(raw).digest(),
    )
    try:
        reply = context.transact(
            lambda session: idempotency.once(
                session,
                asked,
                answer=lambda: _answer(_accept(session, items), is_batch=is_batch),
                now=context.now(),
            )
        )
    except NotStoredError:
        if not is_batch:
            raise
        # One of them cannot be stored: it must not cost the others their place.
        alone = [_accept_alone(item) for item in items]
        reply = _answer(alone, is_batch=True)
    return _respond(reply)


def _members(parsed: Mapping[str, Any]) -> Sequence[object]:
    members = parsed["inspections"]
    if not isinstance(members, list) or not 1 <= len(members) <= MAX_BATCH:
        raise BatchSizeError(field="inspections", most=MAX_BATCH)
    if len(parsed) > 1:
        extra = next(name for name in parsed if name != "inspections")
        raise BatchMembersError(field=extra)
    return members


def _parse(raw: object) -> _Item:
    told = raw.get("inspection_id") if isinstance(raw, dict) else None
    inspection_id = told if isinstance(told, str) else None
    try:
        submission = parse_inspection(raw, now=context.now())
    except RegistryError as refusal:
        return _Item(inspection_id=inspection_id, refusal=refusal)
    return _Item(inspection_id=inspection_id, submission=submission)


def _accept(session: context.Session, items: Sequence[_Item]) -> list[_Result]:
    submissions = [item.submission for item in items if item.submission]
    outcomes = iter(
        intake.accept(session, submissions=submissions, desk=_desk(), now=context.now())
    )
    return [
        _Result.of(next(outcomes)) if item.submission else _Result.refused(item)
        for item in items
    ]


def _accept_alone(item: _Item) -> _Result:
    try:
        return context.transact(lambda session: _accept(session, [item])[0])
    except NotStoredError as refusal:
        return _Result.refused(replace(item, refusal=refusal))


def _desk() -> Desk:
    runtime = context.runtime()
    return Desk(
        caller=context.caller(),
        ruleset=runtime.ruleset,
        vault=runtime.vault,
    )


def _answer(results: Sequence[_Result], *, is_batch: bool) -> Reply:
    if is_batch:
        told = [result.as_json(index) for index, result in enumerate(results)]
        return Reply(status=200, text=_dump({"results": told}))
    only_one = results[0]
    if only_one.receipt is None:
        raise only_one.refusal or NoSuchInspectionError
    status = 200 if only_one.status is Status.DUPLICATE else 201
    return Reply(status=status, text=_dump(_receipt_json(only_one.receipt)))


def _respond(reply: Reply) -> Response:
    response = Response(reply.text, status=reply.status, content_type=_JSON)
    if reply.is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@blueprint.get("/<uuid:inspection_id>")
@blueprint.doc(summary="Read an inspection's receipt again")
@blueprint.alt_response(200, schema=ReceiptSchema, description="The receipt")
@blueprint.alt_response(401, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@blueprint.alt_response(403, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
@blueprint.alt_response(404, schema=ProblemSchema, content_type=problem.MEDIA_TYPE)
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
    return Response(_dump(_receipt_json(found)), content_type=_JSON)


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


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
