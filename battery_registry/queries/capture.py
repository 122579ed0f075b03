"""Find what became of a document that somebody had us capture."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.capture import capture_job


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptureJob:
    """A capture as it was done.

    Args:
        job_id: Its id.
        error_behaviour: ``rollback`` or ``proceed``.
        success: Whether no event was refused.
        accepted: Events that were kept.
        duplicate: Events that were known already.
        rejected: Events that are unsound.
        results: One for each event: ``status``, ``hash``, ``faults``.
        created_at: When it came, UTC.
        finished_at: When it was done with, UTC.
    """

    job_id: UUID
    error_behaviour: str
    success: bool
    accepted: int
    duplicate: int
    rejected: int
    results: tuple[Any, ...]
    created_at: datetime
    finished_at: datetime


def find(
    session: Session, *, job_id: UUID, organisation_id: UUID | None
) -> CaptureJob | None:
    """Find a capture.

    Args:
        session: Where to read.
        job_id: Its id.
        organisation_id: Whose it must be; None for anybody's.
    """
    wanted = select(capture_job).where(capture_job.c.job_id == job_id)
    if organisation_id is not None:
        wanted = wanted.where(capture_job.c.organisation_id == organisation_id)
    row = session.execute(wanted).one_or_none()
    if row is None:
        return None
    return CaptureJob(
        job_id=row.job_id,
        error_behaviour=row.error_behaviour,
        success=row.success,
        accepted=row.accepted,
        duplicate=row.duplicate,
        rejected=row.rejected,
        results=tuple(row.results),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
