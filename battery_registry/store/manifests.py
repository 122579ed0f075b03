"""Keep manifests, their drums and packs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.custody_edges import State
from battery_registry.domain.incidents import IncidentKind
from battery_registry.domain.manifests import (
    DamageClass,
    Draft,
    Drum,
    ListedPack,
    ManifestStatus,
    Packing,
    PackStatus,
    Papers,
    WasteKind,
    Weighed,
)
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.cases import case, custody_event
from battery_registry.store.tables.hand_overs import (
    manifest,
    manifest_drum,
    manifest_pack,
)
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


def lock(session: Session, *, manifest_id: UUID) -> Row[Any] | None:
    """Find a manifest and hold it."""
    return session.execute(
        select(manifest).where(manifest.c.manifest_id == manifest_id).with_for_update()
    ).one_or_none()


def open_cases(session: Session, *, codes: Collection[str]) -> dict[str, Row[Any]]:
    """Find the open cases of batteries by their labels.

    Returns:
        By label as asked for: the open case, with the battery's chemistry.
    """
    rows = session.execute(
        select(label.c.code.label("asked"), battery.c.chemistry, case)
        .join(case, case.c.battery_id == label.c.battery_id)
        .join(battery, battery.c.battery_id == case.c.battery_id)
        .where(label.c.code.in_(codes))
        .where(case.c.closed_at.is_(None))
    )
    return {row.asked: row for row in rows}


def batteries_of(session: Session, *, codes: Collection[str]) -> dict[str, UUID | None]:
    """Find the batteries of labels; a blank label has none."""
    rows = session.execute(
        select(label.c.code, label.c.battery_id).where(label.c.code.in_(codes))
    )
    return {row.code: row.battery_id for row in rows}


def add(
    session: Session,
    draft: Draft,
    *,
    cases: Mapping[str, Row[Any]],
    values: Mapping[str, Any],
) -> None:
    """Write a manifest down with its drums and packs.

    Args:
        session: The caller's transaction.
        draft: What the sender told.
        cases: The open case of each pack, by its label.
        values: The manifest's further columns.
    """
    papers = draft.papers
    session.execute(
        insert(manifest).values(
            manifest_id=draft.manifest_id,
            waste_kind=papers.waste_kind.value,
            carrier_code=draft.carrier,
            receiver_code=draft.receiver,
            licence_number=papers.licence_number,
            transfer_manifest_number=papers.transfer_manifest_number,
            vehicle=papers.vehicle,
            judged_by=papers.judged_by,
            judge_trained_on=papers.judge_trained_on,
            **values,
        )
    )
    session.execute(
        insert(manifest_drum),
        [_drum_row(draft, drum) for drum in draft.drums],
    )
    session.execute(
        insert(manifest_pack),
        [_pack_row(draft, pack, cases[pack.code]) for pack in draft.packs],
    )


def _drum_row(draft: Draft, drum: Drum) -> dict[str, Any]:
    masses = [pack.mass_kg for pack in draft.packs if pack.sscc == drum.sscc]
    return {
        "manifest_id": draft.manifest_id,
        "sscc": drum.sscc,
        "damage_class": drum.damage_class.value,
        "packing_instruction": drum.packing_instruction.value,
        "sent_kg": round(sum(masses), 6),
    }


def _pack_row(draft: Draft, pack: ListedPack, of: Row[Any]) -> dict[str, Any]:
    return {
        "battery_id": of.battery_id,
        "manifest_id": draft.manifest_id,
        "case_id": of.case_id,
        "public_code": of.public_code,
        "sscc": pack.sscc,
        "mass_kg": pack.mass_kg,
        "status": PackStatus.LISTED.value,
    }


def change(session: Session, *, manifest_id: UUID, values: Mapping[str, Any]) -> None:
    """Update a manifest that the caller holds."""
    session.execute(
        update(manifest)
        .where(manifest.c.manifest_id == manifest_id)
        .values(dict(values))
    )


def packs(session: Session, *, manifest_id: UUID) -> Sequence[Row[Any]]:
    """List a manifest's packs with their cases' states, in one order for all.

    ``journey_id`` is the event by which a pack was last sent on the road.
    """
    journey = (
        select(custody_event.c.event_id)
        .where(custody_event.c.battery_id == manifest_pack.c.battery_id)
        .where(custody_event.c.case_id == manifest_pack.c.case_id)
        .where(custody_event.c.to_state == State.IN_TRANSIT.value)
        .order_by(custody_event.c.seq.desc())
        .limit(1)
        .scalar_subquery()
        .label("journey_id")
    )
    return session.execute(
        select(manifest_pack, case.c.state, case.c.holder_code, journey)
        .join(
            case,
            (case.c.battery_id == manifest_pack.c.battery_id)
            & (case.c.case_id == manifest_pack.c.case_id),
        )
        .where(manifest_pack.c.manifest_id == manifest_id)
        .order_by(manifest_pack.c.battery_id)
    ).all()


def mark(
    session: Session, *, manifest_id: UUID, ids: Collection[UUID], status: PackStatus
) -> None:
    """Say what became of some packs of a manifest."""
    if not ids:
        return
    session.execute(
        update(manifest_pack)
        .where(manifest_pack.c.manifest_id == manifest_id)
        .where(manifest_pack.c.battery_id.in_(ids))
        .values(status=status.value)
    )


def drums(session: Session, *, manifest_id: UUID) -> Sequence[Row[Any]]:
    """List a manifest's drums."""
    return session.execute(
        select(manifest_drum)
        .where(manifest_drum.c.manifest_id == manifest_id)
        .order_by(manifest_drum.c.sscc)
    ).all()


def find_drum_on_the_road(session: Session, *, manifest_id: UUID) -> str | None:
    """Find a drum of a manifest that another one has on the road; its SSCC."""
    own = manifest_drum.alias("own")
    return session.scalar(
        select(manifest_drum.c.sscc)
        .join(manifest, manifest.c.manifest_id == manifest_drum.c.manifest_id)
        .join(own, own.c.sscc == manifest_drum.c.sscc)
        .where(own.c.manifest_id == manifest_id)
        .where(manifest.c.manifest_id != manifest_id)
        .where(manifest.c.status == ManifestStatus.DISPATCHED.value)
        .limit(1)
    )


def weigh(session: Session, *, manifest_id: UUID, masses: Mapping[str, float]) -> None:
    """Write down what drums weighed at the gate, in kg by SSCC."""
    for sscc, mass_kg in masses.items():
        session.execute(
            update(manifest_drum)
            .where(manifest_drum.c.manifest_id == manifest_id)
            .where(manifest_drum.c.sscc == sscc)
            .values(received_kg=mass_kg)
        )


def papers_of(row: Row[Any]) -> Papers:
    """Read a manifest's papers from its row."""
    return Papers(
        waste_kind=WasteKind(row.waste_kind),
        judged_by=row.judged_by,
        judge_trained_on=row.judge_trained_on,
        licence_number=row.licence_number,
        transfer_manifest_number=row.transfer_manifest_number,
        vehicle=row.vehicle,
    )


def drum_of(row: Row[Any]) -> Drum:
    """Read how a drum is packed from its row."""
    return Drum(
        sscc=row.sscc,
        damage_class=DamageClass(row.damage_class),
        packing_instruction=Packing(row.packing_instruction),
    )


def weighed_of(row: Row[Any]) -> Weighed:
    """Read what a drum weighed at both ends from its row."""
    return Weighed(sscc=row.sscc, sent_kg=row.sent_kg, received_kg=row.received_kg)
