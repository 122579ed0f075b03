"""List organisations that take part, by what they are in the registry for."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.roles import OrganisationKind
from battery_registry.store.tables.parties import organisation


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationName:
    """An organisation by its public code and its name."""

    code: str
    name: str


def list_of(
    session: Session, *, kinds: Collection[OrganisationKind]
) -> tuple[OrganisationName, ...]:
    """List the organisations of these kinds that are not disabled, by name."""
    rows = session.execute(
        select(organisation.c.code, organisation.c.name)
        .where(organisation.c.kind.in_([kind.value for kind in kinds]))
        .where(organisation.c.disabled_at.is_(None))
        .order_by(organisation.c.name, organisation.c.code)
    )
    return tuple(OrganisationName(code=row.code, name=row.name) for row in rows)
