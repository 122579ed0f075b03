"""Workbooks, .xls and .xlsx, through calamine: Neware's, LAND's, Arbin's, others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from instruments.readers.assemble import assemble
from instruments.readers.interface import Hints, Match
from instruments.readers.limits import check_zip
from instruments.readers.record_table import Table
from instruments.readers.roles import Role, Vendor
from instruments.readers.tables.arbin import VENDOR as ARBIN
from instruments.readers.tables.bdf import VENDOR as BDF
from instruments.readers.tables.generic import VENDOR as GENERIC
from instruments.readers.tables.land import VENDOR as LAND
from instruments.readers.tables.maccor import VENDOR as MACCOR
from instruments.readers.tables.neware import VENDOR as NEWARE
from instruments.readers.titles import (
    Title,
    find_columns,
    marks_found,
    place_columns,
    require,
    take_apart,
    with_units_below,
)
from instruments.readers.vendor_cycles import find_cycles
from instruments.reading import ReadingError
from instruments.recording import Recording, VendorCycle

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_HEADER_ROWS = 60
_ENOUGH_MARKS = 0.6
# where a spreadsheet's days start: it believes in a 29th of February 1900
_ZERO, _LEAP, _ZERO_SINCE = (
    datetime(*day)  # noqa: DTZ001  (a spreadsheet knows no zone)
    for day in ((1899, 12, 31), (1900, 3, 1), (1899, 12, 30))
)
# the last one takes what no vendor claims
_VENDORS = (NEWARE, LAND, ARBIN, BDF, MACCOR, GENERIC)

Row = Sequence[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet below the row that names its columns.

    Args:
        name: The sheet's.
        titles: Of the columns.
        rows: Below the titles.
    """

    name: str
    titles: tuple[Title, ...]
    rows: list[Row]


class Workbook:
    """Workbooks of any vendor whose text exports we know."""

    name = "workbook"
    isolated = True

    def sniff(self, head: bytes, file_name: str) -> Match:
        """A spreadsheet's container; which vendor's, its sheets tell later."""
        suffix = file_name.lower().rpartition(".")[2]
        if head.startswith(_OLE):
            score = 80 if suffix in {"xls", "et"} else 60
            return Match(score=score, reason="a container of old Excel's")
        if head.startswith(_ZIP) and (b"[Content_Types].xml" in head or b"xl/" in head):
            return Match(score=85, reason="a zip with the parts of a workbook")
        return Match(score=0, reason="no workbook")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read the sheets of records, and the vendor's own cycles beside them.

        Raises:
            ReadingError: There is no such sheet, or it is damaged.
        """
        check_zip(path)
        sheets = list(_sheets(path))
        vendor, chosen = _choose(sheets)
        notes: list[str] = []
        titles = _with_units(chosen[0], vendor)
        places = place_columns(list(titles), vendor, notes)
        require(places, list(titles))
        rows = _joined(chosen, notes)
        used = {place.index for place in places.values()}
        table = Table(
            columns={
                role: as_series([_cell(row, place.index) for row in rows])
                for role, place in places.items()
            },
            places=places,
            extra=tuple(
                title.text.strip()
                for index, title in enumerate(titles)
                if title.text.strip() and index not in used
            ),
            notes=tuple(notes),
        )
        recording = assemble(
            table,
            vendor,
            vendor_summary=_vendor_cycles(sheets),
            month_first=hints.month_first,
        )
        name = vendor.name.partition("_")[0] + "_workbook"
        return replace(recording, reader=name)


def _sheets(path: Path) -> Iterator[Sheet]:
    """Every sheet with a header row of any vendor.

    Raises:
        ReadingError: The workbook cannot be opened.
    """
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                # a cell far below makes a million empty rows
                rows = [
                    row
                    for row in workbook.get_sheet_by_name(name).iter_rows()
                    if row.count("") < len(row)
                ]
                sheet = _with_header(name, rows)
                if sheet is not None:
                    yield sheet
    except CalamineError as error:
        raise ReadingError(
            "unreadable",
            f"{path.name} is no whole workbook ({type(error).__name__}).",
            "Save or export it again.",
        ) from error


def _with_header(name: str, rows: list[list[Any]]) -> Sheet | None:
    best, most = None, 1
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        titles = tuple(
            take_apart(cell if isinstance(cell, str) else "") for cell in row
        )
        count = max(len(find_columns(list(titles), vendor)) for vendor in _VENDORS)
        if count > most:
            best, most = (number, titles), count
    if best is None:
        return None
    number, titles = best
    return Sheet(name=name, titles=titles, rows=[*rows[number + 1 :]])


def _choose(sheets: list[Sheet]) -> tuple[Vendor, list[Sheet]]:
    """The vendor whose marks a sheet carries, and its sheets of records.

    Raises:
        ReadingError: No sheet has time, voltage and current.
    """
    claims = [
        (_share(sheet, vendor), -place, vendor)
        for place, vendor in enumerate(_VENDORS)
        for sheet in sheets
        if _is_records(sheet, vendor)
    ]
    if claims:
        vendor = max(claims, key=lambda claim: claim[:2])[2]
        chosen = [sheet for sheet in sheets if _is_records(sheet, vendor)]
        # a sheet of cycles has voltages and currents too, but fewer marks
        best = max(chosen, key=lambda sheet: _share(sheet, vendor))
        return vendor, [s for s in chosen if s.titles == best.titles]
    names = ", ".join(sheet.name for sheet in sheets) or "none"
    raise ReadingError(
        "no_record_sheet",
        "No sheet has columns of time, voltage and current; sheets with a "
        f"header: {names[:300]}.",
        "Export the records (the detail layer) too.",
    )


def _is_records(sheet: Sheet, vendor: Vendor) -> bool:
    found = find_columns(list(sheet.titles), vendor)
    if not {Role.VOLTAGE, Role.CURRENT} <= found.keys():
        return False
    if not {Role.TIME, Role.STEP_TIME, Role.DATE} & found.keys():
        return False
    return vendor is GENERIC or _share(sheet, vendor) >= _ENOUGH_MARKS


def _with_units(sheet: Sheet, vendor: Vendor) -> tuple[Title, ...]:
    """The titles with the units of a row of units right below them."""
    below = [
        cell if isinstance(cell, str) else "" for row in sheet.rows[:1] for cell in row
    ]
    return with_units_below(sheet.titles, below, vendor)


def _share(sheet: Sheet, vendor: Vendor) -> float:
    """Of the vendor's marks; what no vendor claims is generic."""
    if vendor is GENERIC:
        return 0.0
    return marks_found(list(sheet.titles), vendor) / len(vendor.marks)


def _joined(sheets: list[Sheet], notes: list[str]) -> list[Row]:
    """The rows of sheets that go on where the one before ended."""
    rows = list(sheets[0].rows)
    for sheet in sheets[1:]:
        if rows and sheet.rows and _goes_on(rows[-1], sheet.rows[0]):
            rows += sheet.rows
        else:
            notes.append(f"the sheet {sheet.name!r} is another test's and was not read")
    return rows


def _goes_on(last: Row, first: Row) -> bool:
    """By the record numbers, which every vendor here puts first."""
    numbers = [cell for cell in (last[0], first[0]) if isinstance(cell, (int, float))]
    return len(numbers) == 2 and numbers[1] > numbers[0]


def _cell(row: Row, index: int) -> Any:
    return row[index] if index < len(row) else None


def as_series(values: list[Any]) -> pl.Series:
    """Cells as decimals when all are numbers, else as text."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {float, int}:
        return pl.Series(values, dtype=pl.Float64)
    return pl.Series([_text(value) for value in values], dtype=pl.String)


def _text(value: Any) -> str | None:
    if isinstance(value, datetime):
        if value.year <= _LEAP.year:
            # a time of more than a day, in a cell that shows the time alone
            return _duration(value - (_ZERO if value < _LEAP else _ZERO_SINCE))
        return value.isoformat(sep=" ", timespec="milliseconds")
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return None if value is None or value == "" else str(value)


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(value.total_seconds(), 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02}:{seconds:06.3f}"


def _vendor_cycles(sheets: list[Sheet]) -> tuple[VendorCycle, ...]:
    for sheet in sheets:
        if Role.VOLTAGE not in find_columns(list(sheet.titles), NEWARE):
            cycles = find_cycles(sheet.titles, sheet.rows)
            if cycles:
                return cycles
    return ()
