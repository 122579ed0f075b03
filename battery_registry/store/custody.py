"""Keep cases and their events; events are only ever added."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.custody import (
    RESIDENT,
    Case,
    CustodyEvent,
    Party,
    PartyKind,
    State,
    organisation,
)
from battery_registry.domain.roles import OrganisationKind
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.cases import case, custody_event


def case_values(the_case: Case) -> dict[str, Any]:
    """Spell the part of a case that its steps change as columns."""
    return {
        "state": the_case.state.value,
        "seq": the_case.seq,
        "holder_kind": the_case.holder.kind.value,
        "holder_code": the_case.holder.organisation_code,
        "holder_organisation_kind": the_case.holder.organisation_kind,
        "state_since": the_case.state_since,
        "due_at": the_case.due_at,
    }


def event_content(event: CustodyEvent) -> dict[str, Any]:
    """Spell an event as JSON values: what is hashed, sealed and shown."""
    return {
        "event_id": str(event.event_id),
        "case_id": str(event.case_id),
        "seq": event.seq,
        "from_state": event.from_state.value if event.from_state else None,
        "to_state": event.to_state.value,
        "giver": _party_name(event.giver),
        "receiver": _party_name(event.receiver),
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "biz_step": event.biz_step,
        "disposition": event.disposition,
        "actor_role": event.actor_role.value,
        "actor_organisation": event.actor_organisation_code,
        "evidence": dict(event.evidence),
    }


def event_values(event: CustodyEvent, *, body_sha256: bytes | None) -> dict[str, Any]:
    """Spell an event as a row.

    Args:
        event: The event.
        body_sha256: Hash of the hand-over as it was sent; None for the event
            that opens a case, which nobody sends.
    """
    return {
        "battery_id": event.battery_id,
        "case_id": event.case_id,
        "seq": event.seq,
        "event_id": event.event_id,
        "from_state": event.from_state.value if event.from_state else None,
        "to_state": event.to_state.value,
        "giver_kind": event.giver.kind.value,
        "giver_code": event.giver.organisation_code,
        "receiver_kind": event.receiver.kind.value,
        "receiver_code": event.receiver.organisation_code,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "biz_step": event.biz_step,
        "disposition": event.disposition,
        "actor_role": event.actor_role.value,
        "actor_organisation_code": event.actor_organisation_code,
        "evidence": dict(event.evidence),
        "body_sha256": body_sha256 or canonical_sha256(event_content(event)),
    }


def lock_case(session: Session, *, public_code: str) -> tuple[Case, Row[Any]] | None:
    """Find the newest case of the battery with this label, and hold it."""
    battery_id = session.scalar(
        select(label.c.battery_id).where(label.c.code == public_code)
    )
    if battery_id is None:
        return None
    session.execute(
        select(battery.c.battery_id)
        .where(battery.c.battery_id == battery_id)
        .with_for_update()
    )
    row = session.execute(
        select(case)
        .where(case.c.battery_id == battery_id)
        .order_by(case.c.opened_at.desc(), case.c.case_id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (_case(row), row)


def find_event(
    session: Session, *, battery_id: UUID, event_id: UUID
) -> Row[Any] | None:
    """Find an event that was recorded before."""
    return session.execute(
        select(custody_event)
        .where(custody_event.c.battery_id == battery_id)
        .where(custody_event.c.event_id == event_id)
    ).one_or_none()


def closed_at(the_case: Case, *, now: datetime) -> datetime | None:
    """Tell when a case was closed: now, if this step closed it."""
    return now if the_case.state in {State.DESTROYED, State.CLEARED} else None


def _case(row: Row[Any]) -> Case:
    return Case(
        case_id=row.case_id,
        battery_id=row.battery_id,
        state=State(row.state),
        holder=_holder(row),
        state_since=row.state_since,
        due_at=row.due_at,
        seq=row.seq,
    )


def _holder(row: Row[Any]) -> Party:
    if row.holder_kind == PartyKind.RESIDENT:
        return RESIDENT
    return organisation(
        row.holder_code, kind=OrganisationKind(row.holder_organisation_kind)
    )


def _party_name(party: Party) -> str:
    return party.organisation_code or party.kind.value
