"""List the offers made to an organisation, or by it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.offers import Offer, OfferStatus
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store.offers import offer_of
from battery_registry.store.tables.hand_overs import custody_offer

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50


class Side(StrEnum):
    """On which side of the offers the reader is."""

    TO = "to"
    FROM = "from"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferPage:
    """Some offers, newest first, and the cursor of the next page, if any."""

    items: tuple[Offer, ...]
    next_cursor: str | None


def find(
    session: Session,
    *,
    organisation_code: str,
    side: Side,
    open_at: datetime | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> OfferPage:
    """Find a page of offers, newest first.

    Args:
        session: Where to read.
        organisation_code: Whose.
        side: Made to it, or by it.
        open_at: Only those that can be accepted at that time, aware.
        limit: Rows of a page, 1 to 200.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    table = custody_offer.c
    own = table.receiver_code if side is Side.TO else table.giver_code
    wanted = (
        select(custody_offer)
        .where(own == organisation_code)
        .order_by(table.offered_at.desc(), table.offer_id.desc())
        .limit(limit + 1)
    )
    if open_at is not None:
        wanted = wanted.where(table.status == OfferStatus.OPEN.value).where(
            table.expires_at > open_at
        )
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(
            tuple_(table.offered_at, table.offer_id) < (after.at, after.key)
        )
    found = [offer_of(row) for row in session.execute(wanted)]
    shown, is_more = found[:limit], len(found) > limit
    last = shown[-1] if is_more else None
    return OfferPage(
        items=tuple(shown),
        next_cursor=keyset.write(Position(at=last.offered_at, key=last.offer_id))
        if last
        else None,
    )
