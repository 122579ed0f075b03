"""Over which inspections a report is made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from battery_registry.store.tables.inspections import inspection

USUAL = timedelta(days=365)
"""How far back a report looks unless told otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From when until when inspections arrived; the end is left out."""

    since: datetime
    until: datetime

    def holds(self) -> ColumnElement[bool]:
        """The condition that an inspection arrived within."""
        return (inspection.c.received_at >= self.since) & (
            inspection.c.received_at < self.until
        )


def of(*, since: datetime | None, until: datetime | None, now: datetime) -> Period:
    """The period that was asked for, by default the last twelve months.

    Args:
        since: When it starts; a year before its end by default.
        until: When it ends; by default now, which is still within.
        now: The time of the request.
    """
    end = until or now + timedelta(microseconds=1)
    return Period(since=since or end - USUAL, until=end)
