"""Find batteries by what stands on them, locked for who will change them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, or_, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.code_in_force import InForce
from battery_registry.domain.identifiers import MakerCode
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.batteries import battery, label, maker_code
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import inspection_map


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRow:
    """A label: blank, bound to a battery, or replaced by another."""

    code: str
    battery_id: UUID | None
    replaced_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownBattery:
    """What an intake must know of a battery that is already registered."""

    battery_id: UUID
    public_code: str
    unit_kind: str
    in_force: InForce
    case_id: UUID | None
    case_state: str | None
    case_due_at: datetime | None
    is_destroyed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownInspection:
    """An inspection that was received before."""

    inspection_id: UUID
    battery_id: UUID
    station_id: UUID
    body_mac: bytes


def find_inspections(
    session: Session, *, inspection_ids: Collection[UUID]
) -> dict[UUID, KnownInspection]:
    """Find which inspections were received before."""
    rows = session.execute(
        select(
            inspection_map.c.inspection_id,
            inspection_map.c.battery_id,
            inspection_map.c.station_id,
            inspection_map.c.body_mac,
        ).where(inspection_map.c.inspection_id.in_(inspection_ids))
    )
    return {row["inspection_id"]: KnownInspection(**row) for row in rows.mappings()}


def find_labels(session: Session, *, codes: Collection[str]) -> dict[str, LabelRow]:
    """Find labels by their public code."""
    if not codes:
        return {}
    rows = session.execute(
        select(label.c.code, label.c.battery_id, label.c.replaced_by).where(
            label.c.code.in_(codes)
        )
    )
    return {row["code"]: LabelRow(**row) for row in rows.mappings()}


def find_by_maker_codes(
    session: Session, *, codes: Collection[MakerCode]
) -> dict[tuple[str, str, str], UUID]:
    """Find which batteries carry these maker codes, by scheme, issuer, value."""
    if not codes:
        return {}
    keys = [(code.scheme.value, code.issuer, code.value) for code in codes]
    columns = (maker_code.c.scheme, maker_code.c.issuer, maker_code.c.value)
    rows = session.execute(
        select(*columns, maker_code.c.battery_id).where(tuple_(*columns).in_(keys))
    )
    return {(row.scheme, row.issuer, row.value): row.battery_id for row in rows}


def lock(
    session: Session, *, battery_ids: Iterable[UUID]
) -> Mapping[UUID, KnownBattery]:
    """Read batteries with their case, and hold them until the transaction ends.

    They are locked in one order, so two intakes never hold each other up in a
    ring. SQLite's writers are alone anyway.
    """
    wanted = sorted(battery_ids)
    if not wanted:
        return {}
    session.execute(
        select(battery.c.battery_id)
        .where(battery.c.battery_id.in_(wanted))
        .order_by(battery.c.battery_id)
        .with_for_update()
    )
    rows = session.execute(
        select(
            battery,
            case.c.case_id,
            case.c.state.label("case_state"),
            case.c.due_at.label("case_due_at"),
        )
        .outerjoin(
            case,
            (case.c.battery_id == battery.c.battery_id)
            & or_(case.c.closed_at.is_(None), case.c.state == "destroyed"),
        )
        .where(battery.c.battery_id.in_(wanted))
    )
    return {row["battery_id"]: _known(row) for row in rows.mappings()}


def _known(found: RowMapping) -> KnownBattery:
    destroyed = found["case_state"] == "destroyed"
    return KnownBattery(
        battery_id=found["battery_id"],
        public_code=found["public_code"],
        unit_kind=found["unit_kind"],
        in_force=InForce(code=Code(found["code"]), tested_at=found["code_tested_at"]),
        case_id=None if destroyed else found["case_id"],
        case_state=found["case_state"],
        case_due_at=found["case_due_at"],
        is_destroyed=destroyed,
    )
