"""Imports: the mapping of a station's files, and how far a file has been taken in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.store.tables.imports import import_mapping, import_run


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """How far one file has been taken in.

    Args:
        rows_done: Number of the last row that was taken or refused.
        finished_at: When the whole file was through, None before.
    """

    rows_done: int = 0
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    finished_at: datetime | None = None


def find_mapping(session: Session, *, station_id: UUID) -> dict[str, Any] | None:
    """Find the mapping that a station has saved."""
    found: dict[str, Any] | None = session.scalar(
        select(import_mapping.c.mapping).where(
            import_mapping.c.station_id == station_id
        )
    )
    return found


def save_mapping(
    session: Session, *, station_id: UUID, mapping: dict[str, Any], now: datetime
) -> None:
    """Save a station's mapping in place of the one it had."""
    session.execute(
        delete(import_mapping).where(import_mapping.c.station_id == station_id)
    )
    session.execute(
        insert(import_mapping).values(
            station_id=station_id, mapping=mapping, saved_at=now
        )
    )


def find_run(session: Session, *, run_sha256: str) -> Run | None:
    """Find how far a file has been taken in."""
    row = session.execute(
        select(import_run).where(import_run.c.run_sha256 == run_sha256)
    ).one_or_none()
    if row is None:
        return None
    return Run(
        rows_done=row.rows_done,
        accepted=row.accepted,
        duplicate=row.duplicate,
        refused=row.refused,
        finished_at=row.finished_at,
    )


def keep_run(session: Session, *, run_sha256: str, run: Run, now: datetime) -> None:
    """Keep how far a file has been taken in."""
    values = {
        "rows_done": run.rows_done,
        "accepted": run.accepted,
        "duplicate": run.duplicate,
        "refused": run.refused,
        "changed_at": now,
        "finished_at": run.finished_at,
    }
    done = session.execute(
        update(import_run)
        .where(import_run.c.run_sha256 == run_sha256)
        .values(values)
        .returning(import_run.c.run_sha256)
    )
    if done.one_or_none() is None:
        session.execute(
            insert(import_run).values(run_sha256=run_sha256, started_at=now, **values)
        )
