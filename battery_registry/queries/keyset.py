"""Cursors of lists that are paged by key, never by offset.

A cursor is where the last page ended: a time and an id. It is opaque to who
carries it, and reads the same on every database.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from battery_registry.domain import RegistryError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES = 8
_CURSOR_BYTES = _TIME_BYTES + 16


class CursorError(RegistryError):
    """The cursor is not one that a page of this list gave."""

    code: ClassVar[str] = "cursor_invalid"


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Where a page ended.

    Args:
        at: The time its last row is ordered by, aware.
        key: The id of its last row.
    """

    at: datetime
    key: UUID


def write(position: Position) -> str:
    """Write a position as a cursor: 32 characters that need no escaping."""
    microseconds = (position.at - _EPOCH) // timedelta(microseconds=1)
    raw = microseconds.to_bytes(_TIME_BYTES, signed=True) + position.key.bytes
    return base64.urlsafe_b64encode(raw).decode()


def read(cursor: str) -> Position:
    """Read a cursor.

    Raises:
        CursorError: It is not one of ours.
    """
    try:
        raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        microseconds = int.from_bytes(raw[:_TIME_BYTES], signed=True)
        at = _EPOCH + timedelta(microseconds=microseconds)
    except (binascii.Error, UnicodeEncodeError, OverflowError):
        raise CursorError(field="cursor") from None
    if len(raw) != _CURSOR_BYTES:
        raise CursorError(field="cursor")
    return Position(at=at, key=UUID(bytes=raw[_TIME_BYTES:]))
