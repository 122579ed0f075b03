"""Red cases: one hand-over after the other, and the chain they make."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing, problem
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.schemas.custody import (
    ChainSchema,
    HandOverAnswerSchema,
    StepProblemSchema,
)
from battery_registry.domain import code as codes
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import Case, CustodyEvent, Party, lawful_next
from battery_registry.domain.custody_refusals import CaseClosedError
from battery_registry.queries import custody
from battery_registry.queries.custody import Chain, Link, PartyName
from battery_registry.services.custody import NoCaseError, hand_over
from battery_registry.wire import json_text
from battery_registry.wire.custody import HandOverSchema, parse_hand_over

blueprint = Blueprint(
    "custody",
    __name__,
    url_prefix="/api/v1/custody",
    description="Red batteries, from the code to proven destruction",
)


@blueprint.post("/<string:code>/events")
@blueprint.doc(
    summary="Take a step of a red case",
    parameters=[describing.CODE_PARAMETER],
    requestBody={"required": True, "content": {MEDIA_TYPE: {"schema": HandOverSchema}}},
)
@blueprint.alt_response(
    201, schema=HandOverAnswerSchema, description="Recorded, now or when first told"
)
@describing.refuses(blueprint, 400, 401, 403, 404, 422, 503)
@blueprint.alt_response(
    409,
    schema=StepProblemSchema,
    content_type=problem.MEDIA_TYPE,
    description="No such step from here; what may follow instead",
)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        collector=Reach.OWN_ORGANISATION,
        recycler=Reach.OWN_ORGANISATION,
    )
)
def tell(code: str) -> Response:
    """Record a hand-over, signed by the caller's organisation.

    Told again with the same `event_id` and body it gives the same answer.
    """
    public_code = codes.parse(code)
    if not request.is_json:
        raise BodyNotJsonError
    told = parse_hand_over(json_text.parse(request.get_data(cache=False)))
    try:
        case, event = context.transact(
            lambda session: hand_over(
                session,
                public_code=public_code,
                hand_over=told,
                caller=context.caller(),
                now=context.now(),
                terms=context.terms(),
            )
        )
    except CaseClosedError:
        # Nobody can hand over what was destroyed; somebody must look at it.
        context.report_sighting(public_code, seen=Sighting.CUSTODY)
        raise
    return answer(hand_over_json(public_code, case, event), status=201)


def hand_over_json(
    public_code: PublicCode, case: Case, event: CustodyEvent
) -> dict[str, Any]:
    """Spell a hand-over: its event, and the case right after it."""
    return {
        "code": codes.show(public_code),
        "event": _event_json(event),
        "case": _case_json(case),
    }


@blueprint.get("/<string:code>")
@blueprint.doc(
    summary="Read the chain of custody", parameters=[describing.CODE_PARAMETER]
)
@blueprint.alt_response(200, schema=ChainSchema, description="The newest case")
@describing.refuses(blueprint, 401, 403, 404, 422)
@context.requires(
    only(
        inspector=Reach.ALL,
        collector=Reach.ALL,
        recycler=Reach.ALL,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def read(code: str) -> Response:
    """Read a battery's newest case: its events, parties, deadline, next steps."""
    with context.reading() as session:
        chain = custody.find(
            session,
            code=codes.parse(code),
            scope=context.scope(),
            now=context.now(),
        )
    if chain is None:
        raise NoCaseError
    return answer(_chain_json(chain))


def _chain_json(chain: Chain) -> dict[str, Any]:
    return {
        "code": codes.show(chain.public_code),
        "case_id": str(chain.case_id),
        "state": chain.state.value,
        "holder": chain.holder.code,
        "opened_at": moment(chain.opened_at),
        "state_since": moment(chain.state_since),
        "due_at": moment(chain.due_at),
        "closed_at": moment(chain.closed_at),
        "overdue": chain.is_overdue,
        "lawful_next": [state.value for state in chain.lawful_next],
        "parties": {party.code: party.name for party in _parties(chain) if party.name},
        "events": [link_json(link) for link in chain.events],
    }


def _parties(chain: Chain) -> Iterator[PartyName]:
    yield chain.holder
    for link in chain.events:
        yield link.giver
        yield link.receiver


def link_json(link: Link) -> dict[str, Any]:
    """Spell a link of the chain."""
    return {
        "event_id": str(link.event_id),
        "case_id": str(link.case_id),
        "seq": link.seq,
        "from_state": link.from_state.value if link.from_state else None,
        "to_state": link.to_state.value,
        "giver": link.giver.code,
        "receiver": link.receiver.code,
        "occurred_at": moment(link.occurred_at),
        "recorded_at": moment(link.recorded_at),
        "biz_step": link.biz_step,
        "disposition": link.disposition,
        "signed_by": link.signed_by,
        "signed_as": link.signed_as,
        "evidence": dict(link.evidence),
    }


def _event_json(event: CustodyEvent) -> dict[str, Any]:
    return {
        "event_id": str(event.event_id),
        "case_id": str(event.case_id),
        "seq": event.seq,
        "from_state": event.from_state.value if event.from_state else None,
        "to_state": event.to_state.value,
        "giver": _name(event.giver),
        "receiver": _name(event.receiver),
        "occurred_at": moment(event.occurred_at),
        "recorded_at": moment(event.recorded_at),
        "biz_step": event.biz_step,
        "disposition": event.disposition,
        "signed_by": event.actor_organisation_code,
        "signed_as": event.actor_role.value,
        "evidence": dict(event.evidence),
    }


def _case_json(case: Case) -> dict[str, Any]:
    return {
        "case_id": str(case.case_id),
        "state": case.state.value,
        "holder": _name(case.holder),
        "state_since": moment(case.state_since),
        "due_at": moment(case.due_at),
        "lawful_next": [state.value for state in lawful_next(case.state)],
    }


def _name(party: Party) -> str:
    return party.organisation_code or party.kind.value
