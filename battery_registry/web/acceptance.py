"""Take over what is offered, by scanning one label after the other."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.city_time import city_date
from battery_registry.domain.offers import Offer, OfferStatus
from battery_registry.domain.roles import Role
from battery_registry.queries import offers as listed
from battery_registry.queries.offers import MAX_LIMIT, Side
from battery_registry.services import acceptance, offers
from battery_registry.services.acceptance import Outcome
from battery_registry.store.ids import new_id
from battery_registry.web import language, scanning, telling
from battery_registry.web.scanning import Mark, Told
from battery_registry.web.showing import render
from battery_registry.wire.scans import parse_scan

_TAKERS: Final = only(collector=Reach.OWN_ORGANISATION, recycler=Reach.OWN_ORGANISATION)
_MARKS: Final = {Outcome.TAKEN: Mark.GOOD, Outcome.AGAIN: Mark.AGAIN}

blueprint = Blueprint("acceptance_page", __name__)


@blueprint.get("/accept", endpoint="overview")
@context.requires(_TAKERS)
def overview() -> str:
    """Show what is offered, and the one field that takes it over."""
    waiting, today = find_offers()
    return render(
        "accept.html",
        waiting=waiting,
        taken=len(today),
        needs_mass=context.caller().role is Role.RECYCLER,
    )


@blueprint.post("/accept")
@context.requires(_TAKERS)
def accept() -> Response:
    """Take over one battery; the page's script sends each scan by itself."""
    return scanning.answer(_scan(), back=language.page("acceptance_page.overview"))


@blueprint.post("/offers/<uuid:offer_id>/decline")
@context.requires(_TAKERS)
def decline(offer_id: UUID) -> Response:
    """Say no to one offer; the giver keeps the battery."""
    telling.act(
        lambda session: offers.decline(
            session, offer_id=offer_id, caller=context.caller(), now=context.now()
        ),
        done=context.text("accept.declined"),
    )
    return make_response(redirect(language.page("acceptance_page.overview"), 303))


def find_offers() -> tuple[tuple[Offer, ...], tuple[Offer, ...]]:
    """Find the offers that wait, and those that were taken over today."""
    now, caller = context.now(), context.caller()
    with context.reading() as session:
        waiting = listed.find(
            session,
            organisation_code=caller.organisation_code,
            side=Side.TO,
            open_at=now,
            limit=MAX_LIMIT,
        ).items
        newest = listed.find(
            session,
            organisation_code=caller.organisation_code,
            side=Side.TO,
            limit=MAX_LIMIT,
        ).items
    return waiting, tuple(offer for offer in newest if _is_of_today(offer))


def _is_of_today(offer: Offer) -> bool:
    if offer.status is not OfferStatus.ACCEPTED or offer.settled_at is None:
        return False
    return city_date(offer.settled_at) == city_date(context.now())


def _scan() -> Told:
    now = context.now()
    try:
        scan = parse_scan(request.form, made_id=new_id(now))
        outcome = context.transact(
            lambda session: acceptance.accept_scanned(
                session,
                scan=scan,
                caller=context.caller(),
                now=now,
                terms=context.terms(),
            )
        )
    except RegistryError as refusal:
        return scanning.refused(refusal, request.form.get("scan", ""))
    mark = _MARKS.get(outcome, Mark.BAD)
    return scanning.told(
        mark, f"scan.outcome.{outcome}", scan.code, counts=mark is Mark.GOOD
    )
