"""Sightings of what should be gone: one incident a battery and day."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from battery_registry.domain.afterlife import End, Sighting, end_of
from battery_registry.domain.city_time import city_date
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.incidents import IncidentKind, about_battery
from battery_registry.services import incidents
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.incidents import incident


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A label that should be on no living battery, and why."""

    battery_id: UUID
    public_code: PublicCode
    district_code: str
    end: End


def find_ended(session: Session, *, public_code: PublicCode) -> Ended | None:
    """Find whether a label should be met no more; None where it may be."""
    its_cases = case.c.battery_id == battery.c.battery_id
    newest = (
        select(case.c.state)
        .where(its_cases)
        .order_by(case.c.opened_at.desc(), case.c.case_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_destroyed = exists().where(its_cases, case.c.state == State.DESTROYED.value)
    row = session.execute(
        select(
            battery.c.battery_id,
            battery.c.district_code,
            label.c.replaced_by,
            newest.label("case_state"),
            is_destroyed.label("destroyed"),
        )
        .join(battery, battery.c.battery_id == label.c.battery_id)
        .where(label.c.code == public_code)
    ).one_or_none()
    if row is None:
        return None
    end = end_of(
        destroyed=bool(row.destroyed),
        case_state=State(row.case_state) if row.case_state else None,
        replaced=row.replaced_by is not None,
    )
    if end is None:
        return None
    return Ended(
        battery_id=row.battery_id,
        public_code=public_code,
        district_code=row.district_code,
        end=end,
    )


def is_told(session: Session, *, ended: Ended, now: datetime) -> bool:
    """Whether an incident of today stands open, so that nothing is to be written."""
    found = session.scalar(
        select(incident.c.incident_id)
        .where(incident.c.subject_id == ended.battery_id)
        .where(incident.c.kind == IncidentKind.SEEN_AFTER_END.value)
        .where(incident.c.opened_on == city_date(now), incident.c.closed_at.is_(None))
        .limit(1)
    )
    return found is not None


def report(session: Session, *, ended: Ended, seen: Sighting, now: datetime) -> None:
    """Open the incident of a sighting; a second one of the day adds nothing.

    Args:
        session: The caller's transaction.
        ended: What was met.
        seen: How.
        now: The time of the request, aware.
    """
    incidents.open_incident(
        session,
        kind=IncidentKind.SEEN_AFTER_END,
        subject=about_battery(ended.battery_id),
        detail={"seen": seen.value, "end": ended.end.value},
        now=now,
        public_code=ended.public_code,
        district_code=ended.district_code,
    )
