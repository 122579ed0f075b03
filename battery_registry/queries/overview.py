"""The city at a glance: what was found, what is open, who is late or silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Scope
from battery_registry.queries import districts, figures, scoping
from battery_registry.queries.districts import District
from battery_registry.queries.figures import By, Months
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.cases import case, ledger_leaf
from battery_registry.store.tables.incidents import incident
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station

# A station of the city works six days a week; after a whole week without one
# reading it is closed, or its uploads do not arrive.
SILENT_AFTER: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class DistrictFigures:
    """One district: inspections and red ones of the period, cases of now."""

    district: District
    inspections: int
    reds: int
    open_cases: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthFigures:
    """One month, ``2026-11``: how many inspections, how many of them red."""

    month: str
    inspections: int
    reds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SilentStation:
    """A station without a reading for a week; ``last_at`` None: never one."""

    code: str
    name_zh: str
    name_en: str
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The figures of one part of the city.

    Args:
        by_code: Inspections of the period, by code; every code has one.
        new_day: Cases opened in the last 24 hours, closed ones too.
        new_week: The same of seven days.
        open_cases: Cases that are open now.
        overdue: Those of them whose next step is late.
        incidents: Incidents that nobody has settled.
        silent: Stations that sent nothing for a week.
        districts: Every district that the reader may see.
        months: Every month of the period that has inspections.
    """

    by_code: Mapping[str, int]
    new_day: int
    new_week: int
    open_cases: int
    overdue: int
    incidents: int
    silent: tuple[SilentStation, ...]
    districts: tuple[DistrictFigures, ...]
    months: tuple[MonthFigures, ...]

    @property
    def inspections(self) -> int:
        """All inspections of the period."""
        return sum(self.by_code.values())


def count(session: Session, *, months: Months, scope: Scope, now: datetime) -> Overview:
    """Count everything, from counters and from the indexes of open cases.

    Args:
        session: Where to read.
        months: The period of the inspections.
        scope: What the reader may see.
        now: The time of the question, aware.
    """
    split = (By.DISTRICT, By.MONTH, By.CODE)
    counted = figures.count(session, by=split, months=months, scope=scope)
    by_code = {code.value: 0 for code in Code}
    found: dict[str | None, int] = {}
    red: dict[str | None, int] = {}
    for each in counted:
        by_code[str(each.code)] += each.inspections
        reds = each.inspections if each.code == Code.RED else 0
        for key in (each.district, each.month):
            found[key] = found.get(key, 0) + each.inspections
            red[key] = red.get(key, 0) + reds
    cases = _open_cases(session, scope, now)
    new_day, new_week = _new_cases(session, scope, now)
    return Overview(
        by_code=by_code,
        new_day=new_day,
        new_week=new_week,
        open_cases=sum(number for number, _ in cases.values()),
        overdue=sum(late for _, late in cases.values()),
        incidents=_incidents(session, scope),
        silent=_silent(session, scope, now),
        districts=tuple(
            DistrictFigures(
                district=each,
                inspections=found.get(each.district_code, 0),
                reds=red.get(each.district_code, 0),
                open_cases=cases.get(each.district_code, (0, 0))[0],
                overdue=cases.get(each.district_code, (0, 0))[1],
            )
            for each in districts.list_all(session)
            if scope.district_code in {None, each.district_code}
        ),
        months=tuple(
            MonthFigures(month=month, inspections=found[month], reds=red[month])
            for month in sorted({str(each.month) for each in counted})
        ),
    )


def newest_leaf(session: Session) -> str:
    """Tell the newest unsealed leaf of the ledger, which every change leaves.

    One look at the end of an index: cheap enough to ask every second. Two
    transactions may end in another order than they began, so that one is seen
    only with the next; who needs to be sure counts again every few seconds.
    """
    newest = session.scalar(
        select(ledger_leaf.c.leaf_id)
        .where(ledger_leaf.c.tree_index.is_(None))
        .order_by(ledger_leaf.c.leaf_id.desc())
        .limit(1)
    )
    return str(newest)


def _open_cases(
    session: Session, scope: Scope, now: datetime
) -> dict[str, tuple[int, int]]:
    """Count open and late cases by district."""
    late = func.sum(when((case.c.due_at < now, 1), else_=0)).label("late")
    rows = session.execute(
        select(case.c.district_code, func.count().label("opened"), late)
        .where(case.c.closed_at.is_(None), *_cases_of(scope))
        .group_by(case.c.district_code)
    )
    return {row.district_code: (row.opened, int(row.late)) for row in rows}


def _new_cases(session: Session, scope: Scope, now: datetime) -> tuple[int, int]:
    is_today = when((case.c.opened_at >= now - DAY, 1), else_=0)
    row = session.execute(
        select(
            func.coalesce(func.sum(is_today), 0).label("day"),
            func.count().label("week"),
        ).where(case.c.opened_at >= now - WEEK, *_cases_of(scope))
    ).one()
    return int(row.day), row.week


def _cases_of(scope: Scope) -> list[ColumnElement[bool]]:
    return scoping.conditions(
        scope, district=case.c.district_code, station_id=case.c.station_id
    )


def _incidents(session: Session, scope: Scope) -> int:
    wanted = select(func.count()).where(incident.c.closed_at.is_(None))
    if scope.district_code is not None:
        own = incident.c.district_code
        wanted = wanted.where(or_(own == scope.district_code, own.is_(None)))
    return session.scalar(wanted) or 0


def _silent(session: Session, scope: Scope, now: datetime) -> tuple[SilentStation, ...]:
    last_at = (
        select(func.max(inspection.c.received_at))
        .where(inspection.c.station_id == station.c.station_id)
        .correlate(station)
        .scalar_subquery()
        .label("last_at")
    )
    since = now - SILENT_AFTER
    rows = session.execute(
        select(station.c.code, station.c.name_zh, station.c.name_en, last_at)
        .where(
            station.c.disabled_at.is_(None),
            station.c.created_at < since,
            *scoping.conditions(
                scope,
                district=station.c.district_code,
                station_id=station.c.station_id,
            ),
        )
        .order_by(station.c.code)
    ).mappings()
    return tuple(
        SilentStation(**row)
        for row in rows
        if row["last_at"] is None or row["last_at"] < since
    )
