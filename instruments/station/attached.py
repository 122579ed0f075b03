"""Raw files and photos that belong to readings, on their way to the registry.

Their bytes lie in the spool; here is which reading names which file, and what
became of it. A file goes up only after a reading that names it was received.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from instruments.station.entry import spell_time


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One file under its hash.

    Args:
        sha256: Of its bytes, 64 hex characters.
        name: What the operator calls it.
        size: Bytes.
        refused: Why the registry does not take it, None while it may.
    """

    sha256: str
    name: str
    size: int
    refused: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileCounts:
    """How many files wait, were uploaded, were refused."""

    waiting: int
    uploaded: int
    refused: int


class Files:
    """The files of one queue.

    Args:
        db: The queue's connection.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Keep the connection."""
        self._db = db

    def attach(self, key: str, attachment: Attachment, *, now: datetime) -> None:
        """Note that a reading names a file; in the reading's own transaction."""
        self._db.execute(
            "insert into files(sha256,name,size,stored_at) values(?,?,?,?)"
            " on conflict do nothing",
            (attachment.sha256, attachment.name, attachment.size, spell_time(now)),
        )
        self._db.execute(
            "insert into attached(sha256,key) values(?,?) on conflict do nothing",
            (attachment.sha256, key),
        )

    def of(self, key: str) -> tuple[Attachment, ...]:
        """The files that a reading names."""
        return self._select("sha256 in (select sha256 from attached where key=?)", key)

    def ready(self) -> tuple[Attachment, ...]:
        """Files to be uploaded now: a reading that names them was received."""
        return self._select(
            "uploaded_at is null and refused is null and sha256 in (select a.sha256"
            " from attached a join outbox o on o.key=a.key where o.state='sent')"
        )

    def refused(self) -> tuple[Attachment, ...]:
        """Files that the registry does not take."""
        return self._select("refused is not null")

    def counts(self) -> FileCounts:
        """How many files are where; those of queued readings wait too.

        What only a replaced reading named waits for nothing.
        """
        row = self._db.execute(
            "select count(*) filter (where uploaded_at is null and refused is null"
            " and sha256 in (select a.sha256 from attached a join outbox o"
            " on o.key=a.key where o.replaced_by is null)),"
            " count(uploaded_at), count(refused) from files"
        ).fetchone()
        return FileCounts(waiting=row[0], uploaded=row[1], refused=row[2])

    def mark_uploaded(self, sha256: str, *, now: datetime) -> None:
        """Note that the registry has a file."""
        self._db.execute(
            "update files set uploaded_at=? where sha256=?", (spell_time(now), sha256)
        )

    def mark_refused(self, sha256: str, *, error: str) -> None:
        """Note why the registry does not take a file."""
        self._db.execute("update files set refused=? where sha256=?", (error, sha256))

    def _select(self, where: str, *values: object) -> tuple[Attachment, ...]:
        rows = self._db.execute(
            f"select sha256,name,size,refused from files where {where}"  # noqa: S608 - the condition is a literal of this module
            " order by stored_at, sha256",
            values,
        )
        return tuple(Attachment(**dict(row)) for row in rows)
