"""Keep and drop a person's filters of the red list."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.store.ids import new_id
from battery_registry.store.tables.saved_filters import saved_filter

LONGEST_NAME: Final = 64
LONGEST_QUERY: Final = 1024
MOST: Final = 50


class FilterNameError(RegistryError):
    """A name has 1 to 64 characters."""

    code = "filter_name"


class TooManyFiltersError(RegistryError):
    """A person keeps at most 50 filters, each of at most 1,024 characters."""

    code = "filter_too_many"


def keep(
    session: Session, *, person_id: UUID, name: str, query: str, now: datetime
) -> UUID:
    """Keep a filter; one of the same name is replaced.

    Args:
        session: Where to write.
        person_id: Whose it is.
        name: What it is called, 1 to 64 characters.
        query: The filters as an address carries them.
        now: The time, aware.

    Returns:
        Its id.

    Raises:
        FilterNameError: The name is empty, too long or unprintable.
        TooManyFiltersError: There are 50 already, or this one is too long.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise FilterNameError(field="name")
    session.execute(
        delete(saved_filter).where(
            saved_filter.c.person_id == person_id, saved_filter.c.name == name
        )
    )
    kept = session.scalar(
        select(func.count()).where(saved_filter.c.person_id == person_id)
    )
    if (kept or 0) >= MOST or len(query) > LONGEST_QUERY:
        raise TooManyFiltersError(field="name", most=MOST)
    filter_id = new_id(now)
    session.execute(
        insert(saved_filter).values(
            person_id=person_id,
            filter_id=filter_id,
            name=name,
            query=query,
            saved_at=now,
        )
    )
    return filter_id


def drop(session: Session, *, person_id: UUID, filter_id: UUID) -> None:
    """Drop a filter; one that is not there is as good as dropped."""
    session.execute(
        delete(saved_filter).where(
            saved_filter.c.person_id == person_id,
            saved_filter.c.filter_id == filter_id,
        )
    )
