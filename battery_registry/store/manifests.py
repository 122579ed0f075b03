"""Keep manifests, their drums and packs."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.incidents import IncidentKind
from battery_registry.store.tables.hand_overs import manifest_pack
from battery_registry.store.tables.incidents import incident


def find_hold(session: Session, *, battery_id: UUID) -> UUID | None:
    """Find the open incident that keeps a battery from being destroyed."""
    return session.scalar(
        select(incident.c.incident_id)
        .join(manifest_pack, manifest_pack.c.manifest_id == incident.c.subject_id)
        .where(manifest_pack.c.battery_id == battery_id)
        .where(incident.c.kind == IncidentKind.MANIFEST_DIFFERENCE.value)
        .where(incident.c.closed_at.is_(None))
        .limit(1)
    )
