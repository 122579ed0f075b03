"""Appeals against a red, and their decisions."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import bodies, describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.schemas.appeals import AppealSchema, AppealsSchema
from battery_registry.context import Session
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import appeals as listed
from battery_registry.queries.appeals import AppealRecord
from battery_registry.services import appeals
from battery_registry.services.appeals import Decision
from battery_registry.wire.appeals import (
    AppealRequestSchema,
    DecisionSchema,
    parse_appeal,
    parse_decision,
)
from battery_registry.wire.page import PageSchema, parse_cursor

blueprint = Blueprint(
    "appeals",
    __name__,
    url_prefix="/api/v1/appeals",
    description="Appeals against a red",
)


@blueprint.post("")
@blueprint.doc(
    summary="Appeal against a red",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": AppealRequestSchema}},
    },
)
@blueprint.alt_response(201, schema=AppealSchema, description="Filed")
@describing.refuses(blueprint, 400, 401, 403, 404, 409, 422, 503)
@context.requires(only(inspector=Reach.ALL, regulator=Reach.ALL))
def file_appeal() -> Response:
    """File an appeal, by a station or by a regulator on a resident's behalf."""
    public_code, grounds = parse_appeal(bodies.read_json())
    days = context.runtime().settings.appeal_days
    now = context.now()

    def work(session: Session) -> AppealRecord:
        appeal_id = appeals.file_appeal(
            session,
            public_code=public_code,
            grounds=grounds,
            caller=context.caller(),
            days=days,
            now=now,
        )
        return listed.get_appeal(session, appeal_id=appeal_id, now=now)

    return answer(_appeal_json(context.transact(work)), status=201)


@blueprint.post("/<uuid:appeal_id>/decision")
@blueprint.doc(
    summary="Decide an appeal",
    requestBody={"required": True, "content": {MEDIA_TYPE: {"schema": DecisionSchema}}},
)
@blueprint.alt_response(200, schema=AppealSchema, description="Decided")
@describing.refuses(blueprint, 400, 401, 403, 404, 409, 422, 503)
@context.requires(only(regulator=Reach.OWN_DISTRICT))
def decide(appeal_id: UUID) -> Response:
    """Decide; only a regulator whose house never inspected the battery may.

    Upheld, the case is cleared and the event that opened it is declared wrong,
    never changed; rejected, the red stays.
    """
    is_upheld, note = parse_decision(bodies.read_json())
    now = context.now()

    def work(session: Session) -> AppealRecord:
        appeals.decide(
            session,
            decision=Decision(appeal_id=appeal_id, is_upheld=is_upheld, note=note),
            caller=context.caller(),
            ruleset=context.runtime().ruleset,
            now=now,
        )
        return listed.get_appeal(session, appeal_id=appeal_id, now=now)

    return answer(_appeal_json(context.transact(work)))


@blueprint.get("")
@blueprint.doc(
    summary="List appeals, newest first",
    parameters=[{"in": "query", "schema": PageSchema}],
)
@blueprint.alt_response(200, schema=AppealsSchema, description="A page of appeals")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def list_appeals() -> Response:
    """List appeals with their grounds, deadlines and decisions."""
    cursor = parse_cursor(request.args)
    with context.reading() as session:
        page = listed.find_appeals(
            session, scope=context.scope(), now=context.now(), cursor=cursor
        )
    return answer(
        {
            "items": [_appeal_json(one) for one in page.items],
            "next_cursor": page.next_cursor,
        }
    )


def _appeal_json(appeal: AppealRecord) -> dict[str, Any]:
    return {
        "appeal_id": str(appeal.appeal_id),
        "code": codes.show(appeal.public_code),
        "case_id": str(appeal.case_id),
        "state": appeal.state.value,
        "grounds": appeal.grounds,
        "filed_at": moment(appeal.filed_at),
        "filed_by": appeal.filed_by,
        "due_at": moment(appeal.due_at),
        "overdue": appeal.is_overdue,
        "decided_at": moment(appeal.decided_at),
        "decided_by": appeal.decided_by,
        "note": appeal.note,
    }
