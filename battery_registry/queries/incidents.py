"""List what went wrong, newest first, and what each holds back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, or_, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.incidents import IncidentKind, SubjectKind
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.hand_overs import manifest_pack
from battery_registry.store.tables.incidents import incident

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """One thing that went wrong.

    Args:
        incident_id: Its id.
        kind: What went wrong.
        subject_kind: What it is about.
        subject_id: Which battery, manifest or organisation.
        public_code: The battery's code, where it is about one.
        district_code: Whose regulator sees it; None is the whole city's.
        opened_at: When the registry saw it, UTC.
        closed_at: When it was settled; None while it is open.
        closed_by: Who settled it; None for the registry itself.
        detail: What is known of it.
        closing: What settled it.
        held_packs: How many batteries it keeps from being destroyed now.
    """

    incident_id: UUID
    kind: IncidentKind
    subject_kind: SubjectKind
    subject_id: UUID
    public_code: str | None
    district_code: str | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    detail: Mapping[str, Any]
    closing: Mapping[str, Any] | None
    held_packs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentPage:
    """Some incidents, newest first, and the cursor of the next page, if any."""

    items: tuple[Incident, ...]
    next_cursor: str | None


def find(
    session: Session,
    *,
    kinds: Sequence[IncidentKind] = (),
    is_open: bool | None = None,
    district_code: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> IncidentPage:
    """Find a page of incidents, newest first.

    Args:
        session: Where to read.
        kinds: Of these kinds; empty means all.
        is_open: True for open ones, False for closed ones.
        district_code: The reader's district, who also sees the whole city's.
        limit: Rows of a page, 1 to 200.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    wanted = (
        select(incident)
        .order_by(incident.c.opened_at.desc(), incident.c.incident_id.desc())
        .limit(limit + 1)
    )
    if kinds:
        wanted = wanted.where(incident.c.kind.in_([kind.value for kind in kinds]))
    if is_open is not None:
        closed = incident.c.closed_at
        wanted = wanted.where(closed.is_(None) if is_open else closed.is_not(None))
    if district_code is not None:
        own = incident.c.district_code
        wanted = wanted.where(or_(own == district_code, own.is_(None)))
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(
            tuple_(incident.c.opened_at, incident.c.incident_id) < (after.at, after.key)
        )
    rows = session.execute(wanted).all()
    shown = rows[:limit]
    held = _held(session, shown)
    last = shown[-1] if len(rows) > limit else None
    return IncidentPage(
        items=tuple(_incident(row, held.get(row.subject_id, 0)) for row in shown),
        next_cursor=keyset.write(Position(at=last.opened_at, key=last.incident_id))
        if last
        else None,
    )


def about(session: Session, *, subject_id: UUID) -> tuple[Incident, ...]:
    """List the incidents about one thing that the reader may see, oldest first."""
    rows = session.execute(
        select(incident)
        .where(incident.c.subject_id == subject_id)
        .order_by(incident.c.opened_at, incident.c.incident_id)
    ).all()
    held = _held(session, rows)
    return tuple(_incident(row, held.get(row.subject_id, 0)) for row in rows)


def _held(session: Session, rows: Sequence[Row[Any]]) -> dict[UUID, int]:
    """Count the packs that each open incident about a manifest holds."""
    manifests = [
        row.subject_id
        for row in rows
        if row.kind == IncidentKind.MANIFEST_DIFFERENCE and row.closed_at is None
    ]
    if not manifests:
        return {}
    counted = session.execute(
        select(manifest_pack.c.manifest_id, func.count().label("packs"))
        .where(manifest_pack.c.manifest_id.in_(manifests))
        .group_by(manifest_pack.c.manifest_id)
    )
    return {row.manifest_id: row.packs for row in counted}


def _incident(row: Row[Any], held_packs: int) -> Incident:
    return Incident(
        incident_id=row.incident_id,
        kind=IncidentKind(row.kind),
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        public_code=row.public_code,
        district_code=row.district_code,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        detail=row.detail,
        closing=row.closing,
        held_packs=held_packs if row.closed_at is None else 0,
    )
