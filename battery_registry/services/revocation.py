"""Take clearances back in the transaction that ends their truth."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import city_date
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.resale import clearance, sale_change, status_entry


class Cause(StrEnum):
    """Why an answer that somebody holds may be true no longer."""

    TESTED = "tested"
    CODE_CHANGED = "code_changed"
    RED = "red"
    RECALLED = "recalled"
    LOST = "lost"
    CLEARED = "cleared"
    RECALL_ENDED = "recall_ended"
    FOUND = "found"
    TRANSFERRED = "transferred"


def revoke_for(
    session: Session, *, battery_id: UUID, cause: Cause, now: datetime
) -> int:
    """Take back what was given for one battery; see ``revoke_all``."""
    return revoke_all(session, battery_ids=[battery_id], cause=cause, now=now)


def revoke_all(
    session: Session,
    *,
    battery_ids: Collection[UUID],
    cause: Cause,
    now: datetime,
) -> int:
    """Take back every clearance of batteries whose answer may have changed.

    It also notes them for the day's feed. To be called in the transaction that
    changes the answer, which holds the batteries.

    Args:
        session: That transaction.
        battery_ids: Which batteries.
        cause: What happened to them.
        now: The time of the request, aware.

    Returns:
        How many clearances were taken back.
    """
    if not battery_ids:
        return 0
    revoked = session.execute(
        update(clearance)
        .where(clearance.c.battery_id.in_(battery_ids))
        .where(clearance.c.revoked_at.is_(None), clearance.c.expires_at > now)
        .values(revoked_at=now, revoked_for=cause.value)
        .returning(clearance.c.position, clearance.c.clearance_id)
    ).all()
    if revoked:
        session.execute(
            update(status_entry)
            .where(status_entry.c.position.in_([row.position for row in revoked]))
            .where(status_entry.c.clearance_id.in_([row[1] for row in revoked]))
            .values(revoked_at=now)
        )
    # A reading that changed nothing concerns only who holds a clearance.
    if revoked or cause is not Cause.TESTED:
        _note(session, battery_ids, cause, now)
    return len(revoked)


def _note(
    session: Session, battery_ids: Collection[UUID], cause: Cause, now: datetime
) -> None:
    found = session.execute(
        select(battery.c.battery_id, battery.c.public_code).where(
            battery.c.battery_id.in_(battery_ids)
        )
    )
    rows = [
        {
            "battery_id": row.battery_id,
            "change_id": new_id(now),
            "public_code": row.public_code,
            "cause": cause.value,
            "day": city_date(now),
        }
        for row in found
    ]
    if rows:
        session.execute(insert(sale_change), rows)
