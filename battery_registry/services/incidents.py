"""Open and close incidents; each is told to whoever listens, and sealed.

What is about a battery has a leaf of it; what is about a manifest has one of
each battery on the list, since it holds them all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import city_date
from battery_registry.domain.incidents import (
    IncidentClosedError,
    IncidentKind,
    NoIncidentError,
    Subject,
    SubjectKind,
)
from battery_registry.domain.ledger import LeafKind
from battery_registry.services import ledger, notices
from battery_registry.services.notices import Topic
from battery_registry.store import incidents as kept
from battery_registry.store.ids import new_id
from battery_registry.store.tables.hand_overs import manifest_pack
from battery_registry.store.tables.incidents import incident
from battery_registry.store.writes import Writes


def open_incident(
    session: Session,
    *,
    kind: IncidentKind,
    subject: Subject,
    detail: Mapping[str, object],
    now: datetime,
    public_code: str | None = None,
    district_code: str | None = None,
) -> UUID | None:
    """Open an incident, one of a kind about a thing on a day of the city.

    One that was closed earlier on the same day is opened again.

    Args:
        session: The caller's transaction.
        kind: What went wrong.
        subject: What it is about.
        detail: What is known of it; JSON values without personal data.
        now: The time of the request, aware.
        public_code: The battery's code, where it is about one.
        district_code: Whose regulator sees it; None is the whole city's.

    Returns:
        Its id; None if it stands open already.
    """
    values: dict[str, Any] = {
        "subject_id": subject.subject_id,
        "incident_id": new_id(now),
        "subject_kind": subject.kind.value,
        "kind": kind.value,
        "opened_on": city_date(now),
        "opened_at": now,
        "public_code": public_code,
        "district_code": district_code,
        "detail": dict(detail),
    }
    incident_id = session.execute(_opening(session, values)).scalar_one_or_none()
    if incident_id is not None:
        opened = {**values, "incident_id": incident_id}
        _tell(session, Topic.INCIDENT_OPENED, opened)
        _seal(session, "opened", opened, now=now)
    return incident_id


def _opening(session: Session, values: Mapping[str, Any]) -> Any:
    dialect = session.get_bind().dialect.name
    chosen = postgresql if dialect == "postgresql" else sqlite
    inserted = chosen.insert(incident).values(values)
    return inserted.on_conflict_do_update(
        index_elements=["subject_id", "kind", "opened_on"],
        set_={
            "closed_at": None,
            "closed_by": None,
            "closing": None,
            "detail": inserted.excluded.detail,
        },
        where=incident.c.closed_at.is_not(None),
    ).returning(incident.c.incident_id)


def close_open(
    session: Session,
    *,
    kind: IncidentKind,
    subject: Subject,
    closing: Mapping[str, object],
    now: datetime,
) -> int:
    """Close what stands open of a kind about a thing, since it is settled.

    Args:
        session: The caller's transaction.
        kind: What went wrong.
        subject: What it is about.
        closing: What settled it; JSON values without personal data.
        now: The time of the request, aware.

    Returns:
        How many were open.
    """
    return _close(
        session,
        update(incident)
        .where(incident.c.subject_id == subject.subject_id)
        .where(incident.c.kind == kind.value),
        closing=closing,
        now=now,
        closed_by=None,
    )


def _close(
    session: Session,
    which: Update,
    *,
    closing: Mapping[str, object],
    now: datetime,
    closed_by: str | None,
) -> int:
    closed = session.execute(
        which.where(incident.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=closed_by, closing=dict(closing))
        .returning(incident)
    ).all()
    for row in closed:
        settled = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        _tell(session, Topic.INCIDENT_CLOSED, settled)
        _seal(session, "closed", settled, now=now)
    return len(closed)


def close_incident(
    session: Session,
    *,
    incident_id: UUID,
    closing: Mapping[str, object],
    closed_by: str,
    now: datetime,
    district_code: str | None = None,
) -> None:
    """Close one incident by its id, by somebody's word.

    Args:
        session: The caller's transaction.
        incident_id: Which.
        closing: Why it is settled; JSON values without personal data.
        closed_by: Code of the organisation that closes it.
        now: The time of the request, aware.
        district_code: The closer's district; None is the whole city.

    Raises:
        NoIncidentError: There is none, or it is another district's.
        IncidentClosedError: It was closed before.
    """
    found = kept.find(session, incident_id=incident_id)
    if found is None or district_code not in {None, found.district_code}:
        raise NoIncidentError
    # It alone: others of its kind may be another day's, or another district's.
    closed = _close(
        session,
        update(incident)
        .where(incident.c.subject_id == found.subject_id)
        .where(incident.c.incident_id == incident_id),
        closing=closing,
        now=now,
        closed_by=closed_by,
    )
    if not closed:
        raise IncidentClosedError


def amend(
    session: Session,
    *,
    kind: IncidentKind,
    subject: Subject,
    detail: Mapping[str, object],
    now: datetime,
) -> bool:
    """Say anew what is known of what stands open; False where nothing does.

    What was known already is not said again.
    """
    before = kept.find_open_detail(session, kind=kind, subject=subject)
    if before is None or before == detail:
        return before is not None
    amended = session.execute(
        update(incident)
        .where(incident.c.subject_id == subject.subject_id)
        .where(incident.c.kind == kind.value)
        .where(incident.c.closed_at.is_(None))
        .values(detail=dict(detail))
        .returning(incident)
    ).all()
    for row in amended:
        _seal(session, "amended", dict(row._mapping), now=now)  # noqa: SLF001 - SQLAlchemy's public name
    return bool(amended)


def _seal(
    session: Session, change: str, row: Mapping[str, Any], *, now: datetime
) -> None:
    content = {
        "incident_id": str(row["incident_id"]),
        "change": change,
        "kind": row["kind"],
        "subject": {"kind": row["subject_kind"], "id": str(row["subject_id"])},
        "at": now.isoformat(),
        "detail": dict(row["detail"]),
        "closing": dict(row["closing"]) if change == "closed" else None,
        "closed_by": row["closed_by"] if change == "closed" else None,
    }
    writes = Writes()
    for battery_id in _batteries(session, row):
        ledger.seal(
            writes,
            kind=LeafKind.INCIDENT,
            battery_id=battery_id,
            subject_id=row["incident_id"],
            content=content,
            now=now,
        )
    writes.flush(session)


def _batteries(session: Session, row: Mapping[str, Any]) -> Sequence[UUID]:
    """Name the batteries that an incident concerns; a site's concerns none."""
    if row["subject_kind"] == SubjectKind.BATTERY:
        return [row["subject_id"]]
    if row["subject_kind"] != SubjectKind.MANIFEST:
        return []
    return session.scalars(
        select(manifest_pack.c.battery_id)
        .where(manifest_pack.c.manifest_id == row["subject_id"])
        .order_by(manifest_pack.c.battery_id)
    ).all()


def _tell(session: Session, topic: Topic, row: Mapping[str, Any]) -> None:
    is_opened = topic is Topic.INCIDENT_OPENED
    is_battery = row["subject_kind"] == SubjectKind.BATTERY
    at = row["opened_at"] if is_opened else row["closed_at"]
    writes = Writes()
    notices.tell(
        writes,
        topic=topic,
        battery_id=row["subject_id"] if is_battery else None,
        payload={
            "incident_id": str(row["incident_id"]),
            "kind": row["kind"],
            "subject": {"kind": row["subject_kind"], "id": str(row["subject_id"])},
            "code": row["public_code"],
            "district_code": row["district_code"],
            "at": at.isoformat(),
            "detail": dict(row["detail"] if is_opened else row["closing"]),
        },
        now=at,
    )
    writes.flush(session)
