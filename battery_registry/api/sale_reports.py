"""Losses that are reported, and batteries that change their owner."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.clearances import ACCOUNTS, body, signer
from battery_registry.api.schemas.sale_reports import (
    LossAnswerSchema,
    ProgressSchema,
    TransferOpenedSchema,
)
from battery_registry.domain import code as codes
from battery_registry.domain.caller import PUBLIC
from battery_registry.services import asking, losses, transfers
from battery_registry.services.losses import Witness
from battery_registry.services.ownerships import OwnerCodeWrongError
from battery_registry.services.transfers import Consent
from battery_registry.wire import bodies
from battery_registry.wire.resale import (
    ConsentSchema,
    FoundSchema,
    LossSchema,
    TransferSchema,
)

blueprint = Blueprint(
    "sale_reports",
    __name__,
    url_prefix="/api/v1",
    description="Losses, and batteries that change their owner",
)


@blueprint.post("/reports/loss")
@blueprint.doc(
    summary="Report a battery lost or stolen",
    security=[],
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": LossSchema}},
    },
)
@blueprint.alt_response(201, schema=LossAnswerSchema, description="Reported")
@describing.refuses(blueprint, 400, 401, 403, 409, 422, 429)
@context.requires(PUBLIC)
def report_loss() -> Response:
    """Take it off the market, by a key or by the owner's code."""
    asked = bodies.load(LossSchema(), body())
    witness = _witness(asked)
    public_code = codes.parse(asked["code"])
    report_id = context.transact(
        lambda session: losses.report(
            session,
            public_code=public_code,
            loss=asked["kind"],
            reference=asked["reference"],
            witness=witness,
            now=context.now(),
        )
    )
    told = {"report_id": str(report_id), "code": codes.show(public_code)}
    return answer({**told, "at": moment(context.now())}, status=201)


@blueprint.post("/reports/loss/withdrawal")
@blueprint.doc(
    summary="Say that a missed battery was found",
    security=[],
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": FoundSchema}},
    },
)
@blueprint.alt_response(200, schema=LossAnswerSchema, description="Withdrawn")
@describing.refuses(blueprint, 400, 401, 403, 409, 422, 429)
@context.requires(PUBLIC)
def withdraw_loss() -> Response:
    """End the report, by a key or by the owner's code."""
    asked = bodies.load(FoundSchema(), body())
    witness = _witness(asked)
    public_code = codes.parse(asked["code"])
    report_id = context.transact(
        lambda session: losses.withdraw(
            session, public_code=public_code, witness=witness, now=context.now()
        )
    )
    told = {"report_id": str(report_id), "code": codes.show(public_code)}
    return answer({**told, "at": moment(context.now())})


def _witness(asked: dict[str, Any]) -> Witness:
    """Find who speaks: the owner by the code, otherwise whose key it is."""
    owner_code = asked["owner_code"]
    if owner_code is None:
        return Witness(caller=context.caller())
    _count("owner_code")
    return Witness(owner_code=owner_code)


def _count(what: str) -> None:
    """Count before the code is looked at, or guesses would cost nothing."""
    context.transact(
        lambda session: asking.count(
            session,
            what=what,
            address=context.address(),
            most=asking.MOST_BY_OWNERS,
            vault=context.runtime().vault,
            now=context.now(),
        )
    )


@blueprint.post("/resale/transfers")
@blueprint.doc(
    summary="Open a transfer of ownership",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": TransferSchema}},
    },
)
@blueprint.alt_response(201, schema=TransferOpenedSchema, description="Opened")
@describing.refuses(blueprint, 400, 401, 403, 409, 422)
@context.requires(ACCOUNTS)
def open_transfer() -> Response:
    """Make a one-time code for either party; hand each of them only its own."""
    asked = bodies.load(TransferSchema(), body())
    opened = context.transact(
        lambda session: transfers.open_transfer(
            session,
            token=asked["clearance"],
            owner_code=asked["owner_code"],
            caller=context.caller(),
            signer=signer(),
            now=context.now(),
        )
    )
    return answer(
        {
            "transfer_id": str(opened.transfer_id),
            "code": opened.code,
            "giver_code": opened.giver_code,
            "receiver_code": opened.receiver_code,
            "expires_at": moment(opened.expires_at),
        },
        status=201,
    )


@blueprint.post("/resale/transfers/<uuid:transfer_id>/consents")
@blueprint.doc(
    summary="Say yes to a transfer",
    security=[],
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": ConsentSchema}},
    },
)
@blueprint.alt_response(200, schema=ProgressSchema, description="How far it is")
@describing.refuses(blueprint, 400, 403, 404, 409, 422)
@context.requires(PUBLIC)
def consent(transfer_id: UUID) -> Response:
    """Take one party's yes by its one-time code; the second one completes it."""
    asked = bodies.load(ConsentSchema(), body())
    try:
        done = context.transact(
            lambda session: transfers.consent(
                session,
                transfer_id=transfer_id,
                given=Consent(**asked),
                vault=context.runtime().vault,
                now=context.now(),
            )
        )
    except OwnerCodeWrongError:
        context.transact(
            lambda session: transfers.note_wrong(session, transfer_id=transfer_id)
        )
        raise
    return answer(
        {
            "given": done.given,
            "accepted": done.accepted,
            "owner_code": done.owner_code,
        }
    )
