"""Find incidents, and what is known of them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain.incidents import IncidentKind, Subject
from battery_registry.store.tables.incidents import incident


def find(session: Session, *, incident_id: UUID) -> Row[Any] | None:
    """Find an incident, open or closed."""
    return session.execute(
        select(incident).where(incident.c.incident_id == incident_id)
    ).one_or_none()


def find_open_detail(
    session: Session, *, kind: IncidentKind, subject: Subject
) -> Mapping[str, Any] | None:
    """Find what is known of the incident of a kind that stands open about a thing."""
    detail: Mapping[str, Any] | None = session.scalar(
        select(incident.c.detail)
        .where(incident.c.subject_id == subject.subject_id)
        .where(incident.c.kind == kind.value)
        .where(incident.c.closed_at.is_(None))
        .order_by(incident.c.opened_at.desc())
        .limit(1)
    )
    return detail


def find_settled_detail(
    session: Session, *, kind: IncidentKind, subject: Subject
) -> Mapping[str, Any] | None:
    """Find what was known of the last incident about a thing that a person closed."""
    detail: Mapping[str, Any] | None = session.scalar(
        select(incident.c.detail)
        .where(incident.c.subject_id == subject.subject_id)
        .where(incident.c.kind == kind.value)
        .where(incident.c.closed_by.is_not(None))
        .order_by(incident.c.closed_at.desc())
        .limit(1)
    )
    return detail
