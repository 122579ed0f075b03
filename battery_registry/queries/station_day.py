"""What a station did today, and what it did last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import CITY_ZONE, city_date
from battery_registry.domain.code import PublicCode
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection


@dataclass(frozen=True, kw_only=True, slots=True)
class LastReading:
    """One inspection as it came in; ``code`` is what it found, not what is in force."""

    inspection_id: UUID
    public_code: PublicCode
    maker: str | None
    code: Code
    tested_at: datetime
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StationDay:
    """Today's inspections by code, every code with a number; the last readings."""

    by_code: Mapping[str, int]
    last: tuple[LastReading, ...]

    @property
    def inspections(self) -> int:
        """All inspections of today."""
        return sum(self.by_code.values())


def find(
    session: Session, *, station_id: UUID, now: datetime, last: int = 10
) -> StationDay:
    """Find a station's day.

    Args:
        session: Where to read.
        station_id: The station.
        now: The time of the question, aware; its city day is today.
        last: How many readings are shown, whatever day they came in.
    """
    midnight = datetime.combine(city_date(now), time(), tzinfo=CITY_ZONE)
    counted = session.execute(
        _judged(select(evaluation.c.code, func.count().label("number")))
        .where(inspection.c.station_id == station_id)
        .where(inspection.c.received_at >= midnight)
        .group_by(evaluation.c.code)
    )
    by_code = {code.value: 0 for code in Code}
    by_code.update({row.code: row.number for row in counted})
    rows = session.execute(
        _judged(
            select(
                inspection.c.inspection_id,
                battery.c.public_code,
                battery.c.maker,
                evaluation.c.code,
                inspection.c.tested_at,
                inspection.c.received_at,
            )
        )
        .join(battery, battery.c.battery_id == inspection.c.battery_id)
        .where(inspection.c.station_id == station_id)
        .order_by(inspection.c.received_at.desc(), inspection.c.inspection_id.desc())
        .limit(last)
    ).mappings()
    return StationDay(
        by_code=by_code,
        last=tuple(LastReading(**{**row, "code": Code(row["code"])}) for row in rows),
    )


def _judged(wanted: Select[Any]) -> Select[Any]:
    return wanted.select_from(inspection).join(
        evaluation,
        (evaluation.c.battery_id == inspection.c.battery_id)
        & (evaluation.c.inspection_id == inspection.c.inspection_id)
        & evaluation.c.is_legal,
    )
