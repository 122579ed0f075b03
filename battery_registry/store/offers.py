"""Keep offers of hand-overs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.custody import State
from battery_registry.domain.offers import Offer, OfferStatus
from battery_registry.domain.roles import Role
from battery_registry.store.tables.hand_overs import custody_offer


def add(session: Session, offer: Offer, *, body_sha256: bytes) -> None:
    """Write an offer down."""
    session.execute(
        insert(custody_offer).values(
            battery_id=offer.battery_id,
            offer_id=offer.offer_id,
            case_id=offer.case_id,
            case_seq=offer.case_seq,
            public_code=offer.public_code,
            to_state=offer.to_state.value,
            giver_code=offer.giver_code,
            receiver_code=offer.receiver_code,
            offered_role=offer.offered_role.value,
            evidence=dict(offer.evidence),
            status=offer.status.value,
            offered_at=offer.offered_at,
            expires_at=offer.expires_at,
            body_sha256=body_sha256,
        )
    )


def find(session: Session, *, offer_id: UUID) -> tuple[Offer, bytes] | None:
    """Find an offer by its id, with the hash of what was told.

    Ids are made by those who offer, so two batteries may name the same one:
    then the first stands, and nobody is led to the other by it.
    """
    row = session.execute(
        select(custody_offer)
        .where(custody_offer.c.offer_id == offer_id)
        .order_by(custody_offer.c.offered_at, custody_offer.c.battery_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (offer_of(row), row.body_sha256)


def find_open(session: Session, *, battery_id: UUID) -> Offer | None:
    """Find the offer of a battery that stands open, its time over or not."""
    row = session.execute(
        select(custody_offer)
        .where(custody_offer.c.battery_id == battery_id)
        .where(custody_offer.c.status == OfferStatus.OPEN.value)
    ).one_or_none()
    return None if row is None else offer_of(row)


def find_newest_to(
    session: Session, *, battery_id: UUID, receiver_code: str
) -> Offer | None:
    """Find the newest offer of a battery to an organisation, whatever became of it."""
    row = session.execute(
        select(custody_offer)
        .where(custody_offer.c.battery_id == battery_id)
        .where(custody_offer.c.receiver_code == receiver_code)
        .order_by(custody_offer.c.offered_at.desc(), custody_offer.c.offer_id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else offer_of(row)


def settle(
    session: Session,
    offer: Offer,
    *,
    status: OfferStatus,
    now: datetime,
    event_id: UUID | None = None,
) -> bool:
    """Settle an offer that is open; False where another was quicker."""
    settled = session.execute(
        update(custody_offer)
        .where(custody_offer.c.battery_id == offer.battery_id)
        .where(custody_offer.c.offer_id == offer.offer_id)
        .where(custody_offer.c.status == OfferStatus.OPEN.value)
        .values(status=status.value, settled_at=now, event_id=event_id)
        .returning(custody_offer.c.offer_id)
    ).one_or_none()
    return settled is not None


def supersede(session: Session, *, battery_id: UUID, now: datetime) -> None:
    """Void what is on offer of a battery that has taken another step."""
    session.execute(
        update(custody_offer)
        .where(custody_offer.c.battery_id == battery_id)
        .where(custody_offer.c.status == OfferStatus.OPEN.value)
        .values(status=OfferStatus.SUPERSEDED.value, settled_at=now)
    )


def lapse(session: Session, *, now: datetime) -> tuple[Offer, ...]:
    """Mark every offer whose time is over; gives them."""
    rows = session.execute(
        update(custody_offer)
        .where(custody_offer.c.status == OfferStatus.OPEN.value)
        .where(custody_offer.c.expires_at <= now)
        .values(status=OfferStatus.EXPIRED.value, settled_at=now)
        .returning(custody_offer)
    ).all()
    return tuple(offer_of(row) for row in rows)


def offer_of(row: Row[Any]) -> Offer:
    """Read an offer from its row."""
    return Offer(
        offer_id=row.offer_id,
        battery_id=row.battery_id,
        case_id=row.case_id,
        case_seq=row.case_seq,
        public_code=row.public_code,
        to_state=State(row.to_state),
        giver_code=row.giver_code,
        receiver_code=row.receiver_code,
        offered_role=Role(row.offered_role),
        evidence=row.evidence,
        status=OfferStatus(row.status),
        offered_at=row.offered_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        event_id=row.event_id,
    )
