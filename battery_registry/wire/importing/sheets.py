"""Rows of inspections from a file: CSV, a workbook, or one JSON object a line.

A file is read row by row and never whole, so that a hundred thousand rows
need no more room than five hundred.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Any, BinaryIO, Final

from battery_registry.domain import RegistryError
from battery_registry.wire import json_text
from battery_registry.wire.fields import Flag, Listed, Number, Whole
from battery_registry.wire.importing import workbooks
from battery_registry.wire.importing.mapping import (
    FIELDS,
    IMPLIED,
    NOTE,
    ColumnMapping,
    check_columns,
)

_FIRST_ROW: Final = 2
_CHUNK: Final = 1024 * 1024
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否"), False),
}
_LIST_SEPARATOR = ";"
_FRACTION_SIGNS = frozenset(".eE")


class Kind(StrEnum):
    """What a file is."""

    CSV = "csv"
    WORKBOOK = "xlsx"
    LINES = "jsonl"


_BY_SUFFIX: Final = {
    ".csv": Kind.CSV,
    ".xlsx": Kind.WORKBOOK,
    ".jsonl": Kind.LINES,
    ".ndjson": Kind.LINES,
}


class NotTextError(RegistryError):
    """The file is neither UTF-8 nor GB 18030, nor a workbook."""

    code = "import_not_text"


class DamagedCsvError(RegistryError):
    """The file's quotes or lines do not fit."""

    code = "import_csv_damaged"


class RowShapeError(RegistryError):
    """The row has more cells than the header has names."""

    code = "row_shape"


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that can be read more than once.

    Args:
        name: What it is called; its ending may say what it is.
        open: Opens it at its beginning.
    """

    name: str
    open: Callable[[], BinaryIO]

    def sha256(self) -> bytes:
        """Hash its bytes."""
        total = hashlib.sha256()
        with self.open() as file:
            while chunk := file.read(_CHUNK):
                total.update(chunk)
        return total.digest()


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
    raw: Any = field(default_factory=dict)
    refusal: RegistryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The rows of a file, and what it was read as.

    Args:
        columns: Names of the header; none in a file of JSON lines.
    """

    kind: Kind
    encoding: str
    columns: tuple[str, ...]
    rows: Iterator[Row]


def read(file: File, mapping: ColumnMapping) -> Sheet:
    """Open a file of inspections; the header is checked, rows come one by one.

    Raises:
        NotTextError: It is neither text nor a workbook.
        UnreadableWorkbookError: It is a workbook that cannot be read.
        DamagedCsvError: The header cannot be read.
        ColumnsError: The columns cannot be taken as they are.
    """
    kind = _kind(file)
    if kind is Kind.WORKBOOK:
        return _table(kind, "xlsx", _workbook_rows(file), mapping)
    encoding = _encoding(file)
    if kind is Kind.CSV:
        return _table(kind, encoding, _csv_rows(file, encoding), mapping)
    rows = _json_rows(file, encoding, mapping)
    return Sheet(kind=kind, encoding=encoding, columns=(), rows=rows)


def _kind(file: File) -> Kind:
    """Tell what a file is, by its first bytes before its name."""
    with file.open() as opened:
        first = opened.read(64)
    if first.startswith(b"PK\x03\x04"):
        return Kind.WORKBOOK
    named = _BY_SUFFIX.get(PurePath(file.name).suffix.lower())
    if named in {Kind.CSV, Kind.LINES}:
        return named
    looks_like_json = first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return Kind.LINES if looks_like_json else Kind.CSV


def _encoding(file: File) -> str:
    """Find UTF-8, or else what Excel in China writes without being asked."""
    for encoding in ("utf-8-sig", "gb18030"):
        with file.open() as opened, _as_text(opened, encoding) as text:
            try:
                while text.read(_CHUNK):
                    pass
            except UnicodeDecodeError:
                continue
            return encoding
    raise NotTextError(field="file")


def _as_text(opened: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened, encoding=encoding, newline="")


def _json_rows(file: File, encoding: str, mapping: ColumnMapping) -> Iterator[Row]:
    with file.open() as opened, _as_text(opened, encoding) as text:
        for number, line in enumerate(text, start=1):
            if not line.strip():
                continue
            try:
                raw = json_text.parse(line)
            except RegistryError as refusal:
                cells = {"line": line.rstrip("\r\n")}
                yield Row(number=number, cells=cells, refusal=refusal)
                continue
            cells = raw if isinstance(raw, dict) else {"line": line.strip()}
            yield Row(number=number, cells=cells, raw=_mapped(raw, mapping))


def _mapped(raw: Any, mapping: ColumnMapping) -> Any:
    if not isinstance(raw, dict):
        return raw
    told = {
        mapping.field_of(name): value
        for name, value in raw.items()
        if not name.startswith(NOTE)
    }
    return {**IMPLIED, **mapping.constants, **told}


def _workbook_rows(file: File) -> Iterator[list[str]]:
    with file.open() as opened:
        yield from workbooks.rows(opened)


def _csv_rows(file: File, encoding: str) -> Iterator[list[str]]:
    with file.open() as opened, _as_text(opened, encoding) as text:
        # A cell with a line break is one row in a spreadsheet, so rows are
        # counted and not lines.
        lines = csv.reader(text, strict=True)
        try:
            yield from lines
        except csv.Error as error:
            raise DamagedCsvError(
                field="file", line=lines.line_num, why=str(error)
            ) from error


def _table(
    kind: Kind, encoding: str, lines: Iterator[list[str]], mapping: ColumnMapping
) -> Sheet:
    names = tuple(name.strip() for name in next(lines, []))
    check_columns(names, mapping)
    rows = _table_rows(names, lines, mapping)
    return Sheet(kind=kind, encoding=encoding, columns=names, rows=rows)


def _table_rows(
    names: tuple[str, ...], lines: Iterator[list[str]], mapping: ColumnMapping
) -> Iterator[Row]:
    data = [name for name in names if not name.startswith(NOTE)]
    fields = [
        (name, mapping.field_of(name), _reader(mapping.field_of(name))) for name in data
    ]
    for number, line in enumerate(lines, start=_FIRST_ROW):
        if not any(cell.strip() for cell in line):
            continue
        cells = dict(zip(names, line, strict=False))
        if any(cell.strip() for cell in line[len(names) :]):
            refusal = RowShapeError(columns=len(names))
            yield Row(number=number, cells=cells, refusal=refusal)
            continue
        told = {
            to: read(cell)
            for name, to, read in fields
            if (cell := cells.get(name, "").strip())
        }
        yield Row(
            number=number, cells=cells, raw={**IMPLIED, **mapping.constants, **told}
        )


def _reader(name: str) -> Callable[[str], Any]:
    """Choose how a field's cells become JSON, once for a column.

    What does not fit stays text and is refused by name.
    """
    wanted = FIELDS.get(name)
    if isinstance(wanted, Number | Whole):
        return _number
    if isinstance(wanted, Flag):
        return lambda cell: _FLAGS.get(cell.casefold(), cell)
    if isinstance(wanted, Listed):
        return _list
    return str


def _number(cell: str) -> float | int | str:
    if not _NUMBER.fullmatch(cell):
        return cell
    return float(cell) if set(cell) & _FRACTION_SIGNS else int(cell)


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_LIST_SEPARATOR) if part.strip()]
