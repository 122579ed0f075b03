"""Find the open retest and the open appeal of a battery."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from battery_registry.domain.holds import Hold, Question
from battery_registry.store.tables.appeals import appeal, retest

_ID = bindparam("battery_id", type_=Uuid())
_OPEN = union_all(
    select(
        literal(Question.APPEAL.value).label("question"),
        appeal.c.appeal_id.label("subject_id"),
        appeal.c.due_at,
    ).where(appeal.c.battery_id == _ID, appeal.c.state == "open"),
    select(
        literal(Question.RETEST.value).label("question"),
        retest.c.retest_id.label("subject_id"),
        retest.c.due_at,
    ).where(retest.c.battery_id == _ID, retest.c.state == "open"),
)


def find(session: Session, *, battery_id: UUID) -> tuple[Hold, ...]:
    """Find what may hold a battery back; the appeal first."""
    rows = session.execute(_OPEN, {"battery_id": battery_id})
    return tuple(
        Hold(
            question=Question(row.question),
            subject_id=row.subject_id,
            due_at=row.due_at,
        )
        for row in rows
    )
