"""Find recalls, and the batteries that one covers or would cover."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.recalls import RecallState, RecallUnknownError
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store import recalls as kept
from battery_registry.store.recalls import Covered
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.recalls import recall, recall_battery

PAGE: Final = 50
_ANY_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What is ordered by its key alone needs no time in its cursor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecallRecord:
    """A recall.

    Args:
        recall_id: Its id.
        state: How far it has come.
        maker: Whose batteries.
        model: Which model, None for all.
        code_from: First maker's code of a range.
        code_to: Last one, itself included.
        produced_from: First day of production.
        produced_until: Last day of production, itself included.
        reason: Why.
        proposed_at: When, UTC.
        proposed_by: Code of the organisation.
        confirmed_at: When a second person confirmed it, UTC.
        confirmed_by: Code of their organisation.
        withdrawing_at: When its withdrawal was begun, UTC.
        withdrawing_by: Code of the organisation.
        withdrawn_at: When it ended, UTC.
        withdrawn_by: Code of the organisation.
    """

    recall_id: UUID
    state: RecallState
    maker: str
    model: str | None
    code_from: str | None
    code_to: str | None
    produced_from: date | None
    produced_until: date | None
    reason: str
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    withdrawing_at: datetime | None
    withdrawing_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecallPage:
    """A page of recalls, newest first."""

    items: tuple[RecallRecord, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredPage:
    """A page of the batteries that a recall covers, in the order they came.

    Args:
        count: All of them.
        possible: Of these, those that may be meant: not all is known of them.
        items: The page.
        next_cursor: Cursor of the next page; None on the last one.
    """

    count: int
    possible: int
    items: tuple[Covered, ...]
    next_cursor: str | None


def find_all(session: Session, *, cursor: str | None = None) -> RecallPage:
    """Find a page of recalls, newest first.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    order = (recall.c.proposed_at, recall.c.recall_id)
    wanted = select(recall).order_by(*(column.desc() for column in order))
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(tuple_(*order) < (after.at, after.key))
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    items = tuple(_recall(row) for row in rows[:PAGE])
    if len(rows) <= PAGE:
        return RecallPage(items=items, next_cursor=None)
    last = Position(at=items[-1].proposed_at, key=items[-1].recall_id)
    return RecallPage(items=items, next_cursor=keyset.write(last))


def get(session: Session, *, recall_id: UUID) -> RecallRecord:
    """Get a recall.

    Raises:
        RecallUnknownError: There is no such recall.
    """
    return _recall(_get_row(session, recall_id))


def find_batteries(
    session: Session, *, recall_id: UUID, cursor: str | None = None
) -> CoveredPage:
    """Find the batteries of a recall: those it would cover, once confirmed it does.

    Args:
        session: Where to read.
        recall_id: The recall.
        cursor: Where the page before ended.

    Raises:
        RecallUnknownError: There is no such recall.
        CursorError: The cursor is not one of this list.
    """
    row = _get_row(session, recall_id)
    after = keyset.read(cursor) if cursor is not None else None
    if RecallState(row.state) is RecallState.PROPOSED or row.confirmed_at is None:
        return _preview(session, row, after)
    return _recorded(session, recall_id, after)


def _preview(session: Session, row: Row[Any], after: Position | None) -> CoveredPage:
    count = possible = 0
    items: list[Covered] = []
    for one in kept.find_covered(session, criteria=kept.criteria_of(row)):
        count += 1
        possible += not one.is_certain
        is_later = after is None or one.battery_id > after.key
        if is_later and len(items) <= PAGE:
            items.append(one)
    return _page(count, possible, items)


def _recorded(session: Session, recall_id: UUID, after: Position | None) -> CoveredPage:
    count, certain = session.execute(
        select(
            func.count(),
            func.count().filter(recall_battery.c.is_certain),
        ).where(recall_battery.c.recall_id == recall_id)
    ).one()
    # Ids are made in order of time, so this is the order in which they came.
    order = recall_battery.c.battery_id
    wanted = (
        select(
            battery.c.battery_id,
            battery.c.public_code,
            battery.c.district_code,
            battery.c.model,
            battery.c.registered_at,
            recall_battery.c.is_certain,
        )
        .join(battery, battery.c.battery_id == recall_battery.c.battery_id)
        .where(recall_battery.c.recall_id == recall_id)
        .order_by(order)
        .limit(PAGE + 1)
    )
    if after is not None:
        wanted = wanted.where(order > after.key)
    items = [Covered(**row._asdict()) for row in session.execute(wanted)]
    return _page(count, count - certain, items)


def _page(count: int, possible: int, items: list[Covered]) -> CoveredPage:
    shown = tuple(items[:PAGE])
    following = None
    if len(items) > PAGE:
        following = keyset.write(Position(at=_ANY_TIME, key=shown[-1].battery_id))
    return CoveredPage(
        count=count, possible=possible, items=shown, next_cursor=following
    )


def _get_row(session: Session, recall_id: UUID) -> Row[Any]:
    row = session.execute(
        select(recall).where(recall.c.recall_id == recall_id)
    ).one_or_none()
    if row is None:
        raise RecallUnknownError
    return row


def _recall(row: Row[Any]) -> RecallRecord:
    told = {
        name: value
        for name, value in row._asdict().items()
        if not name.endswith("_actor")
    }
    return RecallRecord(**{**told, "state": RecallState(row.state)})
