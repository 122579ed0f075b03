"""Rows of inspections from a file: CSV, a workbook, or one JSON object a line.

A file is read row by row and never whole, so that a hundred thousand rows
need no more room than five hundred.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from pathlib import PurePath
from typing import Any, BinaryIO, Final, TextIO

from battery_registry.domain import RegistryError
from battery_registry.wire import json_text
from battery_registry.wire.importing import workbooks
from battery_registry.wire.importing.cells import reader, unguard
from battery_registry.wire.importing.mapping import (
    IMPLIED,
    NOTE,
    ColumnMapping,
    check_columns,
)

_CHUNK: Final = 1024 * 1024
_MOST_COLUMNS: Final = 500
_LONGEST_LINE: Final = 1024 * 1024
# What a file says of itself counts; only one that says nothing is guessed.
_MARKS: Final = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


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
    """The file is neither UTF-8, GB 18030 nor marked UTF-16, nor a workbook."""

    code = "import_not_text"


class DamagedCsvError(RegistryError):
    """The file's quotes or lines do not fit."""

    code = "import_csv_damaged"


class RowShapeError(RegistryError):
    """The row has more cells than the header has names."""

    code = "row_shape"


class ManyColumnsError(RegistryError):
    """The header has more columns than any file of inspections."""

    code = "import_many_columns"


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
        surplus: Cells that stood there without a column.
    """

    number: int
    cells: Mapping[str, Any]
    raw: Any = field(default_factory=dict)
    refusal: RegistryError | None = None
    surplus: tuple[str, ...] = ()


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
    with file.open() as opened:
        first = opened.read(3)
    marked = [encoding for mark, encoding in _MARKS.items() if first.startswith(mark)]
    for encoding in marked or ("utf-8-sig", "gb18030"):
        with file.open() as opened, _as_text(opened, encoding) as text:
            try:
                while text.read(_CHUNK):
                    pass
            except UnicodeError:
                continue
            return encoding
    raise NotTextError(field="file")


def _as_text(opened: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened, encoding=encoding, newline="")


def _json_rows(file: File, encoding: str, mapping: ColumnMapping) -> Iterator[Row]:
    with file.open() as opened, _as_text(opened, encoding) as text:
        for number, line in enumerate(_lines(text), start=1):
            if not line.strip():
                continue
            try:
                raw = json_text.parse(_whole(line))
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


def _lines(text: TextIO) -> Iterator[str]:
    """Yield lines; of one that has no end only the beginning is kept."""
    while line := text.readline(_LONGEST_LINE):
        yield line
        while line and not line.endswith(("\n", "\r")):
            line = text.readline(_LONGEST_LINE)


def _whole(line: str) -> str:
    if len(line) == _LONGEST_LINE:
        raise json_text.MalformedBodyError(why=f"more than {_LONGEST_LINE} characters")
    return line


def _csv_rows(file: File, encoding: str) -> Iterator[list[str]]:
    with file.open() as opened, _as_text(opened, encoding) as text:
        # A cell with a line break is one row in a spreadsheet, so rows are
        # counted and not lines.
        lines = csv.reader(map(_whole, _lines(text)), strict=True)
        try:
            yield from lines
        except (csv.Error, json_text.MalformedBodyError) as error:
            why = error.params["why"] if isinstance(error, RegistryError) else error
            raise DamagedCsvError(
                field="file", line=lines.line_num, why=str(why)
            ) from error


def _table(
    kind: Kind, encoding: str, lines: Iterator[list[str]], mapping: ColumnMapping
) -> Sheet:
    numbered = enumerate(lines, start=1)
    filled = (names for _, names in numbered if any(name.strip() for name in names))
    names = tuple(name.strip() for name in next(filled, []))
    if len(names) > _MOST_COLUMNS:
        raise ManyColumnsError(field="file", most=_MOST_COLUMNS)
    check_columns([name for name in names if name], mapping)
    rows = _table_rows(names, numbered, mapping)
    return Sheet(kind=kind, encoding=encoding, columns=names, rows=rows)


def _table_rows(
    names: tuple[str, ...],
    lines: Iterator[tuple[int, list[str]]],
    mapping: ColumnMapping,
) -> Iterator[Row]:
    fields = [
        (name, mapping.field_of(name), reader(mapping.field_of(name)))
        for name in names
        if name and not name.startswith(NOTE)
    ]
    is_of_failed_rows = any(name.startswith(NOTE) for name in names)
    for number, line in lines:
        if not any(cell.strip() for cell in line):
            continue
        said = [unguard(cell) for cell in line] if is_of_failed_rows else line
        yield _table_row(number, names, said, fields, mapping)


def _table_row(
    number: int,
    names: tuple[str, ...],
    line: Sequence[str],
    fields: Sequence[tuple[str, str, Callable[[str], Any]]],
    mapping: ColumnMapping,
) -> Row:
    placed = zip_longest(names, line, fillvalue="")
    surplus = tuple(cell for name, cell in placed if not name and cell.strip())
    found = {name: cell for name, cell in zip(names, line, strict=False) if name}
    told: dict[str, Any] = {}
    try:
        if surplus:
            raise RowShapeError(columns=sum(1 for name in names if name))
        for name, to, read in fields:
            if cell := found.get(name, "").strip():
                told[to] = read(cell)
    except RegistryError as refusal:
        return Row(number=number, cells=found, refusal=refusal, surplus=surplus)
    raw = {**IMPLIED, **mapping.constants, **told}
    return Row(number=number, cells=found, raw=raw)
