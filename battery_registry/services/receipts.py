"""What a station is given for an inspection: the same thing every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import EVERYTHING, Scope
from battery_registry.domain.custody import State
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import (
    evaluation,
    inspection,
    inspection_map,
)
from battery_registry.store.tables.parties import station


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseNote:
    """Where a red case stands."""

    state: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """One inspection's verdict, and where its battery stands.

    Args:
        inspection_id: As the station made it.
        battery_id: The registry's id.
        public_code: The code on the label.
        received_at: When it was first received.
        verdict: The legal evaluation, as ``scoring.record`` spells it.
        code_in_force: The battery's code, which may be older and redder.
        case: The open or ended red case, if there is one.
    """

    inspection_id: UUID
    battery_id: UUID
    public_code: str
    received_at: datetime
    verdict: Mapping[str, Any]
    code_in_force: str
    case: CaseNote | None


_RECEIPTS = (
    select(
        inspection.c.inspection_id,
        inspection.c.battery_id,
        inspection.c.received_at,
        evaluation.c.record,
        battery.c.public_code,
        battery.c.code,
        case.c.state,
        case.c.due_at,
    )
    .join(
        evaluation,
        (evaluation.c.battery_id == inspection.c.battery_id)
        & (evaluation.c.inspection_id == inspection.c.inspection_id)
        & evaluation.c.is_legal,
    )
    .join(battery, battery.c.battery_id == inspection.c.battery_id)
    .outerjoin(
        case,
        (case.c.battery_id == inspection.c.battery_id)
        & or_(case.c.closed_at.is_(None), case.c.state == State.DESTROYED.value),
    )
)


def find(
    session: Session,
    *,
    inspection_id: UUID,
    battery_id: UUID | None = None,
    scope: Scope = EVERYTHING,
) -> Receipt | None:
    """Find the receipt of an inspection received before, if the scope shows it."""
    battery_id = battery_id or session.scalar(
        select(inspection_map.c.battery_id).where(
            inspection_map.c.inspection_id == inspection_id
        )
    )
    wanted = _RECEIPTS.where(inspection.c.battery_id == battery_id).where(
        inspection.c.inspection_id == inspection_id
    )
    row = session.execute(_narrow(wanted, scope)).one_or_none()
    if row is None:
        return None
    return Receipt(
        inspection_id=row.inspection_id,
        battery_id=row.battery_id,
        public_code=row.public_code,
        received_at=row.received_at,
        verdict=row.record,
        code_in_force=row.code,
        case=CaseNote(state=row.state, due_at=row.due_at) if row.state else None,
    )


def _narrow(wanted: Select[Any], scope: Scope) -> Select[Any]:
    if scope == EVERYTHING:
        return wanted
    wanted = wanted.join(station, station.c.station_id == inspection.c.station_id)
    if scope.district_code is not None:
        wanted = wanted.where(station.c.district_code == scope.district_code)
    if scope.organisation_id is not None:
        wanted = wanted.where(station.c.organisation_id == scope.organisation_id)
    if scope.station_id is not None:
        wanted = wanted.where(station.c.station_id == scope.station_id)
    return wanted
