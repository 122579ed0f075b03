"""That somebody asked about a sale, never who: gathered, and written in batches.

A look-up must not wait for the disk, so a process counts what was asked for ten
seconds or two hundred batteries and writes it together. What a killed process
had not written yet is lost; nothing but counts is made of it.

Whoever asks for ever must not fill the disk: the same question is one row with
its count, and all codes that nobody knows are one subject.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from battery_registry.domain.sale import Answer
from battery_registry.store import prepared
from battery_registry.store.db import Database
from battery_registry.store.ids import new_id
from battery_registry.store.tables.resale import own_check, sale_check

_BATCH: Final = 200
_LONGEST: Final = timedelta(seconds=10)
# A database that is away for long costs checks, not memory.
_MOST_KEPT: Final = 20_000
_NOBODY: Final = bytes(32)

# Face, keyed hash, answer, hour.
_Question = tuple[str, bytes, str, datetime]


class Face(StrEnum):
    """By which way somebody asked."""

    CODE = "code"
    SERIAL = "serial"
    PREFIX = "prefix"
    CLEARANCE = "clearance"


class SaleLog:
    """Keeps what was asked until it is written."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._asked: dict[_Question, int] = {}
        self._oldest: datetime | None = None

    def note(
        self, *, face: Face, subject_mac: bytes, answer: str, now: datetime
    ) -> bool:
        """Keep one question.

        Args:
            face: The way it was asked.
            subject_mac: Keyed hash of the code or serial, 32 bytes; not kept of
                what is unknown.
            answer: What was answered.
            now: The time; only its hour is kept.

        Returns:
            Whether it is time to write.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        subject = _NOBODY if answer == Answer.UNKNOWN else subject_mac
        question = (face.value, subject, answer, hour)
        with self._lock:
            self._add({question: 1})
            self._oldest = self._oldest or now
            return len(self._asked) >= _BATCH or now - self._oldest >= _LONGEST

    def _add(self, asked: Mapping[_Question, int]) -> None:
        for question, count in asked.items():
            if question in self._asked or len(self._asked) < _MOST_KEPT:
                self._asked[question] = self._asked.get(question, 0) + count

    def write(self, database: Database) -> int:
        """Write what is kept; what cannot be written now is kept on.

        Returns:
            How many questions were written.
        """
        with self._lock:
            asked, self._asked, self._oldest = self._asked, {}, None
        if not asked:
            return 0
        rows = [
            {
                "check_id": new_id(hour),
                "subject_mac": subject,
                "answer": answer,
                "face": face,
                "hour": hour,
                "asked": count,
            }
            for (face, subject, answer, hour), count in asked.items()
        ]
        is_written = database.attempt(
            lambda session: prepared.insert_rows(session.connection(), sale_check, rows)
        )
        if is_written:
            return sum(asked.values())
        with self._lock:
            self._add(asked)
        return 0


def purge(session: Session, *, kept: timedelta, now: datetime) -> int:
    """Delete the checks that are older than they are kept; gives how many rows."""
    session.execute(delete(own_check).where(own_check.c.checked_at < now - kept))
    gone = delete(sale_check).where(sale_check.c.hour < now - kept)
    return len(session.execute(gone.returning(sale_check.c.check_id)).all())
