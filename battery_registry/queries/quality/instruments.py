"""What the checks of instruments by known references say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import RowMapping, case, exists, func, select
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.queries.quality.period import Period
from battery_registry.scoring.quality.drift import U_FRAC, Drift, Quantity, follow
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import instrument, station
from battery_registry.store.tables.quality import reference_check


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One instrument in use, and whether its readings are verified.

    Args:
        station_code: Where it is.
        code: Which it is there.
        model: Maker and model.
        readings: How many inspections it made in the period.
        unverified_readings: How many of them had no check within the seven
            days before.
        last_checked_at: None when it never was.
        unverified: No check in the last seven days.
        drifts: What its checks since its calibration say, by quantity.
    """

    station_code: str
    code: str
    model: str
    readings: int
    unverified_readings: int
    last_checked_at: datetime | None
    unverified: bool
    drifts: Mapping[Quantity, Drift]

    @property
    def out_of_control(self) -> bool:
        """Whether any quantity has drifted beyond its limit."""
        return any(drift.out_of_control for drift in self.drifts.values())


def find(
    session: Session,
    *,
    station_ids: Iterable[UUID],
    period: Period,
    now: datetime,
) -> tuple[Checked, ...]:
    """Find the instruments in use at stations, by station and code.

    Args:
        session: Where to read.
        station_ids: Whose.
        period: When inspections arrived, and from when on checks count.
        now: Seven days before it a check must have been made.
    """
    wanted = list(station_ids)
    counted = _readings(session, wanted, period)
    checks = _checks(session, wanted, period)
    rows = session.execute(
        select(
            instrument.c.instrument_id,
            instrument.c.code,
            instrument.c.model,
            instrument.c.calibrated_on,
            station.c.code.label("station_code"),
            func.max(reference_check.c.checked_at).label("last_checked_at"),
            func.max(reference_check.c.valid_until).label("valid_until"),
        )
        .join(station, station.c.station_id == instrument.c.station_id)
        .outerjoin(
            reference_check,
            reference_check.c.instrument_id == instrument.c.instrument_id,
        )
        .where(instrument.c.station_id.in_(wanted))
        .where(instrument.c.disabled_at.is_(None))
        .group_by(instrument.c.instrument_id, station.c.code)
        .order_by(station.c.code, instrument.c.code)
    )
    return tuple(
        _checked(
            row,
            counted.get(row["instrument_id"], (0, 0)),
            checks.get(row["instrument_id"], ()),
            now,
        )
        for row in rows.mappings()
    )


def _checked(
    row: RowMapping,
    readings: tuple[int, int],
    checks: Iterable[tuple[str, float, datetime]],
    now: datetime,
) -> Checked:
    # A calibration begins anew, at the start of its day in the city.
    start = datetime.combine(row["calibrated_on"], time(), CITY_ZONE).astimezone(UTC)
    errors: dict[Quantity, list[float]] = {}
    for quantity, error, at in checks:
        if at >= start:
            errors.setdefault(Quantity(quantity), []).append(error)
    return Checked(
        station_code=row["station_code"],
        code=row["code"],
        model=row["model"],
        readings=readings[0],
        unverified_readings=readings[1],
        last_checked_at=row["last_checked_at"],
        unverified=row["valid_until"] is None or row["valid_until"] < now,
        drifts={
            quantity: follow(told, u_frac=U_FRAC[quantity])
            for quantity, told in sorted(errors.items())
        },
    )


def _readings(
    session: Session, station_ids: list[UUID], period: Period
) -> dict[UUID, tuple[int, int]]:
    """Inspections by instrument, and how many of them no check covers."""
    is_covered = exists().where(
        (reference_check.c.instrument_id == inspection.c.instrument_id)
        & (reference_check.c.checked_at <= inspection.c.tested_at)
        & (reference_check.c.valid_until >= inspection.c.tested_at)
    )
    rows = session.execute(
        select(
            inspection.c.instrument_id,
            func.count(),
            func.sum(case((is_covered, 0), else_=1)),
        )
        .where(inspection.c.station_id.in_(station_ids))
        .where(period.holds())
        .group_by(inspection.c.instrument_id)
    )
    return {key: (n, int(uncovered)) for key, n, uncovered in rows}


def _checks(
    session: Session, station_ids: list[UUID], period: Period
) -> dict[UUID, list[tuple[str, float, datetime]]]:
    """The relative error of every check, oldest first; one a day is few."""
    rows = session.execute(
        select(
            reference_check.c.instrument_id,
            reference_check.c.quantity,
            (reference_check.c.reading / reference_check.c.reference_value - 1),
            reference_check.c.checked_at,
        )
        .where(reference_check.c.station_id.in_(station_ids))
        .where(reference_check.c.checked_at >= period.since)
        .where(reference_check.c.checked_at < period.until)
        .order_by(
            reference_check.c.instrument_id,
            reference_check.c.checked_at,
            reference_check.c.check_id,
        )
    )
    by_instrument = groupby(rows, key=itemgetter(0))
    return {
        key: [(quantity, error, at) for _, quantity, error, at in ones]
        for key, ones in by_instrument
    }
