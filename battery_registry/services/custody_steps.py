"""Write a step of a case down: case, event, leaf, notices, in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain.custody import Case, CustodyEvent, State
from battery_registry.domain.incidents import IncidentKind, about_battery
from battery_registry.domain.mass_balance import weighed_kg
from battery_registry.services import cases, incidents, notices
from battery_registry.services.notices import Topic
from battery_registry.store import custody as kept
from battery_registry.store import offers
from battery_registry.store.writes import Writes, change_case

# What is weighed later is no whole battery any more.
_WHOLE = frozenset(State) - {State.DISMANTLED, State.DESTROYED, State.CLEARED}


def write(
    session: Session,
    after: Case,
    event: CustodyEvent,
    *,
    row: Row[Any],
    body_sha256: bytes,
    now: datetime,
) -> None:
    """Write a step down; what was offered from the state before is void.

    Args:
        session: The transaction, which holds the case.
        after: The case after the step.
        event: The event that says so.
        row: The case's row before it.
        body_sha256: Hash of what was told, so that it is known again.
        now: The time of the request, aware.
    """
    change_case(
        session,
        after.battery_id,
        after.case_id,
        {
            **kept.case_values(after),
            "closed_at": kept.closed_at(after, now=now),
            "mass_kg": _mass_kg(event, before_kg=row.mass_kg),
            "overdue_told_at": None,
        },
    )
    offers.supersede(session, battery_id=after.battery_id, now=now)
    writes = Writes()
    cases.record(writes, event=event, body_sha256=body_sha256, now=now)
    _tell(writes, after, event, row=row, now=now)
    writes.flush(session)
    _account(session, event, row=row, now=now)


def _mass_kg(event: CustodyEvent, *, before_kg: float | None) -> float | None:
    """Tell what a battery weighs by now; nobody makes it lighter by their word alone.

    Where it passes between two organisations, both have signed what it weighs.
    Whoever tells a step alone is believed only as long as nobody weighed it.
    """
    told = weighed_kg(event.evidence) if event.to_state in _WHOLE else None
    sides = {event.giver.organisation_code, event.receiver.organisation_code}
    is_agreed = None not in sides and len(sides) == 2
    return told if told is not None and (is_agreed or before_kg is None) else before_kg


def _tell(
    writes: Writes, after: Case, event: CustodyEvent, *, row: Row[Any], now: datetime
) -> None:
    destroyed = (Topic.DESTROYED,) if after.state is State.DESTROYED else ()
    for topic in (Topic.CUSTODY_CHANGED, *destroyed):
        notices.tell(
            writes,
            topic=topic,
            battery_id=after.battery_id,
            payload={
                **kept.event_content(event),
                "code": row.public_code,
                "district_code": row.district_code,
                "due_at": after.due_at.isoformat() if after.due_at else None,
            },
            now=now,
        )


def _account(
    session: Session, event: CustodyEvent, *, row: Row[Any], now: datetime
) -> None:
    """Open an incident while a battery is missing, and close it when found."""
    subject = about_battery(event.battery_id)
    if event.to_state is State.MISSING:
        incidents.open_incident(
            session,
            kind=IncidentKind.PACK_MISSING,
            subject=subject,
            detail={
                "holder": event.giver.organisation_code,
                "event_id": str(event.event_id),
            },
            now=now,
            public_code=row.public_code,
            district_code=row.district_code,
        )
    if event.from_state is State.MISSING:
        incidents.close_open(
            session,
            kind=IncidentKind.PACK_MISSING,
            subject=subject,
            closing={"event_id": str(event.event_id)},
            now=now,
        )
