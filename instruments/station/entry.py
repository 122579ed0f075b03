"""One reading in the station's queue, and the one spelling of its body."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from instruments.station.clock import Clock


class State(StrEnum):
    """Where a reading is."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One reading in the queue.

    Args:
        key: The inspection's id, made once at the measurement.
        name: What the operator calls it, e.g. the file's name.
        body: Canonical JSON, exactly what is sent.
        body_sha256: Its hash, 64 hex characters.
        tries: How often it was sent without an answer that settles it.
        due: Not to be sent before this time.
        problem: The registry's refusal, or the last failure.
        receipt: The registry's receipt once it is sent.
        replaced_by: Key of the reading that takes a refused one's place.
        replaces: Key of the refused reading that this one corrects.
        warnings: What the operator was told of it, each with code and sentence.
        clock: What was known of the clock that ``made_at`` was read from.
    """

    key: str
    name: str
    body: str
    body_sha256: str
    state: State
    tries: int
    due: datetime
    made_at: datetime
    sent_at: datetime | None
    problem: dict[str, Any] | None
    receipt: dict[str, Any] | None
    replaced_by: str | None
    replaces: str | None = None
    warnings: tuple[dict[str, str], ...] = ()
    clock: Clock | None = None


def canonical_json(body: Mapping[str, Any]) -> str:
    """The one spelling of a body that is hashed, kept and sent."""
    return json.dumps(
        body,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def sha256_hex(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, 64 hex characters."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_entry(row: sqlite3.Row) -> Entry:
    """The entry in a row of the table ``outbox``."""
    return Entry(
        key=row["key"],
        name=row["name"],
        body=row["body"],
        body_sha256=row["body_sha256"],
        state=State(row["state"]),
        tries=row["tries"],
        due=datetime.fromtimestamp(row["due"], UTC),
        made_at=datetime.fromisoformat(row["made_at"]),
        sent_at=datetime.fromisoformat(row["sent_at"]) if row["sent_at"] else None,
        problem=json.loads(row["last_error"]) if row["last_error"] else None,
        receipt=json.loads(row["receipt"]) if row["receipt"] else None,
        replaced_by=row["replaced_by"],
        replaces=row["replaces"],
        warnings=tuple(json.loads(row["warnings"])) if row["warnings"] else (),
        clock=Clock.from_json(json.loads(row["clock"])) if row["clock"] else None,
    )


def spell_time(at: datetime) -> str:
    """One spelling of an aware time, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
