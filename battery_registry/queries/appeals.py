"""Find retests and appeals: what is open, what is due, what came of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, Table, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.appeals import AppealState
from battery_registry.domain.caller import EVERYTHING, Scope
from battery_registry.domain.code import PublicCode
from battery_registry.domain.retests import Finding, RetestState
from battery_registry.queries import keyset, scoping
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.appeals import appeal, retest, retest_inspection
from battery_registry.store.tables.cases import case

PAGE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedInspection:
    """An inspection that came in while a retest was open.

    Args:
        inspection_id: The inspection.
        counts: It is one of the greens that the retest needs.
        finding: ``counts``, or why not.
        at: When it was received, UTC.
    """

    inspection_id: UUID
    counts: bool
    finding: Finding
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RetestRecord:
    """A retest with all that came in for it.

    Args:
        retest_id: Its id.
        public_code: The battery's label when it turned red.
        case_id: The case that it may end.
        state: Where it stands; lapsed from its deadline on.
        greens_needed: How many inspections must count.
        opened_at: When, UTC.
        opened_by: Code of the organisation that asked for it.
        due_at: Tested later does not count, UTC.
        closed_at: When it ended, UTC.
        inspections: What came in, oldest first.
    """

    retest_id: UUID
    public_code: PublicCode
    case_id: UUID
    state: RetestState
    greens_needed: int
    opened_at: datetime
    opened_by: str
    due_at: datetime
    closed_at: datetime | None
    inspections: tuple[TriedInspection, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealRecord:
    """An appeal.

    Args:
        appeal_id: Its id.
        public_code: The battery's label when it turned red.
        case_id: The case that it may end.
        state: Where it stands.
        grounds: Why the red is said to be wrong.
        filed_at: When, UTC.
        filed_by: Code of the organisation that filed it.
        due_at: Until when it must be decided, UTC.
        is_overdue: It is open and late at the time of the question.
        decided_at: When it was decided, UTC.
        decided_by: Code of the regulator's organisation.
        note: Why it was decided so.
    """

    appeal_id: UUID
    public_code: PublicCode
    case_id: UUID
    state: AppealState
    grounds: str
    filed_at: datetime
    filed_by: str
    due_at: datetime
    is_overdue: bool
    decided_at: datetime | None
    decided_by: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RetestPage:
    """A page of retests, newest first."""

    items: tuple[RetestRecord, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealPage:
    """A page of appeals, newest first."""

    items: tuple[AppealRecord, ...]
    next_cursor: str | None


def find_retests(
    session: Session, *, scope: Scope, now: datetime, cursor: str | None = None
) -> RetestPage:
    """Find a page of retests, newest first.

    Args:
        session: Where to read.
        scope: What the reader may see.
        now: The time of the question, aware.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    order = (retest.c.opened_at, retest.c.retest_id)
    rows, more = _page(session, _of_cases(retest, scope), order, cursor)
    tried = _tried(session, rows)
    return RetestPage(
        items=tuple(_retest(row, tried.get(row.retest_id, []), now) for row in rows),
        next_cursor=more,
    )


def get_retest(session: Session, *, retest_id: UUID, now: datetime) -> RetestRecord:
    """Get a retest that is known to be there."""
    wanted = _of_cases(retest, EVERYTHING).where(retest.c.retest_id == retest_id)
    row = session.execute(wanted).one()
    return _retest(row, _tried(session, [row]).get(retest_id, []), now)


def find_appeals(
    session: Session, *, scope: Scope, now: datetime, cursor: str | None = None
) -> AppealPage:
    """Find a page of appeals, newest first.

    Args:
        session: Where to read.
        scope: What the reader may see.
        now: The time of the question, aware.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    order = (appeal.c.filed_at, appeal.c.appeal_id)
    rows, more = _page(session, _of_cases(appeal, scope), order, cursor)
    return AppealPage(
        items=tuple(_appeal(row, now) for row in rows),
        next_cursor=more,
    )


def get_appeal(session: Session, *, appeal_id: UUID, now: datetime) -> AppealRecord:
    """Get an appeal that is known to be there."""
    wanted = _of_cases(appeal, EVERYTHING).where(appeal.c.appeal_id == appeal_id)
    return _appeal(session.execute(wanted).one(), now)


def appeals_of(
    session: Session, *, battery_id: UUID, case_id: UUID, now: datetime
) -> tuple[AppealRecord, ...]:
    """List the appeals of one case that the reader may see, oldest first."""
    wanted = _of_case(appeal, battery_id, case_id).order_by(appeal.c.filed_at)
    return tuple(_appeal(row, now) for row in session.execute(wanted))


def retests_of(
    session: Session, *, battery_id: UUID, case_id: UUID, now: datetime
) -> tuple[RetestRecord, ...]:
    """List the retests of one case that the reader may see, oldest first."""
    wanted = _of_case(retest, battery_id, case_id).order_by(retest.c.opened_at)
    rows = list(session.execute(wanted))
    tried = _tried(session, rows)
    return tuple(_retest(row, tried.get(row.retest_id, []), now) for row in rows)


def _of_case(table: Table, battery_id: UUID, case_id: UUID) -> Select[Any]:
    wanted = _of_cases(table, EVERYTHING)
    return wanted.where(table.c.battery_id == battery_id, table.c.case_id == case_id)


def _of_cases(table: Table, scope: Scope) -> Select[Any]:
    return (
        select(table, case.c.public_code)
        .join(
            case,
            (case.c.battery_id == table.c.battery_id)
            & (case.c.case_id == table.c.case_id),
        )
        .where(
            *scoping.conditions(
                scope, district=case.c.district_code, station_id=case.c.station_id
            )
        )
    )


def _page(
    session: Session, wanted: Select[Any], order: tuple[Any, Any], cursor: str | None
) -> tuple[list[Row[Any]], str | None]:
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(tuple_(*order) < (after.at, after.key))
    descending = wanted.order_by(*(column.desc() for column in order))
    rows = list(session.execute(descending.limit(PAGE + 1)))
    shown = rows[:PAGE]
    if len(rows) <= PAGE:
        return shown, None
    at, key = (getattr(shown[-1], column.name) for column in order)
    return shown, keyset.write(Position(at=at, key=key))


def _tried(
    session: Session, rows_of_retests: list[Row[Any]]
) -> dict[UUID, list[TriedInspection]]:
    found: dict[UUID, list[TriedInspection]] = {}
    rows = session.execute(
        select(retest_inspection)
        .where(
            retest_inspection.c.battery_id.in_([r.battery_id for r in rows_of_retests])
        )
        .where(
            retest_inspection.c.retest_id.in_([r.retest_id for r in rows_of_retests])
        )
        .order_by(retest_inspection.c.at, retest_inspection.c.inspection_id)
    )
    for row in rows:
        found.setdefault(row.retest_id, []).append(
            TriedInspection(
                inspection_id=row.inspection_id,
                counts=row.counts,
                finding=Finding(row.finding),
                at=row.at,
            )
        )
    return found


def _retest(row: Row[Any], tried: list[TriedInspection], now: datetime) -> RetestRecord:
    state = RetestState(row.state)
    if state is RetestState.OPEN and row.due_at < now:
        # What was tested in time may still arrive, so the row is left open.
        state = RetestState.LAPSED
    return RetestRecord(
        retest_id=row.retest_id,
        public_code=row.public_code,
        case_id=row.case_id,
        state=state,
        greens_needed=row.greens_needed,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        due_at=row.due_at,
        closed_at=row.closed_at,
        inspections=tuple(tried),
    )


def _appeal(row: Row[Any], now: datetime) -> AppealRecord:
    return AppealRecord(
        appeal_id=row.appeal_id,
        public_code=row.public_code,
        case_id=row.case_id,
        state=AppealState(row.state),
        grounds=row.grounds,
        filed_at=row.filed_at,
        filed_by=row.filed_by,
        due_at=row.due_at,
        is_overdue=row.state == AppealState.OPEN.value and row.due_at < now,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        note=row.decision_note,
    )
