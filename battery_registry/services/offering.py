"""Offer a battery to another organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain import offers as rules
from battery_registry.domain.caller import Caller
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import Case, State
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.offers import Offer, OfferStandsError, OfferStatus
from battery_registry.services import custody, offers
from battery_registry.services.custody import EventIdReusedError, NoCaseError
from battery_registry.services.notices import Topic
from battery_registry.store import custody as kept_cases
from battery_registry.store import offers as kept


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldOffer:
    """An offer as the giver tells it.

    Args:
        offer_id: Made once, by the giver.
        to_state: The state after the hand-over.
        receiver: Code of the organisation that is to take over.
        evidence: What the giver says; JSON values without personal data.
    """

    offer_id: UUID
    to_state: State
    receiver: str
    evidence: Mapping[str, object]


def make(
    session: Session,
    *,
    public_code: PublicCode,
    told: ToldOffer,
    caller: Caller,
    now: datetime,
    terms: Terms = DEFAULT_TERMS,
) -> Offer:
    """Offer a battery to another organisation; told twice it is one offer.

    Args:
        session: The transaction, which holds the case until it ends.
        public_code: The battery's label.
        told: What is offered, and to whom.
        caller: Who gives.
        now: The time of the request, aware.
        terms: How long an offer stands.

    Raises:
        NoCaseError: There is no such label, or no case of its battery.
        EventIdReusedError: The id belongs to another offer.
        OfferStandsError: Another offer of this battery is open.
        RegistryError: Any refusal of ``domain.rules.check_offer``.
    """
    found = kept_cases.lock_case(session, public_code=public_code)
    if found is None:
        raise NoCaseError
    case, row = found
    body_sha256 = _body_sha256(told, public_code, caller)
    before = kept.find(session, offer_id=told.offer_id)
    if before is not None:
        if before[1] != body_sha256:
            raise EventIdReusedError(field="offer_id")
        return before[0]
    _make_room(session, case.battery_id, now=now)
    offer = _offer(session, case, row, told=told, caller=caller, now=now, terms=terms)
    kept.add(session, offer, body_sha256=body_sha256)
    offers.tell(session, Topic.OFFERED, offer, now=now)
    return offer


def _make_room(session: Session, battery_id: UUID, *, now: datetime) -> None:
    standing = kept.find_open(session, battery_id=battery_id)
    if standing is None:
        return
    if rules.status_at(standing, now=now) is OfferStatus.OPEN:
        raise OfferStandsError(extra={"offer_id": str(standing.offer_id)})
    kept.settle(session, standing, status=OfferStatus.EXPIRED, now=now)
    offers.tell(session, Topic.OFFER_CLOSED, standing, now=now)


def _offer(
    session: Session,
    case: Case,
    row: Row[Any],
    *,
    told: ToldOffer,
    caller: Caller,
    now: datetime,
    terms: Terms,
) -> Offer:
    giver = custody.party(
        session, caller.organisation_code, field="giver", holder=case.holder
    )
    taker = told.receiver
    receiver = custody.party(session, taker, field="receiver", holder=case.holder)
    rules.check_offer(
        case,
        offer_id=told.offer_id,
        to_state=told.to_state,
        giver=giver,
        receiver=receiver,
        offered_role=caller.role,
        evidence=told.evidence,
        now=now,
    )
    return Offer(
        offer_id=told.offer_id,
        battery_id=case.battery_id,
        case_id=case.case_id,
        case_seq=case.seq,
        public_code=row.public_code,
        to_state=told.to_state,
        giver_code=caller.organisation_code,
        receiver_code=told.receiver,
        offered_role=caller.role,
        evidence=dict(told.evidence),
        status=OfferStatus.OPEN,
        offered_at=now,
        expires_at=now + terms.offer_stands,
    )


def _body_sha256(told: ToldOffer, public_code: str, caller: Caller) -> bytes:
    return canonical_sha256(
        {
            "offer_id": str(told.offer_id),
            "code": public_code,
            "to_state": told.to_state.value,
            "receiver": told.receiver,
            "evidence": dict(told.evidence),
            "actor_role": caller.role.value,
            "actor_organisation": caller.organisation_code,
        }
    )
