"""The times of a table of records: test time, and the instrument's own clock."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from instruments.readers.record_table import Table
from instruments.readers.roles import Role
from instruments.readers.segments import Starts, join_step_times
from instruments.readers.values import (
    clock_of_day_s,
    dates_s,
    numbers,
    times_s,
    trimmed,
)
from instruments.reading import ReadingError
from instruments.recording import Floats

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86400.0


def read_clock(
    table: Table, month_first: bool, notes: list[str]
) -> tuple[Floats | None, str | None]:
    """The instrument's own clock: seconds since the first record, and the start."""
    dates = table.columns.get(Role.DATE)
    start = None
    if table.started:
        # a date alone is its midnight
        text = table.started if ":" in table.started else table.started + " 00:00:00"
        start = dates_s(pl.Series([text]), month_first=month_first)
    if dates is None or table.is_blank(Role.DATE):
        clock = _dated_time(table, month_first)
        if clock is not None:
            return clock - clock[0], iso(float(clock[0]))
        return None, None if start is None else iso(float(start[0]))
    clock = dates_s(dates, month_first=month_first)
    if clock is None and (clock := clock_of_day_s(dates)) is not None:
        day = 0.0 if start is None else float(start[0]) // _DAY_S * _DAY_S
        clock = clock + day
    if clock is None or math.isnan(clock[0]):
        notes.append(
            f"the dates of {table.places[Role.DATE].title!r} are not understood"
        )
        return None, str(trimmed(dates)[0])
    known = clock[0] > _DAY_S
    return clock - clock[0], iso(float(clock[0])) if known else None


def _dated_time(table: Table, month_first: bool) -> Floats | None:
    """The times themselves, where they are dates; None where they are not."""
    times = table.columns.get(Role.TIME)
    if times is None or times.dtype.is_numeric():
        return None
    # numbers are seconds, even if they could be a spreadsheet's days
    if not np.isnan(numbers(times, comma=table.comma)).all():
        return None
    dates = dates_s(times, month_first=month_first)
    return None if dates is None or np.isnan(dates).any() else dates


def iso(seconds: float) -> str:
    """Seconds since 1970 as the instrument's local date and time."""
    moment = _EPOCH + timedelta(seconds=round(seconds, 3))
    text = moment.replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
    return text.removesuffix(".000")


def read_time(
    table: Table, starts: Starts, clock: Floats | None, *, month_first: bool
) -> Floats:
    """Test time: its own column, else joined from the steps', else the clock's.

    Raises:
        ReadingError: The column has no unit, or there is no time at all.
    """
    for role in (Role.TIME, Role.STEP_TIME):
        if not table.is_blank(role):
            place = table.places[role]
            # a habit of the vendor's is held against the clock, or not believed
            doubtful = place.assumed and clock is None
            seconds = times_s(
                table.columns[role],
                factor=math.nan if doubtful else place.factor,
                comma=table.comma,
                month_first=month_first,
                title=place.title,
                restarts=role is Role.STEP_TIME,
            )
            if role is Role.STEP_TIME:
                seconds = join_step_times(seconds, starts)
            return seconds
    if clock is None:
        raise ReadingError("missing_column", "No time column holds a time.")
    return clock
