"""That somebody asked about a sale, never who: gathered, and written in batches.

A look-up must not wait for the disk, so a process keeps what was asked for a
second or two hundred questions and writes it together. What a killed process
had not written yet is lost; nothing but counts is made of it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any, Final

from battery_registry.domain import RegistryError
from battery_registry.store import prepared
from battery_registry.store.db import Database
from battery_registry.store.ids import new_id
from battery_registry.store.tables.resale import sale_check

_BATCH: Final = 200
_LONGEST: Final = timedelta(seconds=1)
# A database that is away for long costs checks, not memory.
_MOST_KEPT: Final = 20_000


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
        self._rows: list[dict[str, Any]] = []
        self._oldest: datetime | None = None

    def note(
        self, *, face: Face, subject_mac: bytes, answer: str, now: datetime
    ) -> bool:
        """Keep one question.

        Args:
            face: The way it was asked.
            subject_mac: Keyed hash of the code or serial, 32 bytes.
            answer: What was answered.
            now: The time; only its hour is kept.

        Returns:
            Whether it is time to write.
        """
        row = {
            "check_id": new_id(now),
            "subject_mac": subject_mac,
            "answer": answer,
            "face": face.value,
            "hour": now.replace(minute=0, second=0, microsecond=0),
        }
        with self._lock:
            self._rows.append(row)
            self._oldest = self._oldest or now
            return len(self._rows) >= _BATCH or now - self._oldest >= _LONGEST

    def write(self, database: Database) -> int:
        """Write what is kept; what cannot be written now is kept on.

        Returns:
            How many were written.
        """
        with self._lock:
            rows, self._rows, self._oldest = self._rows, [], None
        if not rows:
            return 0
        try:
            database.run(
                lambda session: prepared.insert_rows(
                    session.connection(), sale_check, rows
                )
            )
        except RegistryError:
            with self._lock:
                self._rows = [*rows, *self._rows][:_MOST_KEPT]
            return 0
        return len(rows)
