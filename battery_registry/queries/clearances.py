"""Which places of the status list are taken back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.resale import status_entry


def revoked_positions(session: Session, *, now: datetime) -> tuple[int, ...]:
    """List the places of clearances that were taken back and have not run out."""
    return tuple(
        session.scalars(
            select(status_entry.c.position)
            .where(status_entry.c.revoked_at.is_not(None))
            .where(status_entry.c.expires_at > now)
        )
    )
