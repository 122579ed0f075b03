"""Readings and recordings that were handed in for several packs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, distinct, func, select
from sqlalchemy.orm import Session

from battery_registry.queries.quality.period import Period
from battery_registry.scoring.quality import copies
from battery_registry.scoring.quality.copies import Copies
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station

MAX_SHOWN: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class EqualReadings:
    """Capacity, resistance and voltage that several packs have in common."""

    discharge_capacity_ah: float
    internal_resistance_mohm: float
    max_output_voltage_v: float
    packs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedRecording:
    """One use of a raw recording that was handed in for several packs: proof."""

    recording_sha256: str
    public_code: str
    station_code: str
    tested_at: datetime


def count_equal(
    session: Session, *, station_id: UUID, period: Period, fine: bool
) -> Copies:
    """Count equal readings of a station's packs.

    Args:
        session: Where to read.
        station_id: Whose.
        period: When they arrived.
        fine: The station's instruments tell fine readings, which are seldom
            equal by chance.
    """
    groups = _groups(station_id, period).subquery()
    packs = groups.c.packs
    row = session.execute(
        select(
            func.coalesce(func.sum(packs), 0),
            func.coalesce(func.sum(case((packs > 1, packs), else_=0)), 0),
            # Of two that follow one another one is even.
            func.coalesce(func.sum(packs * (packs - 1)), 0),
        )
    ).one()
    n, repeated, twice_pairs = (int(value) for value in row)
    return copies.judge(n=n, repeated=repeated, pairs=twice_pairs // 2, fine=fine)


def list_equal(
    session: Session, *, station_id: UUID, period: Period
) -> tuple[EqualReadings, ...]:
    """List the readings that most packs share, at most twenty."""
    groups = _groups(station_id, period)
    packs = func.count(distinct(inspection.c.battery_id))
    rows = session.execute(
        groups.having(packs > 1).order_by(packs.desc(), *_READINGS).limit(MAX_SHOWN)
    ).mappings()
    return tuple(
        EqualReadings(**{name: row[name] for name in EqualReadings.__slots__})
        for row in rows
    )


_READINGS = (
    inspection.c.discharge_capacity_ah,
    inspection.c.internal_resistance_mohm,
    inspection.c.max_output_voltage_v,
)


def _groups(station_id: UUID, period: Period) -> Select[*tuple[Any, ...]]:
    return (
        select(*_READINGS, func.count(distinct(inspection.c.battery_id)).label("packs"))
        .where(inspection.c.station_id == station_id)
        .where(period.holds())
        .where(*(reading.is_not(None) for reading in _READINGS))
        .group_by(*_READINGS, inspection.c.resistance_method)
    )


def count_shared(session: Session, *, period: Period) -> dict[str, int]:
    """Count the recordings of each station that another pack has too.

    Returns:
        By station's code; stations without any are left out.
    """
    rows = session.execute(
        select(station.c.code, func.count(distinct(inspection.c.recording_sha256)))
        .join(inspection, inspection.c.station_id == station.c.station_id)
        .join(_OTHER, _IS_COPY)
        .where(period.holds())
        .group_by(station.c.code)
    )
    return {row[0]: row[1] for row in rows}


def list_shared(
    session: Session, *, station_id: UUID, period: Period
) -> tuple[SharedRecording, ...]:
    """List every use of a station's recordings that several packs share.

    Uses at other stations, and before the period, are among them; at most
    twenty recordings, those with most uses.
    """
    # Asked first: as a part of the next question it would lead through all rows.
    shared = session.scalars(
        select(inspection.c.recording_sha256)
        .join(_OTHER, _IS_COPY)
        .where(inspection.c.station_id == station_id)
        .where(period.holds())
        .group_by(inspection.c.recording_sha256)
        # By number: in their own order, the whole index would be walked for them.
        .order_by(func.count().desc(), inspection.c.recording_sha256)
        .limit(MAX_SHOWN)
    ).all()
    rows = session.execute(
        select(
            inspection.c.recording_sha256,
            battery.c.public_code,
            station.c.code.label("station_code"),
            inspection.c.tested_at,
        )
        .join(battery, battery.c.battery_id == inspection.c.battery_id)
        .join(station, station.c.station_id == inspection.c.station_id)
        .where(inspection.c.recording_sha256.in_(shared))
        .order_by(inspection.c.recording_sha256, inspection.c.tested_at)
    ).mappings()
    return tuple(SharedRecording(**row) for row in rows)


_OTHER = inspection.alias("other")
_IS_COPY = (
    (_OTHER.c.recording_sha256 == inspection.c.recording_sha256)
    # Said aloud, so that the index of recordings is found.
    & _OTHER.c.recording_sha256.is_not(None)
    & (_OTHER.c.battery_id != inspection.c.battery_id)
)
