"""The rows that were not taken, as a file to be mended and imported again."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, TextIO

from battery_registry.wire.importing.cells import guard
from battery_registry.wire.importing.mapping import NOTE
from battery_registry.wire.importing.sheets import Kind, Row, Sheet

# Notes of a file of failed rows; an import ignores them.
_NOTES: Final = (f"{NOTE}row", f"{NOTE}field", f"{NOTE}fault")
BYTE_ORDER_MARK: Final = "\ufeff"
"""Excel takes UTF-8 for what it is only with this mark."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedRow:
    """A row that was not taken.

    Args:
        row: The row.
        faults: Field at fault, and what is wrong with it in words.
    """

    row: Row
    faults: Sequence[tuple[str, str]]


def head(sheet: Sheet) -> str:
    """Spell what the file begins with."""
    if sheet.kind is Kind.LINES:
        return ""
    return BYTE_ORDER_MARK + _csv_line(_names(sheet))


def spell(sheet: Sheet, failed: Sequence[FailedRow]) -> str:
    """Spell failed rows as lines of the kind that their file has.

    Those of a workbook are spelled as CSV.
    """
    if sheet.kind is Kind.LINES:
        noted = (_noted(one) for one in failed)
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in noted)
        # Half a character cannot be written; escaped, it is the same JSON.
        return text.encode(errors="backslashreplace").decode()
    return "".join(_csv_row(_names(sheet), one) for one in failed)


def before(sheet: Sheet, file: TextIO, *, up_to: int) -> list[str]:
    """Read what stands in a file of failed rows, row by row, up to a row.

    It ends where nothing of ours follows: a line torn in the middle, a row
    that is to be taken again, another file altogether.
    """
    rows = (
        _lines_before(file) if sheet.kind is Kind.LINES else _rows_before(sheet, file)
    )
    return [line for _, line in takewhile(lambda row: row[0] <= up_to, rows)]


def _lines_before(file: TextIO) -> Iterator[tuple[int, str]]:
    try:
        for line in file:
            yield int(json.loads(line)[_NOTES[0]]), line
    except (ValueError, KeyError, TypeError):
        return


def _rows_before(sheet: Sheet, file: TextIO) -> Iterator[tuple[int, str]]:
    names, rows = _names(sheet), csv.reader(file, strict=True)
    at = names.index(_NOTES[0])
    try:
        if next(rows, []) != names:
            return
        for row in rows:
            yield int(row[at]), _csv_line(row)
    except (ValueError, IndexError, csv.Error):
        return


def _names(sheet: Sheet) -> list[str]:
    named = (name for name in sheet.columns if name and name not in _NOTES)
    return [*named, *_NOTES]


def _csv_row(names: Sequence[str], one: FailedRow) -> str:
    """Spell a row; what had no column stands behind all that has one."""
    noted = _noted(one)
    cells = [*(noted.get(name, "") for name in names), *one.row.surplus]
    return _csv_line([guard(cell) for cell in cells])


def _noted(one: FailedRow) -> dict[str, Any]:
    fields = " ".join(field for field, _ in one.faults)
    notes = (one.row.number, fields, "; ".join(fault for _, fault in one.faults))
    return {**one.row.cells, **dict(zip(_NOTES, notes, strict=True))}


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
