"""How often stations handed in what is hard to believe."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import Session

from battery_registry.queries.quality.period import Period
from battery_registry.scoring.quality.plausibility import RULES
from battery_registry.store.tables.parties import station
from battery_registry.store.tables.quality import inspection_finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """How many inspections a rule of plausibility fired on."""

    finding: str
    severity: str
    inspections: int


def count(session: Session, *, station_id: UUID, period: Period) -> tuple[Doubt, ...]:
    """Count a station's findings by rule; rules that never fired count 0."""
    rows = session.execute(
        select(inspection_finding.c.finding, func.count())
        .where(inspection_finding.c.station_id == station_id)
        .where(_within(period))
        .group_by(inspection_finding.c.finding)
    )
    found = {row[0]: row[1] for row in rows}
    return tuple(
        Doubt(
            finding=rule.id,
            severity=rule.severity.value,
            inspections=found.get(rule.id, 0),
        )
        for rule in RULES
    )


def count_by_station(session: Session, *, period: Period) -> dict[str, int]:
    """Count the inspections with any finding, by code of the station."""
    rows = session.execute(
        select(station.c.code, func.count(distinct(inspection_finding.c.inspection_id)))
        .join(
            inspection_finding, inspection_finding.c.station_id == station.c.station_id
        )
        .where(_within(period))
        .group_by(station.c.code)
    )
    return {row[0]: row[1] for row in rows}


def _within(period: Period) -> ColumnElement[bool]:
    return (inspection_finding.c.received_at >= period.since) & (
        inspection_finding.c.received_at < period.until
    )
