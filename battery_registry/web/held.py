"""The red packs that a station holds: offer them to a collector, follow the offers."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.custody import State
from battery_registry.domain.offers import Offer
from battery_registry.domain.roles import OrganisationKind
from battery_registry.queries import offers as listed
from battery_registry.queries import organisations, red_list
from battery_registry.queries.offers import MAX_LIMIT, Side
from battery_registry.queries.red_list import Filters, RedCase
from battery_registry.services import offering, offers
from battery_registry.services.custody import NoCaseError
from battery_registry.services.offering import ToldOffer
from battery_registry.store.ids import new_id
from battery_registry.web import errors, language, telling
from battery_registry.web.showing import render

_AT_THE_STATION: Final = only(inspector=Reach.OWN_STATION)

blueprint = Blueprint("held_page", __name__)


class NothingChosenError(RegistryError):
    """No pack was chosen, or no collector."""

    code = "offer_nothing_chosen"


@blueprint.get("/held", endpoint="overview")
@context.requires(_AT_THE_STATION)
def overview() -> str:
    """Show the packs held, those offered, and to whom they can be offered."""
    return _page()


@blueprint.post("/held/offers")
@context.requires(_AT_THE_STATION)
def offer() -> Response:
    """Offer the chosen packs to one collector; each is told by itself."""
    chosen, receiver = request.form.getlist("code"), request.form.get("receiver", "")
    if not chosen or not receiver:
        refusal = NothingChosenError(field="receiver" if chosen else "packs")
        text = _page(chosen=chosen, receiver=receiver, refusal=refusal)
        return make_response(text, context.STATUS[refusal.kind])
    # The form offers what the station holds, and nothing that it does not.
    held = {codes.show(case.public_code) for case in _held()[0]}
    refusals = [said for code in chosen if (said := _offer(code, receiver, held=held))]
    if made := len(chosen) - len(refusals):
        flash(context.text("held.offered", packs=made, receiver=receiver))
    for said in refusals:
        flash(said, "refusal")
    return _back()


@blueprint.post("/held/offers/<uuid:offer_id>/withdraw")
@context.requires(_AT_THE_STATION)
def withdraw(offer_id: UUID) -> Response:
    """Take one offer back."""
    telling.act(
        lambda session: offers.withdraw(
            session, offer_id=offer_id, caller=context.caller(), now=context.now()
        ),
        done=context.text("held.withdrawn"),
    )
    return _back()


def _offer(code: str, receiver: str, *, held: Collection[str]) -> str:
    """Offer one pack; says what is wrong, if anything is."""
    now = context.now()
    if code not in held:
        return f"{code}: {errors.words(NoCaseError())}"
    told = ToldOffer(
        offer_id=new_id(now), to_state=State.COLLECTED, receiver=receiver, evidence={}
    )
    try:
        context.transact(
            lambda session: offering.make(
                session,
                public_code=codes.parse(code),
                told=told,
                caller=context.caller(),
                now=now,
                terms=context.terms(),
            )
        )
    except RegistryError as refusal:
        return f"{code}: {errors.words(refusal)}"
    return ""


def _back() -> Response:
    return make_response(redirect(language.page("held_page.overview"), 303))


def _held() -> tuple[tuple[RedCase, ...], dict[str, Offer]]:
    """List the packs held, and the open offer of each that has one."""
    own, now = context.caller().organisation_code, context.now()
    with context.reading() as session:
        held = red_list.find(
            session,
            filters=Filters(holder=own),
            scope=context.scope(),
            now=now,
            limit=MAX_LIMIT,
        ).items
        made = listed.find(
            session,
            organisation_code=own,
            side=Side.FROM,
            open_at=now,
            limit=MAX_LIMIT,
        ).items
    return held, {each.public_code: each for each in made}


def _page(
    *,
    chosen: list[str] | None = None,
    receiver: str = "",
    refusal: RegistryError | None = None,
) -> str:
    held, made = _held()
    with context.reading() as session:
        collectors = organisations.list_of(session, kinds=(OrganisationKind.COLLECTOR,))
    return render(
        "held.html",
        held=held,
        made=made,
        collectors=[(each.code, each.name) for each in collectors],
        chosen=chosen or [],
        receiver=receiver,
        says=errors.words(refusal) if refusal else "",
        faults=dict(errors.faults(refusal)) if refusal else {},
    )
