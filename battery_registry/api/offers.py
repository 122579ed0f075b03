"""Offers: the two halves of a hand-over between organisations."""

from typing import Any, Final
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing, problem
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.custody import hand_over_json
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.schemas.custody import HandOverAnswerSchema
from battery_registry.api.schemas.offers import (
    OfferAnswerSchema,
    OfferPageSchema,
    OfferProblemSchema,
)
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.offers import Offer, status_at
from battery_registry.queries import offers as listed
from battery_registry.services import offering, offers
from battery_registry.wire import json_text
from battery_registry.wire.offers import (
    AcceptanceSchema,
    OfferSchema,
    OffersSchema,
    parse_acceptance,
    parse_offer,
    parse_page,
)

_CHAIN: Final = only(
    inspector=Reach.OWN_ORGANISATION,
    collector=Reach.OWN_ORGANISATION,
    recycler=Reach.OWN_ORGANISATION,
)
_OFFER_ID: Final = {
    "in": "path",
    "name": "offer_id",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}

blueprint = Blueprint(
    "offers",
    __name__,
    url_prefix="/api/v1",
    description="Hand-overs between organisations: one offers, the other accepts",
)


@blueprint.post("/custody/<string:code>/offers")
@blueprint.doc(
    summary="Offer a red battery to another organisation",
    parameters=[describing.CODE_PARAMETER],
    requestBody={"required": True, "content": {MEDIA_TYPE: {"schema": OfferSchema}}},
)
@blueprint.alt_response(
    201, schema=OfferAnswerSchema, description="Offered, now or when first told"
)
@describing.refuses(blueprint, 400, 401, 403, 404, 422, 503)
@blueprint.alt_response(
    409,
    schema=OfferProblemSchema,
    content_type=problem.MEDIA_TYPE,
    description="No such step from here, or another offer stands open",
)
@context.requires(_CHAIN)
def make(code: str) -> Response:
    """Offer a battery; possession changes when the receiver accepts, not before."""
    public_code = codes.parse(code)
    told = parse_offer(_body())
    made = context.transact(
        lambda session: offering.make(
            session,
            public_code=public_code,
            told=told,
            caller=context.caller(),
            now=context.now(),
            terms=context.terms(),
        )
    )
    return answer(_offer_json(made), status=201)


@blueprint.post("/offers/<uuid:offer_id>/accept")
@blueprint.doc(
    summary="Take over what is offered, by its label",
    parameters=[_OFFER_ID],
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": AcceptanceSchema}},
    },
)
@blueprint.alt_response(
    201, schema=HandOverAnswerSchema, description="Recorded, now or when first told"
)
@describing.refuses(blueprint, 400, 401, 403, 404, 422, 503)
@blueprint.alt_response(
    409,
    schema=OfferProblemSchema,
    content_type=problem.MEDIA_TYPE,
    description="The offer is settled or lapsed, or the battery has moved on",
)
@context.requires(_CHAIN)
def accept(offer_id: UUID) -> Response:
    """Accept an offer: one hand-over, signed by both sides."""
    told = parse_acceptance(_body())
    case, event = context.transact(
        lambda session: offers.accept(
            session,
            offer_id=offer_id,
            told=told,
            caller=context.caller(),
            now=context.now(),
            terms=context.terms(),
        )
    )
    return answer(hand_over_json(told.code, case, event), status=201)


@blueprint.post("/offers/<uuid:offer_id>/decline")
@blueprint.doc(summary="Decline what is offered", parameters=[_OFFER_ID])
@blueprint.alt_response(200, schema=OfferAnswerSchema, description="Declined")
@describing.refuses(blueprint, 401, 403, 404, 409, 503)
@context.requires(_CHAIN)
def decline(offer_id: UUID) -> Response:
    """Decline an offer to your organisation; the giver keeps the battery."""
    settled = context.transact(
        lambda session: offers.decline(
            session, offer_id=offer_id, caller=context.caller(), now=context.now()
        )
    )
    return answer(_offer_json(settled))


@blueprint.post("/offers/<uuid:offer_id>/withdraw")
@blueprint.doc(summary="Take an offer back", parameters=[_OFFER_ID])
@blueprint.alt_response(200, schema=OfferAnswerSchema, description="Withdrawn")
@describing.refuses(blueprint, 401, 403, 404, 409, 503)
@context.requires(_CHAIN)
def withdraw(offer_id: UUID) -> Response:
    """Take back an offer by your organisation."""
    settled = context.transact(
        lambda session: offers.withdraw(
            session, offer_id=offer_id, caller=context.caller(), now=context.now()
        )
    )
    return answer(_offer_json(settled))


@blueprint.get("/offers")
@blueprint.doc(
    summary="List offers to you, or from you",
    parameters=[{"in": "query", "schema": OffersSchema}],
)
@blueprint.alt_response(200, schema=OfferPageSchema, description="A page of offers")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_CHAIN)
def find() -> Response:
    """List your organisation's offers, newest first; pages go by `next_cursor`."""
    asked = parse_page(request.args)
    with context.reading() as session:
        page = listed.find(
            session,
            organisation_code=context.caller().organisation_code,
            side=asked.side,
            open_at=context.now() if asked.is_open else None,
            limit=asked.limit,
            cursor=asked.cursor,
        )
    return answer(
        {
            "items": [_offer_json(offer) for offer in page.items],
            "next_cursor": page.next_cursor,
        }
    )


def _body() -> object:
    if not request.is_json:
        raise BodyNotJsonError
    return json_text.parse(request.get_data(cache=False))


def _offer_json(offer: Offer) -> dict[str, Any]:
    return {
        "offer_id": str(offer.offer_id),
        "code": codes.show(codes.PublicCode(offer.public_code)),
        "to_state": offer.to_state.value,
        "giver": offer.giver_code,
        "receiver": offer.receiver_code,
        "status": status_at(offer, now=context.now()).value,
        "offered_at": moment(offer.offered_at),
        "expires_at": moment(offer.expires_at),
        "settled_at": moment(offer.settled_at),
        "event_id": str(offer.event_id) if offer.event_id else None,
        "evidence": dict(offer.evidence),
    }
