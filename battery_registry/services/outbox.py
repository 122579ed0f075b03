"""Notices that wait: claimed by one worker, delivered, or tried again later.

A claim is a lease. Whoever dies with it loses it when it runs out, and the
notice goes to somebody else: every notice is delivered at least once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from battery_registry.channels.channel import Notice
from battery_registry.store.tables.cases import notice

LEASE = timedelta(minutes=2)
CLAIM_LIMIT = 50
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 86_400.0
STRUGGLING_AFTER = 5

_DOUBLINGS = 20
_LONGEST_ERROR = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """How far the worker is behind.

    Args:
        waiting: Notices that are not delivered yet.
        struggling: Those of them that failed five times or more.
        oldest_at: When the oldest of them was made.
    """

    waiting: int
    struggling: int
    oldest_at: datetime | None


def claim(
    session: Session, *, now: datetime, limit: int = CLAIM_LIMIT
) -> tuple[Notice, ...]:
    """Take the notices that are due, the oldest first, under a lease.

    On PostgreSQL rows that another worker holds are stepped over; SQLite's
    writers are alone (and know no ``FOR UPDATE``), there the lease suffices.

    Args:
        session: A transaction that writes; commit it before delivering.
        now: The time of the claim.
        limit: At most so many.
    """
    rows = session.execute(
        select(
            notice.c.notice_id,
            notice.c.topic,
            notice.c.payload,
            notice.c.created_at,
            notice.c.attempts,
        )
        .where(notice.c.sent_at.is_(None))
        .where(notice.c.available_at <= now)
        .where(or_(notice.c.locked_until.is_(None), notice.c.locked_until <= now))
        .order_by(notice.c.available_at, notice.c.notice_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = tuple(
        Notice(**{**row, "attempts": row["attempts"] + 1}) for row in rows.mappings()
    )
    if claimed:
        session.execute(
            update(notice)
            .where(notice.c.notice_id.in_([one.notice_id for one in claimed]))
            # Counted before the try: a notice that kills its worker is seen.
            .values(locked_until=now + LEASE, attempts=notice.c.attempts + 1)
        )
    return claimed


def mark_sent(session: Session, *, sent: Notice, now: datetime) -> None:
    """Note that a notice was delivered."""
    session.execute(
        update(notice)
        .where(notice.c.notice_id == sent.notice_id)
        .where(notice.c.sent_at.is_(None))
        .values(sent_at=now, locked_until=None, last_error=None)
    )


def mark_failed(
    session: Session,
    *,
    failed: Notice,
    error: str,
    now: datetime,
    random: Callable[[], float],
) -> None:
    """Put a notice back until later.

    Whoever took it over in the meantime, since our lease ran out, decides
    about it: their attempt is another one.
    """
    session.execute(
        update(notice)
        .where(notice.c.notice_id == failed.notice_id)
        .where(notice.c.attempts == failed.attempts)
        .where(notice.c.sent_at.is_(None))
        .values(
            available_at=now + wait(failed.attempts, random=random),
            locked_until=None,
            last_error=error[:_LONGEST_ERROR],
        )
    )


def wait(attempts: int, *, random: Callable[[], float]) -> timedelta:
    """Tell how long to wait after a failure: exponential, with jitter.

    Uniform between 5 s and ``min(24 h, 5 s * 2**attempts)``, so that notices
    which failed together do not come back together.

    Args:
        attempts: Failures so far, at least 1.
        random: Uniform in [0, 1).
    """
    longest_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(attempts, _DOUBLINGS))
    return timedelta(seconds=FIRST_WAIT_S + random() * (longest_s - FIRST_WAIT_S))


def get_backlog(session: Session) -> Backlog:
    """Count what waits."""
    row = session.execute(
        select(
            func.count(),
            func.count().filter(notice.c.attempts >= STRUGGLING_AFTER),
            func.min(notice.c.created_at),
        ).where(notice.c.sent_at.is_(None))
    ).one()
    return Backlog(waiting=row[0], struggling=row[1], oldest_at=row[2])
