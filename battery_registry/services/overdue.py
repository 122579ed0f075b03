"""Tell of every step that is late, once for each deadline."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, tuple_, update
from sqlalchemy.orm import Session

from battery_registry.services import notices
from battery_registry.services.notices import Topic
from battery_registry.store.tables.cases import case
from battery_registry.store.writes import Writes

AT_ONCE: Final = 200


def escalate(session: Session, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Tell of cases whose next step is overdue and that were not told of yet.

    A step taken since starts a new deadline, and with it a new silence. On
    PostgreSQL cases that another worker holds are stepped over.

    Args:
        session: A transaction that writes.
        now: The time of the question, aware.
        limit: At most so many, the latest deadline last.

    Returns:
        How many were told of.
    """
    rows = session.execute(
        select(case)
        .where(case.c.closed_at.is_(None))
        .where(case.c.overdue_told_at.is_(None))
        .where(case.c.due_at < now)
        .order_by(case.c.due_at, case.c.case_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    session.execute(
        update(case)
        .where(
            tuple_(case.c.battery_id, case.c.case_id).in_(
                [(row.battery_id, row.case_id) for row in rows]
            )
        )
        .values(overdue_told_at=now)
    )
    writes = Writes()
    for row in rows:
        _tell(writes, row, now=now)
    writes.flush(session)
    return len(rows)


def _tell(writes: Writes, row: Row[Any], *, now: datetime) -> None:
    notices.tell(
        writes,
        topic=Topic.OVERDUE,
        battery_id=row.battery_id,
        payload={
            "case_id": str(row.case_id),
            "code": row.public_code,
            "state": row.state,
            "holder": row.holder_code or row.holder_kind,
            "district_code": row.district_code,
            "state_since": row.state_since.isoformat(),
            "due_at": row.due_at.isoformat(),
            "late_hours": int((now - row.due_at).total_seconds() // 3600),
        },
        now=now,
    )
