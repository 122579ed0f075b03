"""List a person's filters of the red list."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.saved_filters import saved_filter


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedFilter:
    """A filter under its name; ``query`` is as an address carries it."""

    filter_id: UUID
    name: str
    query: str


def list_of(session: Session, *, person_id: UUID) -> tuple[SavedFilter, ...]:
    """List a person's filters, by name."""
    rows = session.execute(
        select(saved_filter.c.filter_id, saved_filter.c.name, saved_filter.c.query)
        .where(saved_filter.c.person_id == person_id)
        .order_by(saved_filter.c.name)
    ).mappings()
    return tuple(SavedFilter(**row) for row in rows)
