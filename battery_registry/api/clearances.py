"""Clearances: the registry's signed word, and the list of those it took back."""

from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing, problem
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.machine import JWKS_PATH
from battery_registry.api.schemas.clearances import ClearanceSchema
from battery_registry.api.schemas.problems import ProblemSchema
from battery_registry.context import Face
from battery_registry.domain import clearance as clearances
from battery_registry.domain import code as codes
from battery_registry.domain import status_list
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.caller import PUBLIC, Policy, Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.queries.clearances import revoked_positions
from battery_registry.services.clearances import (
    Issued,
    NotSellableError,
    Signer,
    issue,
)
from battery_registry.wire import bodies, json_text
from battery_registry.wire.resale import ClearanceAskedSchema

LIST_MEDIA_TYPE: Final = "application/vc+jwt"

ACCOUNTS: Final[Policy] = only(
    inspector=Reach.ALL,
    collector=Reach.ALL,
    recycler=Reach.ALL,
    dealer=Reach.ALL,
    regulator=Reach.ALL,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)
"""Everybody with a key: who may be told about a sale knows who asked."""

blueprint = Blueprint(
    "clearances",
    __name__,
    description="A clearance for a sale, and the list of those taken back",
)


@blueprint.post("/api/v1/resale/clearances")
@blueprint.doc(
    summary="Ask for a clearance",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": ClearanceAskedSchema}},
    },
)
@blueprint.alt_response(201, schema=ClearanceSchema, description="Given, for 24 h")
@describing.refuses(blueprint, 400, 401, 422, 503)
@blueprint.alt_response(
    409,
    schema=ProblemSchema,
    content_type=problem.MEDIA_TYPE,
    description="It may not be sold; `answer` and `reasons` say why",
)
@context.requires(ACCOUNTS)
def ask() -> Response:
    """Give a signed clearance for a battery that may be sold now."""
    asked = bodies.load(ClearanceAskedSchema(), body())
    public_code = codes.parse(asked["code"])
    try:
        given = context.transact(
            lambda session: issue(
                session,
                public_code=public_code,
                purpose=asked["purpose"],
                caller=context.caller(),
                signer=signer(),
                now=context.now(),
            )
        )
    except NotSellableError as refusal:
        _note(public_code, str(refusal.extra["answer"]))
        context.report_sighting(public_code, seen=Sighting.SALE_CHECK)
        raise
    _note(public_code, given.clearance.answer.value)
    if given.clearance.code != codes.show(public_code):
        context.report_sighting(public_code, seen=Sighting.SALE_CHECK)
    return answer(_clearance_json(given), status=201)


def _note(public_code: PublicCode, told: str) -> None:
    context.note_check(face=Face.CLEARANCE, subject=public_code, answer=told)


def body() -> Any:
    """Read the request's body as JSON.

    Raises:
        BodyNotJsonError: It says that it is something else.
        MalformedBodyError: It is not JSON.
    """
    if not request.is_json:
        raise BodyNotJsonError
    return json_text.parse(request.get_data(cache=False))


def signer() -> Signer:
    """Get who signs for this registry."""
    return Signer.of(context.runtime().settings)


def _clearance_json(given: Issued) -> dict[str, Any]:
    told = given.clearance
    return {
        "clearance": given.token,
        "clearance_id": told.clearance_id,
        "code": told.code,
        "answer": told.answer.value,
        "verdict": told.verdict,
        "reasons": list(told.reasons),
        "purpose": told.purpose.value,
        "issued_at": moment(told.issued_at),
        "expires_at": moment(told.expires_at),
        "status_list": told.status_list,
        "status_index": told.position,
        "jwks": f"{told.issuer}{JWKS_PATH}",
    }


@blueprint.get("/api/v1/status-list")
@blueprint.doc(summary="Read which clearances were taken back", security=[])
@blueprint.alt_response(
    200,
    content_type=LIST_MEDIA_TYPE,
    schema={"type": "string"},
    description="A signed Bitstring Status List credential, as it stands now",
)
@context.requires(PUBLIC)
def read_list() -> Response:
    """Give the whole list; who reads it does not say which clearance they hold."""
    now, signs = context.now(), signer()
    with context.reading() as session:
        positions = revoked_positions(session, now=now)
    told = status_list.credential(
        positions, issuer=signs.issuer, address=signs.status_list, now=now
    )
    token = signs.sign(told, token_type=clearances.LIST_TYPE)
    return Response(token, content_type=LIST_MEDIA_TYPE)
