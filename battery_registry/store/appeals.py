"""Find who has inspected a battery that an appeal is about."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """Who ever inspected a battery.

    Args:
        organisations: Whose stations did.
        inspectors: The people who did.
    """

    organisations: frozenset[UUID]
    inspectors: frozenset[UUID]


def find_inspected(session: Session, *, battery_id: UUID) -> Inspected:
    """Find every organisation and person that ever inspected a battery."""
    rows = session.execute(
        select(station.c.organisation_id, inspection.c.inspector_id)
        .join(station, station.c.station_id == inspection.c.station_id)
        .where(inspection.c.battery_id == battery_id)
    ).all()
    return Inspected(
        organisations=frozenset(row.organisation_id for row in rows),
        inspectors=frozenset(row.inspector_id for row in rows),
    )
