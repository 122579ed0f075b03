"""Find everything that happened to a battery, for its EPCIS document."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Scope
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.epcis import document
from battery_registry.domain.epcis.happenings import (
    Declared,
    Happening,
    Inspected,
    Labelled,
    Packed,
    Stepped,
)
from battery_registry.domain.roles import Role
from battery_registry.queries import epcis_recalls, scoping
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.appeals import correction
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.cases import case, custody_event
from battery_registry.store.tables.hand_overs import (
    manifest,
    manifest_drum,
    manifest_pack,
)
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import instrument, station

LabelOf = Callable[[Row[*tuple[Any, ...]]], PublicCode]

_INSPECTIONS: Final = (
    select(
        inspection.c.battery_id,
        inspection.c.inspection_id,
        inspection.c.tested_at,
        inspection.c.received_at,
        station.c.code.label("station_code"),
        instrument.c.code.label("instrument_code"),
        inspection.c.internal_resistance_mohm,
        inspection.c.max_output_voltage_v,
        inspection.c.discharge_capacity_ah,
        inspection.c.capacity_fade_pct,
        inspection.c.ambient_temp_c,
        evaluation.c.code.label("verdict"),
        evaluation.c.record,
    )
    .join(
        evaluation,
        and_(
            evaluation.c.battery_id == inspection.c.battery_id,
            evaluation.c.inspection_id == inspection.c.inspection_id,
            evaluation.c.is_legal,
        ),
    )
    .join(station, station.c.station_id == inspection.c.station_id)
    .join(instrument, instrument.c.instrument_id == inspection.c.instrument_id)
)
STEPS: Final = (
    select(
        custody_event,
        case.c.public_code,
        case.c.opened_by,
        correction.c.declared_at,
        correction.c.reason,
        correction.c.corrective_event_ids,
        epcis_recalls.IS_RECALLED,
    )
    .join(
        case,
        and_(
            case.c.battery_id == custody_event.c.battery_id,
            case.c.case_id == custody_event.c.case_id,
        ),
    )
    .outerjoin(
        correction,
        and_(
            correction.c.battery_id == custody_event.c.battery_id,
            correction.c.event_id == custody_event.c.event_id,
        ),
    )
)


def find(
    session: Session, *, code: PublicCode, scope: Scope
) -> tuple[Happening, ...] | None:
    """Find what happened to a battery that has, or had, a red case.

    Args:
        session: Where to read.
        code: A parsed public code; a replaced label still leads there.
        scope: What the reader may see.

    Returns:
        The oldest first; None without a case that the reader may see.
    """
    battery_id = session.scalar(
        select(case.c.battery_id)
        .join(label, label.c.battery_id == case.c.battery_id)
        .where(label.c.code == code)
        .where(
            *scoping.conditions(
                scope, district=case.c.district_code, station_id=case.c.station_id
            )
        )
        .limit(1)
    )
    return None if battery_id is None else of_battery(session, battery_id=battery_id)


def of_battery(session: Session, *, battery_id: UUID) -> tuple[Happening, ...]:
    """Find what happened to a battery, the oldest first."""
    labels = _labels(session, battery_id)
    measured = inspections(
        session,
        wanted=inspection.c.battery_id == battery_id,
        label_of=lambda row: _label_at(labels, row.tested_at),
    )
    taken = steps(
        session,
        wanted=STEPS.where(custody_event.c.battery_id == battery_id),
        openings=measured,
    )
    # An inspection that opened a case is told by the opening.
    opened = {step.inspection.inspection_id for step in taken if step.inspection}
    happenings: Sequence[Happening] = (
        *labels,
        *(each for each in measured.values() if each.inspection_id not in opened),
        *taken,
        *_drums(session, battery_id),
        *epcis_recalls.of_battery(
            session,
            battery_id=battery_id,
            label_at=lambda at: _label_at(labels, at),
        ),
    )
    return tuple(sorted(happenings, key=document.when))


def inspections(
    session: Session, *, wanted: ColumnElement[bool], label_of: LabelOf
) -> dict[UUID, Inspected]:
    """Find inspections by their ids, each under the label it bore."""
    return {
        row.inspection_id: _inspected(row, label_of(row))
        for row in session.execute(_INSPECTIONS.where(wanted))
    }


def openings(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]]
) -> dict[UUID, Inspected]:
    """Find the inspections that opened cases, for rows of ``STEPS``."""
    opened = {row.opened_by: row for row in rows if row.from_state is None}
    if not opened:
        return {}
    batteries = {row.battery_id for row in opened.values()}
    return inspections(
        session,
        wanted=inspection.c.battery_id.in_(batteries)
        & inspection.c.inspection_id.in_(opened),
        label_of=lambda row: opened[row.inspection_id].public_code,
    )


def steps(
    session: Session, *, wanted: Select[Any], openings: dict[UUID, Inspected]
) -> list[Stepped]:
    """Read steps of cases, each opening with the inspection that caused it."""
    return [
        step(row, openings.get(row.opened_by) if row.from_state is None else None)
        for row in session.execute(wanted.order_by(None))
    ]


def step(row: Row[*tuple[Any, ...]], opening: Inspected | None) -> Stepped:
    """Read a step from a row of ``STEPS``."""
    declared = None
    if row.declared_at is not None:
        declared = Declared(
            at=row.declared_at,
            reason=row.reason,
            corrective=tuple(map(UUID, row.corrective_event_ids)),
        )
    return Stepped(
        event_id=row.event_id,
        case_id=row.case_id,
        seq=row.seq,
        code=row.public_code,
        from_state=State(row.from_state) if row.from_state else None,
        to_state=State(row.to_state),
        giver=row.giver_code or row.giver_kind,
        receiver=row.receiver_code or row.receiver_kind,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        biz_step=row.biz_step,
        disposition=row.disposition,
        signed_by=row.actor_organisation_code,
        signed_as=Role(row.actor_role),
        evidence=row.evidence,
        inspection=opening,
        is_recalled=row.is_recalled,
        declared=declared,
    )


def _inspected(row: Row[*tuple[Any, ...]], code: PublicCode) -> Inspected:
    fired: Iterable[Any] = row.record["fired"]
    alarms = [
        name
        for rule in fired
        if rule["outcome"] == Code.RED.value
        for name in rule["inputs"]
    ]
    return Inspected(
        inspection_id=row.inspection_id,
        code=code,
        tested_at=row.tested_at,
        received_at=row.received_at,
        station_code=row.station_code,
        instrument_code=row.instrument_code,
        verdict=Code(row.verdict),
        internal_resistance_mohm=row.internal_resistance_mohm,
        max_output_voltage_v=row.max_output_voltage_v,
        discharge_capacity_ah=row.discharge_capacity_ah,
        capacity_fade_pct=row.capacity_fade_pct,
        ambient_temp_c=row.ambient_temp_c,
        alarms=frozenset(alarms),
    )


def _labels(session: Session, battery_id: UUID) -> tuple[Labelled, ...]:
    rows = session.execute(select(label).where(label.c.battery_id == battery_id)).all()
    bound_at = {row.code: row.bound_at or row.made_at for row in rows}
    bound = [Labelled(code=code, at=at, is_bound=True) for code, at in bound_at.items()]
    ended = [
        Labelled(code=row.code, at=bound_at[row.replaced_by], is_bound=False)
        for row in rows
        if row.replaced_by in bound_at
    ]
    return tuple(sorted((*ended, *bound), key=lambda each: each.at))


def _label_at(labels: Sequence[Labelled], at: datetime) -> PublicCode:
    """The label in use at a time; a reading told late came before the first."""
    bound = [each for each in labels if each.is_bound]
    before = [each for each in bound if each.at <= at]
    return (before[-1] if before else bound[0]).code


def _drums(session: Session, battery_id: UUID) -> list[Packed]:
    drums = session.execute(
        select(manifest_drum, manifest.c.created_at, manifest.c.sender_code)
        .join(manifest, manifest.c.manifest_id == manifest_drum.c.manifest_id)
        .join(
            manifest_pack,
            and_(
                manifest_pack.c.manifest_id == manifest_drum.c.manifest_id,
                manifest_pack.c.sscc == manifest_drum.c.sscc,
            ),
        )
        .where(manifest_pack.c.battery_id == battery_id)
    )
    return [_packed(session, row) for row in drums]


def _packed(session: Session, row: Row[*tuple[Any, ...]]) -> Packed:
    packs = session.scalars(
        select(manifest_pack.c.public_code)
        .where(manifest_pack.c.manifest_id == row.manifest_id)
        .where(manifest_pack.c.sscc == row.sscc)
        .order_by(manifest_pack.c.public_code)
    )
    return Packed(
        manifest_id=row.manifest_id,
        sscc=row.sscc,
        packs=tuple(map(PublicCode, packs)),
        at=row.created_at,
        packed_by=row.sender_code,
        damage_class=row.damage_class,
        packing_instruction=row.packing_instruction,
        mass_kg=row.sent_kg,
    )
