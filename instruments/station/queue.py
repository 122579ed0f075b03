"""The durable queue of a station: what was measured and not yet received.

A reading is on the disk before the operator is told that it is kept: SQLite
with a write-ahead log, synced at every commit. Nothing is ever dropped; a
refused reading stays, with the registry's reason, until another one measured
from the same recording replaces it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from instruments.station import schema
from instruments.station.attached import Attachment, Files
from instruments.station.clock import Clock
from instruments.station.entry import (
    Entry,
    State,
    canonical_json,
    read_entry,
    sha256_hex,
    spell_time,
)

_BUSY_S = 30.0


class QueueError(Exception):
    """The queue's file cannot be used, or was asked for something unlawful."""


class Queue:
    """The queue in one SQLite file; one object per process and thread.

    Args:
        path: The file; it and its folder are made when missing.

    Raises:
        QueueError: The file cannot be opened or is not a queue.
    """

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # owners' names and telephones lie in it
            self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise QueueError(f"{path}: {error}") from error
        self._db.row_factory = sqlite3.Row
        try:
            schema.prepare(self._db)
        except sqlite3.Error as error:
            self._db.close()
            raise QueueError(f"{path}: {error}") from error
        self.files = Files(self._db)

    def __enter__(self) -> Self:
        """The open queue."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; the readings stay in it."""
        self._db.close()

    def put(
        self,
        body: Mapping[str, Any],
        *,
        now: datetime,
        name: str = "",
        source_sha256: str | None = None,
        files: Iterable[Attachment] = (),
        replaces: str | None = None,
        warnings: Sequence[Mapping[str, str]] = (),
        clock: Clock | None = None,
    ) -> Entry:
        """Keep a reading; it is on the disk when this returns.

        The same reading again (same id and body, or same source) is kept once, and
        the first one is returned. A refused reading of the same recording and name
        is marked as replaced by this one, and so is the one it is said to replace.

        Args:
            body: The inspection, JSON values only, with ``inspection_id``.
            now: When it was made.
            name: What the operator calls it.
            source_sha256: Hash of what it was composed from, so that a second
                run over the same files makes no second inspection.
            files: Raw files and photos it names; they lie in the spool.
            replaces: Key of a refused reading that this one corrects.
            warnings: What the operator is told of it.
            clock: What is known of the clock that ``now`` was read from.

        Raises:
            QueueError: Another body has the id, the reading to be replaced was
                not refused, or the disk refuses.
        """
        key, text = str(body["inspection_id"]), canonical_json(body)
        made = (key, name, text, sha256_hex(text), source_sha256, spell_time(now))
        kept_clock = json.dumps(clock.as_json()) if clock else None
        row = (*made, replaces, json.dumps([*warnings]), kept_clock)
        with self._transaction():
            found = self._find("key=? or source_sha256=?", (key, source_sha256))
            if found is not None:
                if found.key == key and found.body != text:
                    raise QueueError(f"{key} is already another reading's id")
                return found
            self._db.execute(
                "insert into outbox(key,name,body,body_sha256,source_sha256,made_at,"
                "replaces,warnings,clock,state,tries,due)"
                " values(?,?,?,?,?,?,?,?,?,'queued',0,0)",
                row,
            )
            for attachment in files:
                self.files.attach(key, attachment, now=now)
            if replaces is not None:
                self._correct(key, replaces)
            self._replace(key, name, body.get("recording_sha256"))
        return self.get(key)

    def get(self, key: str) -> Entry:
        """The reading with this id.

        Raises:
            QueueError: There is none.
        """
        entry = self._find("key=?", (key,))
        if entry is None:
            raise QueueError(f"no reading {key} in the queue")
        return entry

    def find_source(self, source_sha256: str) -> Entry | None:
        """The reading composed from this source, None if there is none."""
        return self._find("source_sha256=?", (source_sha256,))

    def entries(self, state: State | None = None) -> tuple[Entry, ...]:
        """All readings, or those in one state; those that wait come last."""
        return self._select("? is null or state=?", (state, state))

    def due(self, now: datetime, *, limit: int) -> tuple[Entry, ...]:
        """At most ``limit`` readings to be sent now, those that failed last."""
        return self._select(
            "state='queued' and due<=?", (now.timestamp(),), limit=limit
        )

    def next_due(self) -> datetime | None:
        """When the next queued reading may be sent; None when none is queued."""
        (due,) = self._db.execute(
            "select min(due) from outbox where state='queued'"
        ).fetchone()
        return None if due is None else datetime.fromtimestamp(due, UTC)

    def counts(self) -> dict[State, int]:
        """How many readings are in each state; replaced refusals do not count."""
        found = dict(
            self._db.execute(
                "select state, count(*) from outbox where replaced_by is null"
                " group by state"
            ).fetchall()
        )
        return {state: found.get(state.value, 0) for state in State}

    def backlog_bytes(self) -> int:
        """How many bytes the queued readings have."""
        (size,) = self._db.execute(
            "select coalesce(sum(length(cast(body as blob))),0) from outbox"
            " where state='queued'"
        ).fetchone()
        return int(size)

    def oldest_age(self, now: datetime) -> timedelta | None:
        """Age of the oldest reading that is still queued, None without one."""
        (made_at,) = self._db.execute(
            "select min(made_at) from outbox where state='queued'"
        ).fetchone()
        return None if made_at is None else now - datetime.fromisoformat(made_at)

    def settle(
        self,
        answers: Iterable[tuple[str, State, Mapping[str, Any]]],
        *,
        now: datetime,
    ) -> None:
        """Keep what the registry said of readings it has settled.

        Args:
            answers: Key, ``SENT`` with the receipt or ``REFUSED`` with the problem.
            now: When the answers came.
        """
        with self._transaction():
            for key, state, told in answers:
                text = canonical_json(told)
                receipt, problem = (text, None) if state is State.SENT else (None, text)
                self._db.execute(
                    "update outbox set state=?, receipt=?, last_error=?, sent_at=?"
                    " where key=? and state='queued'",
                    (state, receipt, problem, spell_time(now), key),
                )

    def postpone(self, keys: Iterable[str], *, due: datetime, error: str) -> None:
        """Count one try for these readings and wait with them until ``due``."""
        detail = canonical_json({"detail": error})
        with self._transaction():
            self._db.executemany(
                "update outbox set tries=tries+1, due=?, last_error=?"
                " where key=? and state='queued'",
                [(due.timestamp(), detail, key) for key in keys],
            )

    def expedite(self) -> None:
        """Make every queued reading due: an operator asked, so try now."""
        self._db.execute("update outbox set due=0 where state='queued' and due>0")

    def claim(self, holder: str, *, now: datetime, lease_s: float) -> bool:
        """Become, or stay, the one sender for ``lease_s`` seconds.

        False when another one is at work. A sender that was killed loses its
        claim when the lease runs out.
        """
        at = now.timestamp()
        done = self._db.execute(
            "update sender set holder=?, until=?"
            " where id=1 and (holder is null or holder=? or until<=?)",
            (holder, at + lease_s, holder, at),
        )
        return done.rowcount == 1

    def holder(self) -> str | None:
        """Who holds the claim, None when nobody does."""
        found: str | None = self._db.execute("select holder from sender").fetchone()[0]
        return found

    def release(self, holder: str) -> None:
        """Let another sender begin, unless another one holds the claim."""
        self._db.execute(
            "update sender set holder=null, until=0 where id=1 and holder=?", (holder,)
        )

    def not_before(self) -> datetime:
        """The time the registry asked to be left alone until."""
        (at,) = self._db.execute("select not_before from sender").fetchone()
        return datetime.fromtimestamp(at, UTC)

    def wait_until(self, at: datetime) -> None:
        """Keep the time the registry asked to be left alone until."""
        self._db.execute("update sender set not_before=?", (at.timestamp(),))

    def _correct(self, key: str, replaces: str) -> None:
        where = "key=? and state='refused' and replaced_by is null"
        change = f"update outbox set replaced_by=? where {where}"  # noqa: S608 - a literal
        if self._db.execute(change, (key, replaces)).rowcount != 1:
            raise QueueError(f"{replaces} is no refused reading that waits for another")

    def _replace(self, key: str, name: str, recording_sha256: object) -> None:
        if recording_sha256 is None:
            return
        self._db.execute(
            "update outbox set replaced_by=? where state='refused' and key<>?"
            " and replaced_by is null and name=?"
            " and json_extract(body,'$.recording_sha256')=?",
            (key, key, name, recording_sha256),
        )

    def _find(self, where: str, values: tuple[object, ...]) -> Entry | None:
        found = self._select(where, values, limit=1)
        return found[0] if found else None

    def _select(
        self, where: str, values: tuple[object, ...], *, limit: int = -1
    ) -> tuple[Entry, ...]:
        rows = self._db.execute(
            f"select * from outbox where {where} order by due, id limit ?",  # noqa: S608 - the condition is a literal of this module
            (*values, limit),
        )
        return tuple(read_entry(row) for row in rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:  # SQLite ends it itself on a full disk
                    self._db.execute("rollback")
                raise
            self._db.execute("commit")
        except sqlite3.Error as error:
            raise QueueError(f"{self.path}: {error}") from error
