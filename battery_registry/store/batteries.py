"""Find batteries by what stands on them, locked for who will change them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Column, RowMapping, bindparam, or_, select
from sqlalchemy.orm import Session

from battery_registry.domain.code_in_force import InForce
from battery_registry.domain.identifiers import MakerCode
from battery_registry.scoring.evaluation import Code
from battery_registry.store import direct
from battery_registry.store.direct import Statement
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
    pack_code: str | None
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
    if not inspection_ids:
        return {}
    wanted, length = direct.padded(list(inspection_ids))
    return {
        row[0]: KnownInspection(
            inspection_id=row[0], battery_id=row[1], station_id=row[2], body_mac=row[3]
        )
        for row in _inspections(length).run(session, **_numbered(wanted))
    }


@cache
def _inspections(length: int) -> Statement:
    return Statement(
        select(
            inspection_map.c.inspection_id,
            inspection_map.c.battery_id,
            inspection_map.c.station_id,
            inspection_map.c.body_mac,
        ).where(
            inspection_map.c.inspection_id.in_(
                _places(inspection_map.c.inspection_id, length)
            )
        )
    )


def find_labels(session: Session, *, codes: Collection[str]) -> dict[str, LabelRow]:
    """Find labels by their public code."""
    if not codes:
        return {}
    wanted, length = direct.padded(sorted(codes))
    return {
        row[0]: LabelRow(code=row[0], battery_id=row[1], replaced_by=row[2])
        for row in _labels(length).run(session, **_numbered(wanted))
    }


@cache
def _labels(length: int) -> Statement:
    return Statement(
        select(label.c.code, label.c.battery_id, label.c.replaced_by).where(
            label.c.code.in_(_places(label.c.code, length))
        )
    )


def find_by_maker_codes(
    session: Session, *, codes: Collection[MakerCode]
) -> dict[tuple[str, str, str], UUID]:
    """Find which batteries carry these maker codes, by scheme, issuer, value."""
    if not codes:
        return {}
    # By their values, which are nearly unique: an index finds a list of those at
    # once, and a list of triples one after the other.
    keys = {(code.scheme.value, code.issuer, code.value) for code in codes}
    wanted, length = direct.padded(sorted({value for _, _, value in keys}))
    rows = _maker_codes(length).run(session, **_numbered(wanted))
    return {row[:3]: row[3] for row in rows if row[:3] in keys}


@cache
def _maker_codes(length: int) -> Statement:
    return Statement(
        select(
            maker_code.c.scheme,
            maker_code.c.issuer,
            maker_code.c.value,
            maker_code.c.battery_id,
        ).where(maker_code.c.value.in_(_places(maker_code.c.value, length)))
    )


def _places(column: Column[Any], length: int) -> list[BindParameter[Any]]:
    return [bindparam(f"value_{at}", type_=column.type) for at in range(length)]


def _numbered(values: Iterable[Any]) -> dict[str, Any]:
    return {f"value_{place}": value for place, value in enumerate(values)}


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
        pack_code=found["pack_code"],
        unit_kind=found["unit_kind"],
        in_force=InForce(code=Code(found["code"]), tested_at=found["code_tested_at"]),
        case_id=None if destroyed else found["case_id"],
        case_state=found["case_state"],
        case_due_at=found["case_due_at"],
        is_destroyed=destroyed,
    )
