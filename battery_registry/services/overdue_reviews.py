"""Tell of retests and appeals whose deadline is past, once each."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Row, Select, Table, select, tuple_, update
from sqlalchemy.orm import Session

from battery_registry.services import notices
from battery_registry.services.notices import Topic
from battery_registry.store.tables.appeals import appeal, retest
from battery_registry.store.tables.cases import case
from battery_registry.store.writes import Writes

AT_ONCE: Final = 200
_REVIEWS: Final = (
    (Topic.APPEAL_OVERDUE, appeal, appeal.c.appeal_id),
    (Topic.RETEST_OVERDUE, retest, retest.c.retest_id),
)


def escalate(session: Session, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Tell of appeals nobody decided and retests nobody passed in time.

    Both stay open: a decision is still owed, and a test that was made in time
    may still arrive. On PostgreSQL those that another holds are stepped over.

    Args:
        session: A transaction that writes.
        now: The time of the question, aware.
        limit: At most so many of each.

    Returns:
        How many were told of.
    """
    return sum(
        _escalate(session, topic, table, key, now=now, limit=limit)
        for topic, table, key in _REVIEWS
    )


def _escalate(
    session: Session,
    topic: Topic,
    table: Table,
    key: Column[object],
    *,
    now: datetime,
    limit: int,
) -> int:
    rows = session.execute(_late(table, key, now).limit(limit)).all()
    if not rows:
        return 0
    session.execute(
        update(table)
        .where(
            tuple_(table.c.battery_id, key).in_(
                [(row.battery_id, getattr(row, key.name)) for row in rows]
            )
        )
        .values(overdue_told_at=now)
    )
    writes = Writes()
    for row in rows:
        _tell(writes, topic, row, key=key.name, now=now)
    writes.flush(session)
    return len(rows)


def _late(table: Table, key: Column[object], now: datetime) -> Select[Any]:
    return (
        select(table, case.c.public_code, case.c.district_code)
        .join(
            case,
            (case.c.battery_id == table.c.battery_id)
            & (case.c.case_id == table.c.case_id),
        )
        .where(table.c.state == "open")
        .where(table.c.overdue_told_at.is_(None))
        .where(table.c.due_at < now)
        .order_by(table.c.due_at, key)
        .with_for_update(skip_locked=True, of=table)
    )


def _tell(
    writes: Writes, topic: Topic, row: Row[Any], *, key: str, now: datetime
) -> None:
    notices.tell(
        writes,
        topic=topic,
        battery_id=row.battery_id,
        payload={
            key: str(getattr(row, key)),
            "case_id": str(row.case_id),
            "code": row.public_code,
            "district_code": row.district_code,
            "due_at": row.due_at.isoformat(),
            "late_hours": int((now - row.due_at).total_seconds() // 3600),
        },
        now=now,
    )
