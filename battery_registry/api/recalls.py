"""Recalls: proposed, looked at, confirmed by a second person, withdrawn by two."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import bodies, describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.schemas.recalls import (
    CoveredPageSchema,
    RecallSchema,
    RecallsSchema,
)
from battery_registry.context import Session
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import recalls as listed
from battery_registry.queries.recalls import RecallRecord
from battery_registry.services import recalls
from battery_registry.wire.page import PageSchema, parse_cursor
from battery_registry.wire.recalls import RecallRequestSchema, parse_recall

blueprint = Blueprint(
    "recalls",
    __name__,
    url_prefix="/api/v1/recalls",
    description="Recalls of a class of batteries",
)

# A recall is the whole city's, whichever district proposes it.
_READERS: Final = only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL)
_WRITERS: Final = only(regulator=Reach.ALL)


@blueprint.post("")
@blueprint.doc(
    summary="Propose a recall",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": RecallRequestSchema}},
    },
)
@blueprint.alt_response(201, schema=RecallSchema, description="Proposed")
@describing.refuses(blueprint, 400, 401, 403, 422, 503)
@context.requires(_WRITERS)
def propose() -> Response:
    """Propose a recall; it recalls nothing until a second person confirms it."""
    criteria, reason = parse_recall(bodies.read_json())

    def work(session: Session) -> RecallRecord:
        recall_id = recalls.propose(
            session,
            criteria=criteria,
            reason=reason,
            caller=context.caller(),
            now=context.now(),
        )
        return listed.get(session, recall_id=recall_id)

    return answer(recall_json(context.transact(work)), status=201)


@blueprint.get("")
@blueprint.doc(
    summary="List recalls, newest first",
    parameters=[{"in": "query", "schema": PageSchema}],
)
@blueprint.alt_response(200, schema=RecallsSchema, description="A page of recalls")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_READERS)
def list_recalls() -> Response:
    """List recalls in every state."""
    cursor = parse_cursor(request.args)
    with context.reading() as session:
        page = listed.find_all(session, cursor=cursor)
    return answer(
        {
            "items": [recall_json(one) for one in page.items],
            "next_cursor": page.next_cursor,
        }
    )


@blueprint.get("/<uuid:recall_id>")
@blueprint.doc(summary="Read a recall")
@blueprint.alt_response(200, schema=RecallSchema, description="The recall")
@describing.refuses(blueprint, 401, 403, 404)
@context.requires(_READERS)
def read(recall_id: UUID) -> Response:
    """Read a recall: what it covers, who did what."""
    with context.reading() as session:
        found = listed.get(session, recall_id=recall_id)
    return answer(recall_json(found))


@blueprint.get("/<uuid:recall_id>/batteries")
@blueprint.doc(
    summary="List the batteries of a recall",
    parameters=[{"in": "query", "schema": PageSchema}],
)
@blueprint.alt_response(200, schema=CoveredPageSchema, description="A page of them")
@describing.refuses(blueprint, 401, 403, 404, 422)
@context.requires(_READERS)
def batteries(recall_id: UUID) -> Response:
    """List what a recall covers; while it is proposed, what it would cover."""
    cursor = parse_cursor(request.args)
    with context.reading() as session:
        page = listed.find_batteries(session, recall_id=recall_id, cursor=cursor)
    return answer(
        {
            "count": page.count,
            "possible": page.possible,
            "items": [
                {
                    "code": codes.show(one.public_code),
                    "district": one.district_code,
                    "model": one.model,
                    "registered_at": moment(one.registered_at),
                    "certain": one.is_certain,
                }
                for one in page.items
            ],
            "next_cursor": page.next_cursor,
        }
    )


@blueprint.post("/<uuid:recall_id>/confirm")
@blueprint.doc(summary="Confirm a recall, as a second person")
@blueprint.alt_response(200, schema=RecallSchema, description="In force")
@describing.refuses(blueprint, 401, 403, 404, 409, 503)
@context.requires(_WRITERS)
def confirm(recall_id: UUID) -> Response:
    """Confirm a recall: no battery it covers, now or later, may be sold."""
    return _act(recall_id, recalls.confirm)


@blueprint.post("/<uuid:recall_id>/withdraw")
@blueprint.doc(summary="Withdraw a recall; once confirmed, it takes two people")
@blueprint.alt_response(200, schema=RecallSchema, description="Begun, or withdrawn")
@describing.refuses(blueprint, 401, 403, 404, 409, 503)
@context.requires(_WRITERS)
def withdraw(recall_id: UUID) -> Response:
    """Withdraw a recall; the first call begins it, another person's ends it."""
    return _act(recall_id, recalls.withdraw)


def _act(recall_id: UUID, act: Callable[..., None]) -> Response:
    def work(session: Session) -> RecallRecord:
        act(
            session,
            recall_id=recall_id,
            caller=context.caller(),
            now=context.now(),
        )
        return listed.get(session, recall_id=recall_id)

    return answer(recall_json(context.transact(work)))


def recall_json(recall: RecallRecord) -> dict[str, Any]:
    """Spell a recall."""
    made_from, made_until = recall.produced_from, recall.produced_until
    return {
        "recall_id": str(recall.recall_id),
        "state": recall.state.value,
        "maker": recall.maker,
        "model": recall.model,
        "code_from": recall.code_from,
        "code_to": recall.code_to,
        "produced_from": made_from.isoformat() if made_from else None,
        "produced_until": made_until.isoformat() if made_until else None,
        "reason": recall.reason,
        "proposed_at": moment(recall.proposed_at),
        "proposed_by": recall.proposed_by,
        "confirmed_at": moment(recall.confirmed_at),
        "confirmed_by": recall.confirmed_by,
        "withdrawing_at": moment(recall.withdrawing_at),
        "withdrawing_by": recall.withdrawing_by,
        "withdrawn_at": moment(recall.withdrawn_at),
        "withdrawn_by": recall.withdrawn_by,
    }
