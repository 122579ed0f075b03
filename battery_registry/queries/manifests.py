"""Find manifests: with drums and packs, and a list of them by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, or_, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.incidents import IncidentKind
from battery_registry.domain.manifests import ManifestStatus, PackStatus
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.hand_overs import (
    manifest,
    manifest_drum,
    manifest_pack,
)
from battery_registry.store.tables.incidents import incident

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestRecord:
    """A manifest's own columns, as the table names them."""

    manifest_id: UUID
    status: ManifestStatus
    waste_kind: str
    sender: str
    carrier: str
    receiver: str
    licence_number: str | None
    transfer_manifest_number: str | None
    vehicle: str | None
    judged_by: str
    judge_trained_on: date
    created_at: datetime
    dispatched_at: datetime | None
    received_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DrumRecord:
    """A drum; masses are net, in kg."""

    sscc: str
    damage_class: str
    packing_instruction: str
    sent_kg: float
    received_kg: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PackRecord:
    """A pack of a manifest: its public code, its drum, what became of it."""

    public_code: str
    sscc: str
    mass_kg: float
    status: PackStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentNote:
    """An incident about a manifest; while it is open its packs are held."""

    incident_id: UUID
    opened_at: datetime
    closed_at: datetime | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeManifest:
    """A manifest with its drums, its packs and the incidents about it."""

    record: ManifestRecord
    drums: tuple[DrumRecord, ...]
    packs: tuple[PackRecord, ...]
    incidents: tuple[IncidentNote, ...]

    @property
    def holds_destruction(self) -> bool:
        """Whether an open incident keeps its packs from being destroyed."""
        return any(note.closed_at is None for note in self.incidents)


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestPage:
    """Some manifests, newest first, and the cursor of the next page, if any."""

    items: tuple[ManifestRecord, ...]
    next_cursor: str | None


def find(
    session: Session, *, manifest_id: UUID, party: str | None
) -> WholeManifest | None:
    """Find a manifest.

    Args:
        session: Where to read.
        manifest_id: Which.
        party: The organisation that must have a part in it; None for any.
    """
    wanted = select(manifest).where(manifest.c.manifest_id == manifest_id)
    row = session.execute(_of(wanted, party)).one_or_none()
    if row is None:
        return None
    drums = session.execute(
        select(manifest_drum)
        .where(manifest_drum.c.manifest_id == manifest_id)
        .order_by(manifest_drum.c.sscc)
    )
    packs = session.execute(
        select(manifest_pack)
        .where(manifest_pack.c.manifest_id == manifest_id)
        .order_by(manifest_pack.c.sscc, manifest_pack.c.public_code)
    )
    notes = session.execute(
        select(incident)
        .where(incident.c.subject_id == manifest_id)
        .where(incident.c.kind == IncidentKind.MANIFEST_DIFFERENCE.value)
        .order_by(incident.c.opened_at)
    )
    return WholeManifest(
        record=_record(row),
        drums=tuple(_drum(drum) for drum in drums),
        packs=tuple(_pack(pack) for pack in packs),
        incidents=tuple(_note(note) for note in notes),
    )


def list_page(
    session: Session,
    *,
    party: str | None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> ManifestPage:
    """List manifests, newest first.

    Args:
        session: Where to read.
        party: The organisation that must have a part in them; None for any.
        limit: Rows of a page, 1 to 200.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    wanted = (
        select(manifest)
        .order_by(manifest.c.created_at.desc(), manifest.c.manifest_id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(
            tuple_(manifest.c.created_at, manifest.c.manifest_id)
            < (after.at, after.key)
        )
    found = [_record(row) for row in session.execute(_of(wanted, party))]
    last = found[limit - 1] if len(found) > limit else None
    return ManifestPage(
        items=tuple(found[:limit]),
        next_cursor=keyset.write(Position(at=last.created_at, key=last.manifest_id))
        if last
        else None,
    )


def _of(wanted: Any, party: str | None) -> Any:
    if party is None:
        return wanted
    sides = (manifest.c.sender_code, manifest.c.carrier_code, manifest.c.receiver_code)
    return wanted.where(or_(*(side == party for side in sides)))


def _record(row: Row[Any]) -> ManifestRecord:
    return ManifestRecord(
        manifest_id=row.manifest_id,
        status=ManifestStatus(row.status),
        waste_kind=row.waste_kind,
        sender=row.sender_code,
        carrier=row.carrier_code,
        receiver=row.receiver_code,
        licence_number=row.licence_number,
        transfer_manifest_number=row.transfer_manifest_number,
        vehicle=row.vehicle,
        judged_by=row.judged_by,
        judge_trained_on=row.judge_trained_on,
        created_at=row.created_at,
        dispatched_at=row.dispatched_at,
        received_at=row.received_at,
        settled_at=row.settled_at,
    )


def _drum(row: Row[Any]) -> DrumRecord:
    return DrumRecord(
        sscc=row.sscc,
        damage_class=row.damage_class,
        packing_instruction=row.packing_instruction,
        sent_kg=row.sent_kg,
        received_kg=row.received_kg,
    )


def _pack(row: Row[Any]) -> PackRecord:
    return PackRecord(
        public_code=row.public_code,
        sscc=row.sscc,
        mass_kg=row.mass_kg,
        status=PackStatus(row.status),
    )


def _note(row: Row[Any]) -> IncidentNote:
    return IncidentNote(
        incident_id=row.incident_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        detail=row.detail,
    )
