"""Column types with one meaning on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An instant: aware going in and coming out, UTC in between."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse naive times; SQLite, which knows no zones, is given plain UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a time without a zone: {value!r}"
            raise ValueError(msg)
        # Most are UTC already; to turn them again costs more than to ask.
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Give back UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON document, kept as the text it was written in.

    Not PostgreSQL's binary form: that spells numbers and orders keys anew, and
    what was sealed in the ledger must come back to the letter.
    """

    impl = JSON
    cache_ok = True


def word(length: int) -> String:
    """A short text of at most ``length`` characters."""
    return String(length)
