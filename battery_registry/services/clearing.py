"""Clear a case: event, leaf and notice together, for a retest and for an appeal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain import custody_clearing
from battery_registry.domain.custody import Case, CustodyEvent
from battery_registry.domain.roles import Role
from battery_registry.services import cases, notices, revocation
from battery_registry.services.notices import Topic
from battery_registry.services.revocation import Cause
from battery_registry.store import custody as kept
from battery_registry.store import offers
from battery_registry.store.ids import new_id
from battery_registry.store.writes import Writes, change_case


def clear(
    session: Session,
    writes: Writes,
    *,
    case: Case,
    row: Row[Any],
    actor_role: Role,
    actor_organisation_code: str,
    evidence: Mapping[str, object],
    now: datetime,
) -> CustodyEvent:
    """End a red that a retest or an appeal has lifted.

    Args:
        session: The transaction, which holds the case.
        writes: What the use case writes; flushed by the caller.
        case: The case as it stands.
        row: Its row, as ``store.custody.lock_case`` gave it.
        actor_role: The role of who tested, or decided.
        actor_organisation_code: Their organisation.
        evidence: What it rests on.
        now: The time of the request, aware.

    Raises:
        CaseClosedError: If the case is destroyed or cleared already.
        NotClearableError: If the battery is missing or taken apart.
    """
    after, event = custody_clearing.clear(
        case,
        event_id=new_id(now),
        actor_role=actor_role,
        actor_organisation_code=actor_organisation_code,
        evidence=evidence,
        now=now,
    )
    change_case(
        session,
        after.battery_id,
        after.case_id,
        {**kept.case_values(after), "closed_at": kept.closed_at(after, now=now)},
    )
    offers.supersede(session, battery_id=after.battery_id, now=now)
    cases.record(writes, event=event, body_sha256=None, now=now)
    _tell(writes, event, row=row, now=now)
    revocation.revoke_for(
        session, battery_id=after.battery_id, cause=Cause.CLEARED, now=now
    )
    return event


def _tell(writes: Writes, event: CustodyEvent, *, row: Row[Any], now: datetime) -> None:
    for topic in (Topic.CUSTODY_CHANGED, Topic.CLEARED):
        notices.tell(
            writes,
            topic=topic,
            battery_id=event.battery_id,
            payload={
                **kept.event_content(event),
                "code": row.public_code,
                "district_code": row.district_code,
                "due_at": None,
            },
            now=now,
        )
