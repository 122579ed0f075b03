"""The red list: cases by place, time, maker, state and age, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Scope
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import PartyKind, State, is_open
from battery_registry.queries import keyset, scoping
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.parties import district, station

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50


class LimitError(RegistryError):
    """A page has 1 to 200 rows."""

    code: ClassVar[str] = "limit_out_of_range"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Which cases; a filter that is not given does not narrow.

    Args:
        district: District code.
        states: States of the case; empty means every open one.
        maker: The maker as on the label.
        model: The model as on the label.
        since: Opened then or later, aware.
        until: Opened before, aware.
        overdue: True for cases whose step is overdue, False for the others.
        holder: ``resident``, or the code of the organisation that answers.
    """

    district: str | None = None
    states: tuple[State, ...] = ()
    maker: str | None = None
    model: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    overdue: bool | None = None
    holder: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RedCase:
    """One case on the red list.

    Args:
        case_id: Its id.
        public_code: The battery's public code, without hyphens.
        state: Where the battery is on its way.
        opened_at: When the case was opened, UTC.
        state_since: When the last step happened, UTC.
        due_at: Until when the next step must be made; None once closed.
        closed_at: When it was destroyed or cleared.
        is_overdue: The next step is late at the time of the question.
        age_days: Whole days since it was opened, until it was closed or now.
        holder: ``resident``, or the code of the organisation that answers.
        district_code: Where it was found; ``district_zh`` and ``district_en``
            are its names.
        station_code: The station that found it; with its names.
        maker: The maker as on the label.
        model: The model as on the label.
    """

    case_id: UUID
    public_code: PublicCode
    state: State
    opened_at: datetime
    state_since: datetime
    due_at: datetime | None
    closed_at: datetime | None
    is_overdue: bool
    age_days: int
    holder: str
    district_code: str
    district_zh: str
    district_en: str
    station_code: str
    station_zh: str
    station_en: str
    maker: str | None
    model: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RedPage:
    """Some rows of the red list, and the cursor of the next page, if any."""

    items: tuple[RedCase, ...]
    next_cursor: str | None


_LIST = (
    select(
        case.c.case_id,
        case.c.public_code,
        case.c.state,
        case.c.opened_at,
        case.c.state_since,
        case.c.due_at,
        case.c.closed_at,
        case.c.holder_kind,
        case.c.holder_code,
        case.c.district_code,
        district.c.name_zh.label("district_zh"),
        district.c.name_en.label("district_en"),
        station.c.code.label("station_code"),
        station.c.name_zh.label("station_zh"),
        station.c.name_en.label("station_en"),
        case.c.maker,
        case.c.model,
    )
    .join(district, district.c.district_code == case.c.district_code)
    .join(station, station.c.station_id == case.c.station_id)
    .order_by(case.c.opened_at.desc(), case.c.case_id.desc())
)


def find(
    session: Session,
    *,
    filters: Filters,
    scope: Scope,
    now: datetime,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> RedPage:
    """Find a page of cases, newest first.

    Args:
        session: Where to read.
        filters: Which cases; open ones unless states are named.
        scope: What the reader may see.
        now: The time of the question, aware; decides what is overdue.
        limit: Rows of a page, 1 to 200.
        cursor: Where the page before ended.

    Raises:
        LimitError: The limit is not 1 to 200.
        CursorError: The cursor is not one of this list.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise LimitError(field="limit", most=MAX_LIMIT)
    after = keyset.read(cursor) if cursor is not None else None
    items = page(
        session, filters=filters, scope=scope, now=now, limit=limit + 1, after=after
    )
    shown, is_more = items[:limit], len(items) > limit
    return RedPage(
        items=tuple(shown),
        next_cursor=keyset.write(position(shown[-1])) if is_more else None,
    )


def page(
    session: Session,
    *,
    filters: Filters,
    scope: Scope,
    now: datetime,
    limit: int,
    after: Position | None,
) -> Sequence[RedCase]:
    """Read the rows that follow a position; what ``find`` and the export walk by."""
    wanted = _LIST.where(*_conditions(filters, now)).limit(limit)
    wanted = wanted.where(
        *scoping.conditions(
            scope, district=case.c.district_code, station_id=case.c.station_id
        )
    )
    if after is not None:
        wanted = wanted.where(
            tuple_(case.c.opened_at, case.c.case_id) < (after.at, after.key)
        )
    return [_red_case(row, now) for row in session.execute(wanted)]


def position(last: RedCase) -> Position:
    """Say where a page that ends with this row ends."""
    return Position(at=last.opened_at, key=last.case_id)


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    same = {
        case.c.district_code: filters.district,
        case.c.maker: filters.maker,
        case.c.model: filters.model,
    }
    narrowed = [column == value for column, value in same.items() if value is not None]
    if filters.since is not None:
        narrowed.append(case.c.opened_at >= filters.since)
    if filters.until is not None:
        narrowed.append(case.c.opened_at < filters.until)
    narrowed += _of_states(filters.states)
    if filters.holder is not None:
        narrowed.append(_is_held_by(filters.holder))
    if filters.overdue is not None:
        narrowed.append(_is_late(now) if filters.overdue else _is_in_time(now))
    return narrowed


def _of_states(states: tuple[State, ...]) -> list[ColumnElement[bool]]:
    # Saying that the case is open lets the database use the index of open ones.
    opened = [case.c.closed_at.is_(None)] if all(map(is_open, states)) else []
    named = [case.c.state.in_([s.value for s in states])] if states else []
    return [*opened, *named]


def _is_held_by(holder: str) -> ColumnElement[bool]:
    if holder == PartyKind.RESIDENT:
        return case.c.holder_kind == holder
    return case.c.holder_code == holder


def _is_late(now: datetime) -> ColumnElement[bool]:
    return and_(case.c.closed_at.is_(None), case.c.due_at < now)


def _is_in_time(now: datetime) -> ColumnElement[bool]:
    return or_(
        case.c.closed_at.is_not(None), case.c.due_at.is_(None), case.c.due_at >= now
    )


def _red_case(row: Row[*tuple[Any, ...]], now: datetime) -> RedCase:
    is_late = row.closed_at is None and row.due_at is not None and row.due_at < now
    return RedCase(
        case_id=row.case_id,
        public_code=row.public_code,
        state=State(row.state),
        opened_at=row.opened_at,
        state_since=row.state_since,
        due_at=row.due_at,
        closed_at=row.closed_at,
        is_overdue=is_late,
        age_days=((row.closed_at or now) - row.opened_at).days,
        holder=row.holder_code or row.holder_kind,
        district_code=row.district_code,
        district_zh=row.district_zh,
        district_en=row.district_en,
        station_code=row.station_code,
        station_zh=row.station_zh,
        station_en=row.station_en,
        maker=row.maker,
        model=row.model,
    )
