"""The rows that were not taken, as a file to be mended and imported again."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from battery_registry.wire.importing.mapping import NOTE
from battery_registry.wire.importing.sheets import Kind, Row, Sheet

# Notes of a file of failed rows; an import ignores them.
_NOTES: Final = (f"{NOTE}row", f"{NOTE}field", f"{NOTE}fault")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
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
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in noted)
    names = _names(sheet)
    return "".join(
        _csv_line([_inert(row.get(name, "")) for name in names])
        for row in map(_noted, failed)
    )


def _names(sheet: Sheet) -> list[str]:
    return [*(name for name in sheet.columns if name not in _NOTES), *_NOTES]


def _noted(one: FailedRow) -> dict[str, Any]:
    fields = " ".join(field for field, _ in one.faults)
    notes = (one.row.number, fields, "; ".join(fault for _, fault in one.faults))
    return {**one.row.cells, **dict(zip(_NOTES, notes, strict=True))}


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _inert(cell: Any) -> Any:
    """Keep a spreadsheet from running what a stranger wrote into a cell."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
