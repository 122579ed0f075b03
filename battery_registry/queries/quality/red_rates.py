"""How many packs of each age each station found red."""

from typing import Any, Final

from sqlalchemy import ColumnElement, case, extract, func, select
from sqlalchemy.orm import Session

from battery_registry.queries.quality.period import Period
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.quality.funnel import Band
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import station

COLOURS: Final = (Code.GREEN.value, Code.YELLOW.value, Code.RED.value)
# The first month of age that is no more in the band.
BANDS: Final = ((24, "0-2"), (48, "2-4"), (72, "4-6"))
OLDEST: Final = "6+"
UNKNOWN: Final = "unknown"
"""The label names no date of production."""
_MONTHS = 12


def count(session: Session, *, period: Period) -> dict[str, dict[str, Band]]:
    """Count batteries that got a colour, and those that got red, by age.

    A battery counts once at a station however often it was tested, so that
    retests of red ones do not weigh.

    Returns:
        By code of every station of the city that gave a colour, and by band.
    """
    # Battery by battery first: to count distinct ones would sort them all.
    is_red = case((evaluation.c.code == Code.RED.value, 1), else_=0)
    batteries = (
        select(
            inspection.c.station_id,
            inspection.c.battery_id,
            _band().label("band"),
            func.max(is_red).label("is_red"),
        )
        .join(
            evaluation,
            (evaluation.c.battery_id == inspection.c.battery_id)
            & (evaluation.c.inspection_id == inspection.c.inspection_id)
            & evaluation.c.is_legal,
        )
        .join(battery, battery.c.battery_id == inspection.c.battery_id)
        .where(period.holds())
        .where(evaluation.c.code.in_(COLOURS))
        .group_by(inspection.c.station_id, inspection.c.battery_id, "band")
        .subquery()
    )
    rows = session.execute(
        select(
            station.c.code,
            batteries.c.band,
            func.count(),
            func.sum(batteries.c.is_red),
        )
        .join(batteries, batteries.c.station_id == station.c.station_id)
        .group_by(station.c.code, batteries.c.band)
        .order_by(station.c.code)
    )
    found: dict[str, dict[str, Band]] = {}
    for code, age, n, red in rows:
        found.setdefault(code, {})[age] = Band(n=n, red=int(red))
    return found


def _band() -> ColumnElement[Any]:
    """The band of age at the test, by calendar months, alike on every database."""
    made, tested = battery.c.production_date, inspection.c.tested_at
    months = (
        (extract("year", tested) - extract("year", made)) * _MONTHS
        + extract("month", tested)
        - extract("month", made)
    )
    return case(
        (made.is_(None), UNKNOWN),
        *((months < end, name) for end, name in BANDS),
        else_=OLDEST,
    )
