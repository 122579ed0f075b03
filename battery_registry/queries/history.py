"""Everything that happened to one battery, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.queries import custody
from battery_registry.queries.custody import Link
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.cases import custody_event
from battery_registry.store.tables.inspections import (
    code_change,
    evaluation,
    inspection,
)
from battery_registry.store.tables.parties import instrument, station

MAX_EACH: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """One inspection with its legal evaluation.

    Args:
        inspection_id: As the station made it.
        tested_at: When the battery was tested, UTC.
        received_at: When the registry learned of it, UTC.
        station_code: Where.
        instrument_code: With which of the station's instruments.
        instrument_model: What that is.
        internal_resistance_mohm: Milliohm, None when not measured.
        resistance_method: How; None when not measured.
        max_output_voltage_v: Volt, None when not measured.
        discharge_capacity_ah: Ampere-hours, None when not measured.
        capacity_method: How.
        ambient_temp_c: Degrees Celsius.
        verdict: The evaluation, as ``scoring.record`` spells it.
    """

    inspection_id: UUID
    tested_at: datetime
    received_at: datetime
    station_code: str
    instrument_code: str
    instrument_model: str
    internal_resistance_mohm: float | None
    resistance_method: str | None
    max_output_voltage_v: float | None
    discharge_capacity_ah: float | None
    capacity_method: str
    ambient_temp_c: float
    verdict: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeChange:
    """A change of the code in force, and the inspection that made it."""

    at: datetime
    from_code: Code | None
    to_code: Code
    inspection_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What happened to a battery; each list newest first, at most 500 rows."""

    inspections: tuple[Inspected, ...]
    code_changes: tuple[CodeChange, ...]
    custody_events: tuple[Link, ...]


def find(session: Session, *, battery_id: UUID) -> History:
    """Find what happened to a battery that the reader may see."""
    return History(
        inspections=_inspections(session, battery_id),
        code_changes=_code_changes(session, battery_id),
        custody_events=_custody_events(session, battery_id),
    )


def _inspections(session: Session, battery_id: UUID) -> tuple[Inspected, ...]:
    rows = session.execute(
        select(
            inspection.c.inspection_id,
            inspection.c.tested_at,
            inspection.c.received_at,
            station.c.code.label("station_code"),
            instrument.c.code.label("instrument_code"),
            instrument.c.model.label("instrument_model"),
            inspection.c.internal_resistance_mohm,
            inspection.c.resistance_method,
            inspection.c.max_output_voltage_v,
            inspection.c.discharge_capacity_ah,
            inspection.c.capacity_method,
            inspection.c.ambient_temp_c,
            evaluation.c.record.label("verdict"),
        )
        .join(
            evaluation,
            (evaluation.c.battery_id == inspection.c.battery_id)
            & (evaluation.c.inspection_id == inspection.c.inspection_id)
            & evaluation.c.is_legal,
        )
        .join(station, station.c.station_id == inspection.c.station_id)
        .join(instrument, instrument.c.instrument_id == inspection.c.instrument_id)
        .where(inspection.c.battery_id == battery_id)
        .order_by(inspection.c.tested_at.desc(), inspection.c.inspection_id.desc())
        .limit(MAX_EACH)
    )
    return tuple(Inspected(**row) for row in rows.mappings())


def _code_changes(session: Session, battery_id: UUID) -> tuple[CodeChange, ...]:
    rows = session.execute(
        select(code_change)
        .where(code_change.c.battery_id == battery_id)
        .order_by(
            code_change.c.at.desc(),
            # Several of one delivery have one time: red is never left in it, and
            # before a battery's first code there was none.
            (code_change.c.to_code == Code.RED.value).desc(),
            code_change.c.from_code.is_(None),
            code_change.c.change_id.desc(),
        )
        .limit(MAX_EACH)
    )
    return tuple(
        CodeChange(
            at=row.at,
            from_code=Code(row.from_code) if row.from_code else None,
            to_code=Code(row.to_code),
            inspection_id=row.inspection_id,
        )
        for row in rows
    )


def _custody_events(session: Session, battery_id: UUID) -> tuple[Link, ...]:
    rows = session.execute(
        custody.EVENTS.where(custody_event.c.battery_id == battery_id)
        .order_by(
            custody_event.c.recorded_at.desc(),
            custody_event.c.case_id.desc(),
            custody_event.c.seq.desc(),
        )
        .limit(MAX_EACH)
    )
    return tuple(custody.link(row) for row in rows)
