"""Accept, decline or withdraw what is offered.

The battery is held first and its offer settled second, in this order
everywhere: two that accept at once wait for each other, and one wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain import offers
from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import Case, CustodyEvent
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.offers import (
    NoOfferError,
    Offer,
    OfferClosedError,
    OfferStatus,
    OtherLabelError,
)
from battery_registry.services import custody, notices
from battery_registry.services.custody import (
    ToldHandOver,
)
from battery_registry.services.notices import Topic
from battery_registry.store import custody as kept_cases
from battery_registry.store import offers as kept
from battery_registry.store.writes import Writes


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldAcceptance:
    """An acceptance as the receiver tells it.

    Args:
        event_id: Made once; the event of the hand-over.
        code: The label that was scanned.
        occurred_at: When it happened, aware.
        evidence: What the receiver says; JSON values without personal data.
    """

    event_id: UUID
    code: PublicCode
    occurred_at: datetime
    evidence: Mapping[str, object]


def accept(
    session: Session,
    *,
    offer_id: UUID,
    told: ToldAcceptance,
    caller: Caller,
    now: datetime,
    terms: Terms = DEFAULT_TERMS,
) -> tuple[Case, CustodyEvent]:
    """Take over what is offered: the hand-over, signed by both sides.

    Args:
        session: The transaction, which holds the case until it ends.
        offer_id: Which offer.
        told: When, and which label was scanned.
        caller: Who receives.
        now: The time of the request, aware.
        terms: Deadlines in force.

    Returns:
        The case right after the hand-over, and its event; the same again for
        the same acceptance told again.

    Raises:
        NoOfferError: There is none to this organisation.
        OtherLabelError: Another battery's label was scanned.
        OfferClosedError: It is settled or lapsed, or the battery moved on.
        RegistryError: Any refusal of ``services.custody.hand_over``.
    """
    case, offer = _locked(session, offer_id=offer_id, told=told, caller=caller)
    is_again = offer.status is OfferStatus.ACCEPTED and offer.event_id == told.event_id
    if not is_again:
        offers.check_told(told.evidence)
        offers.check_acceptance(offer, case=case, now=now)
        # The worker may mark it lapsed without holding the battery.
        if not kept.settle(
            session,
            offer,
            status=OfferStatus.ACCEPTED,
            event_id=told.event_id,
            now=now,
        ):
            lapsed = OfferStatus.EXPIRED.value
            raise OfferClosedError(extra={"offer_status": lapsed}, status=lapsed)
    return custody.hand_over(
        session,
        public_code=PublicCode(offer.public_code),
        hand_over=ToldHandOver(
            event_id=told.event_id,
            to_state=offer.to_state,
            occurred_at=told.occurred_at,
            giver=offer.giver_code,
            receiver=offer.receiver_code,
            evidence={**offer.evidence, **told.evidence},
        ),
        caller=caller,
        now=now,
        terms=terms,
        agreed=offers.signatures(offer),
    )


def decline(
    session: Session, *, offer_id: UUID, caller: Caller, now: datetime
) -> Offer:
    """Say no to what is offered; the giver keeps it.

    Raises:
        NoOfferError: There is none to this organisation.
        OfferClosedError: It is settled or lapsed.
    """
    offer = _get(session, offer_id)
    if offer.receiver_code != caller.organisation_code:
        raise NoOfferError
    return _close(session, offer, OfferStatus.DECLINED, now=now)


def withdraw(
    session: Session, *, offer_id: UUID, caller: Caller, now: datetime
) -> Offer:
    """Take an offer back.

    Raises:
        NoOfferError: There is none by this organisation.
        OfferClosedError: It is settled or lapsed.
    """
    offer = _get(session, offer_id)
    if offer.giver_code != caller.organisation_code:
        raise NoOfferError
    return _close(session, offer, OfferStatus.WITHDRAWN, now=now)


def lapse(session: Session, *, now: datetime) -> int:
    """Mark and tell every offer whose time is over; gives how many."""
    lapsed = kept.lapse(session, now=now)
    for offer in lapsed:
        tell(session, Topic.OFFER_CLOSED, offer, now=now)
    return len(lapsed)


def _get(session: Session, offer_id: UUID) -> Offer:
    found = kept.find(session, offer_id=offer_id)
    if found is None:
        raise NoOfferError
    return found[0]


def _locked(
    session: Session, *, offer_id: UUID, told: ToldAcceptance, caller: Caller
) -> tuple[Case, Offer]:
    """Hold the battery whose label was scanned; only then look at its offer."""
    if _get(session, offer_id).receiver_code != caller.organisation_code:
        raise NoOfferError
    locked = kept_cases.lock_case(session, public_code=told.code)
    offer = _get(session, offer_id)
    if locked is None or locked[0].battery_id != offer.battery_id:
        raise OtherLabelError(field="code")
    return locked[0], offer


def _close(
    session: Session, offer: Offer, status: OfferStatus, *, now: datetime
) -> Offer:
    # Told again, it is the same answer.
    if offer.status is not status:
        offers.check_open(offer, now=now)
        kept.settle(session, offer, status=status, now=now)
        settled = _get(session, offer.offer_id)
        if settled.status is not status:
            raise OfferClosedError(
                extra={"offer_status": settled.status.value},
                status=settled.status.value,
            )
        tell(session, Topic.OFFER_CLOSED, settled, now=now)
        return settled
    return offer


def tell(session: Session, topic: Topic, offer: Offer, *, now: datetime) -> None:
    """Tell both sides, and whoever listens, what became of an offer."""
    writes = Writes()
    notices.tell(
        writes,
        topic=topic,
        battery_id=offer.battery_id,
        payload={
            "offer_id": str(offer.offer_id),
            "code": offer.public_code,
            "to_state": offer.to_state.value,
            "giver": offer.giver_code,
            "receiver": offer.receiver_code,
            "status": offers.status_at(offer, now=now).value,
            "expires_at": offer.expires_at.isoformat(),
        },
        now=now,
    )
    writes.flush(session)
