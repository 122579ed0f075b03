"""Read rows of inspections from a file: CSV, or one JSON object a line."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from battery_registry.cli.failure import FailedError
from battery_registry.domain import RegistryError
from battery_registry.wire import json_text
from battery_registry.wire.fields import Flag, Listed, Number, Whole
from battery_registry.wire.inspections import InspectionSchema

# Columns that this program adds to a file of failed rows; never data.
NOTE = "_"

_FIRST_ROW = 2
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否"), False),
}
_LIST_SEPARATOR = ";"


class RowShapeError(RegistryError):
    """The row has more cells than the header has names."""

    code = "row_shape"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row.

    Args:
        number: As a spreadsheet counts, with the header in row 1; in a file
            of JSON lines, the line.
        cells: What stood there, for the file of failed rows.
        raw: The inspection as it goes over the wire.
        refusal: Why there is none.
    """

    number: int
    cells: Mapping[str, Any]
    raw: Mapping[str, Any] = field(default_factory=dict)
    refusal: RegistryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The rows of a file, and what it was read as."""

    rows: tuple[Row, ...]
    is_csv: bool
    encoding: str


def read_sheet(path: Path) -> Sheet:
    """Read a file of inspections.

    Raises:
        FailedError: It cannot be read, or is of another kind.
    """
    kind = path.suffix.lower()
    if kind in {".xlsx", ".xls"}:
        raise FailedError(
            f"{path.name}: save the workbook as CSV UTF-8 and import that"
        )
    if kind not in {".csv", ".jsonl", ".ndjson"}:
        raise FailedError(f"{path.name} is neither .csv nor .jsonl")
    text, encoding = _decode(path)
    rows = _csv_rows(text) if kind == ".csv" else _json_rows(text)
    return Sheet(rows=tuple(rows), is_csv=kind == ".csv", encoding=encoding)


def _decode(path: Path) -> tuple[str, str]:
    """Decode UTF-8, or else what Excel in China writes without being asked."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FailedError(f"{path} cannot be read: {error.strerror}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise FailedError(f"{path.name} is neither UTF-8 nor GB 18030")


def _json_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            raw = json_text.parse(line)
        except RegistryError as refusal:
            yield Row(number=number, cells={"line": line}, refusal=refusal)
            continue
        cells = raw if isinstance(raw, dict) else {"line": line}
        yield Row(number=number, cells=cells, raw=_without_notes(raw))


def _csv_rows(text: str) -> Iterator[Row]:
    # A cell with a line break is one row in a spreadsheet, so rows are counted
    # here and not lines.
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        names = [name.strip() for name in next(lines, [])]
        _check_names(names)
        for number, line in enumerate(lines, start=_FIRST_ROW):
            if any(cell.strip() for cell in line):
                yield _csv_row(number, names, line)
    except csv.Error as error:
        raise FailedError(f"near line {lines.line_num}: {error}") from error


def _check_names(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FailedError(f"the header names {twice[0] or 'nothing'} twice")
    if "inspection_id" not in names:
        raise FailedError("the header names no inspection_id")


def _csv_row(number: int, names: list[str], line: list[str]) -> Row:
    cells = dict(zip(names, line, strict=False))
    if any(cell.strip() for cell in line[len(names) :]):
        refusal = RowShapeError(columns=len(names))
        return Row(number=number, cells=cells, refusal=refusal)
    raw = {name: _value(name, cell.strip()) for name, cell in cells.items()}
    filled = {name: value for name, value in raw.items() if value is not None}
    return Row(number=number, cells=cells, raw=_without_notes(filled))


def _without_notes(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return raw
    return {name: value for name, value in raw.items() if not name.startswith(NOTE)}


def _value(name: str, cell: str) -> Any:
    """Make JSON of a cell; what does not fit stays text and is refused by name."""
    if not cell:
        return None
    wanted = _FIELDS.get(name)
    if isinstance(wanted, Number | Whole) and _NUMBER.fullmatch(cell):
        return float(cell) if set(cell) & set(".eE") else int(cell)
    if isinstance(wanted, Flag):
        return _FLAGS.get(cell.casefold(), cell)
    if isinstance(wanted, Listed):
        return [part.strip() for part in cell.split(_LIST_SEPARATOR) if part.strip()]
    return cell


_FIELDS = InspectionSchema().fields
