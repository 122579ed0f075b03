"""Columns of text to numbers: decimals, durations, dates. All at once, by polars."""

import math
import re
from functools import cache

import numpy as np
import polars as pl

from instruments.reading import ReadingError
from instruments.recording import Floats

_TRIM = " \t\r\n'\"="
# three numbers between colons, perhaps days before them
_DAYS = (
    r"^(?:(\d+)\s*(?:(?:days?|d|天)[\s,.\-]*|[\s,.\-]+))?"
    r"(\d+):(\d+):(\d+(?:[.,]\d+)?)$"
)
# 1.234 where the decimal sign is a comma: a thousand, or one and a bit
_GROUPED = r"^[-+]?[1-9]\d{0,2}(\.\d{3})+$"
_THOUSANDS = r"^[-+]?[1-9]\d{0,2}(,\d{3})+\.\d+$"
_WITH_COMMA = r"^[-+]?(\d{1,3}(\.\d{3})+|\d+),\d*([eE][-+]?\d+)?$"
# a zone after the time of day; the instrument's own clock is kept without it
_ZONE = r"(:\d\d(?:\.\d+)?)\s*(?:Z|[+-]\d\d:?\d\d)$"
_YEAR_FIRST = (
    *("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f"),
    *("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y/%m/%d %p %I:%M:%S"),
    *("%Y-%m-%d %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p", "%Y-%m-%d %p %I:%M:%S"),
    *("%Y.%m.%d %H:%M:%S%.f", "%Y年%m月%d日 %H:%M:%S%.f", "%Y%m%d %H:%M:%S%.f"),
)
_NAMED = (
    *("%d-%b-%y %I:%M:%S %p", "%d-%b-%Y %I:%M:%S %p", "%d-%b-%y %H:%M:%S%.f"),
    *("%d-%b-%Y %H:%M:%S%.f", "%d %b %Y %H:%M:%S%.f", "%b %d %Y %H:%M:%S%.f"),
)
_CLOCKS = ("%H:%M:%S%.f", "%I:%M:%S %p", "%I:%M:%S%.f %p", "%H:%M", "%I:%M %p")
_MONTH_FIRST = tuple(
    f"{date} {clock}"
    for date in ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m.%d.%Y")
    for clock in _CLOCKS
)
_DAY_FIRST = tuple(
    f"{date} {clock}"
    for date in ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y")
    for clock in _CLOCKS
)
_SAMPLE = 400
_SIGN = re.compile(r"[^\w]")
_DIRECTIVE = re.compile(r"%\.?[A-Za-z]")
_DAY_S = 86400.0
# days since 1899-12-30, as spreadsheets and Access count, between 1982 and 2064
_SERIAL_DAYS = (30_000.0, 60_000.0)
_SERIAL_EPOCH = 25_569.0
# between two records over midnight, where the day itself is not written
_GAP_S = 3600.0
_MILLISECONDS = 1e11
_EPOCH = 1e8


def trimmed(column: pl.Series) -> pl.Series:
    """Text without blanks and quotes around it; empty fields become null."""
    if column.dtype != pl.String:
        column = column.cast(pl.String, strict=False)
    column = column.str.strip_chars(_TRIM)
    return column.set(column == "", None)


def numbers(column: pl.Series, *, comma: bool = False) -> Floats:
    """Decimals; NaN where there is none.

    Args:
        column: Text or numbers.
        comma: The decimal sign is a comma.
    """
    if column.dtype.is_numeric():
        return _floats(column)
    text = trimmed(column)
    if comma:
        text = text.str.replace_all("\u2212", "-", literal=True)
        return _floats(_with_points(text).cast(pl.Float64, strict=False))
    values = text.cast(pl.Float64, strict=False)
    if values.null_count() > text.null_count():
        # 1,234.5 can be read in one way only
        text = text.str.replace_all("\u2212", "-", literal=True)
        known = text.str.replace_all(",", "", literal=True)
        grouped = text.str.contains(_THOUSANDS)
        values = text.zip_with(~grouped.fill_null(False), known)
        values = values.cast(pl.Float64, strict=False)
    return _floats(values)


def _with_points(text: pl.Series) -> pl.Series:
    """Decimals with a comma as decimals with a point; null where it is doubtful."""
    commas = text.str.contains(_WITH_COMMA).fill_null(False)
    known = text.str.replace_all(".", "", literal=True)
    known = known.str.replace(",", ".", literal=True)
    points = text.filter(~commas & text.str.contains(".", literal=True))
    if len(points) and points.str.contains(_GROUPED).all():
        grouped = text.str.contains(_GROUPED)
        text = text.set(grouped.fill_null(False), None)
    return known.zip_with(commas, text)


def _floats(column: pl.Series) -> Floats:
    values = column.cast(pl.Float64, strict=False).fill_null(math.nan)
    return values.to_numpy(writable=True)


def durations_s(column: pl.Series) -> Floats:
    """Seconds of ``01:02:03.5`` and ``2d 01:02:03``; NaN where it is neither."""
    text = trimmed(column)
    if text.str.contains(r"^\d+:\d+:\d+(\.\d+)?$").all():
        parts = text.str.splitn(":", 3).struct.unnest()
        hours, minutes, seconds = (_floats(parts.to_series(i)) for i in range(3))
        return (hours * 60 + minutes) * 60 + seconds
    parts = text.str.to_lowercase().str.extract_groups(_DAYS).struct.unnest()
    days, hours, minutes = (_floats(parts.to_series(i)) for i in range(3))
    seconds = numbers(parts.to_series(3).str.replace(",", ".", literal=True))
    days[np.isnan(days) & ~np.isnan(hours)] = 0.0
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def times_s(
    column: pl.Series,
    *,
    factor: float,
    comma: bool,
    month_first: bool,
    title: str,
    restarts: bool = False,
) -> Floats:
    """Seconds of a time column: numbers, durations or dates.

    Args:
        column: Text or numbers.
        factor: Seconds per unit; NaN when the title names no unit.
        comma: The decimal sign is a comma.
        month_first: What 03/04/2024 means when nothing else decides.
        title: For the message.
        restarts: At every step, and not at midnight.

    Raises:
        ReadingError: Plain numbers without a unit.
    """
    plain = numbers(column, comma=comma)
    found = ~np.isnan(plain)
    if 2 * np.count_nonzero(found) >= max(len(plain) - column.null_count(), 1):
        if math.isnan(factor):
            raise ReadingError(
                "missing_unit",
                f"Column {title!r} does not say its unit.",
                "Export it with units, or state the unit in a mapping file.",
            )
        return plain * factor
    seconds = durations_s(column)
    if np.isnan(seconds).mean() > 0.5:
        dates = dates_s(column, month_first=month_first)
        return seconds if dates is None else dates
    return seconds if restarts else over_midnights(seconds, longest_gap_s=_GAP_S)


def dates_s(column: pl.Series, *, month_first: bool) -> Floats | None:
    """Seconds since 1970 of a column of dates, without a time zone.

    None when the dates are not understood. Numbers may be seconds since 1970
    or a spreadsheet's days.
    """
    if column.dtype == pl.Datetime:
        return _floats(column.dt.epoch("ms")) / 1000.0
    text = trimmed(column)
    sample = text.drop_nulls().head(_SAMPLE)
    if not len(sample):
        return None
    if sample.cast(pl.Float64, strict=False).null_count() == 0:
        plain = numbers(column)
        return _numbered_dates(plain, float(np.nanmedian(plain)))
    if sample.str.contains(r"\s\s|\t|Z$|[+-]\d\d:?\d\d$|午").any():
        text = text.str.replace_all(r"\s+", " ").str.replace(_ZONE, "$1")
        text = text.str.replace(r"上午\s*", "AM ").str.replace(r"下午\s*", "PM ")
        sample = text.drop_nulls().head(_SAMPLE)
    forms = _forms_of(sample, month_first=month_first)
    best = max(forms, key=lambda form: _hits(sample, form), default=None)
    if best is None or 2 * _hits(sample, best) <= len(sample):
        return None
    return _floats(_dates(text, _surer(text, best)).dt.epoch("ms")) / 1000.0


def _forms_of(sample: pl.Series, *, month_first: bool) -> tuple[str, ...]:
    """The forms whose dates are taken apart by the signs that the sample has."""
    first, second = _MONTH_FIRST, _DAY_FIRST
    if not month_first:
        first, second = second, first
    marks = {_mark(text) for text in sample.to_list()}
    every = (*_YEAR_FIRST, *_NAMED, *first, *second)
    return tuple(form for form in every if _mark_of_form(form) in marks)


def _mark(text: str) -> str:
    """The first sign that is no letter and no digit; empty without any."""
    found = _SIGN.search(text)
    return found[0] if found else ""


@cache
def _mark_of_form(form: str) -> str:
    return _mark(_DIRECTIVE.sub("", form))


def _surer(text: pl.Series, best: str) -> str:
    """Of month first and day first the one that reads more of the whole column."""
    if best not in _MONTH_FIRST and best not in _DAY_FIRST:
        return best
    swapped = best.replace("%m", "%!").replace("%d", "%m").replace("%!", "%d")
    return swapped if _hits(text, swapped) > _hits(text, best) else best


def _dates(text: pl.Series, form: str) -> pl.Series:
    return text.str.to_datetime(form, strict=False, time_unit="ms")


def _hits(text: pl.Series, form: str) -> int:
    found = _dates(text, form)
    # %Y takes "24" for the year 24
    years = found.dt.year()
    return int(((years > 1980) & (years < 2100)).sum())


def _numbered_dates(plain: Floats, typical: float) -> Floats | None:
    if _SERIAL_DAYS[0] < typical < _SERIAL_DAYS[1]:
        return (plain - _SERIAL_EPOCH) * _DAY_S
    if typical > _MILLISECONDS:
        return plain / 1000.0
    return plain if typical > _EPOCH else None


def clock_of_day_s(column: pl.Series) -> Floats | None:
    """Seconds from a first midnight on, of a column of times without a date."""
    seconds = durations_s(column)
    if np.isnan(seconds).mean() > 0.5:
        return None
    return over_midnights(seconds, longest_gap_s=_DAY_S / 2)


def over_midnights(seconds: Floats, *, longest_gap_s: float) -> Floats:
    """Times of day run on where they start again at midnight.

    Args:
        seconds: Times, all below a day where they are times of day.
        longest_gap_s: Between two records, over midnight.
    """
    if not np.nanmax(seconds, initial=0.0) < _DAY_S:
        return seconds
    days = np.cumsum(np.diff(seconds, prepend=seconds[:1]) <= longest_gap_s - _DAY_S)
    return seconds + days * _DAY_S
