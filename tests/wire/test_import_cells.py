"""Files as spreadsheets, people and strangers make them, before any database."""

import io
import json
from typing import Any

import pytest

from battery_registry.domain import RegistryError
from battery_registry.wire.importing import failed_rows, sheets, station_files
from battery_registry.wire.importing.cells import CellShortenedError, guard, unguard
from battery_registry.wire.importing.failed_rows import FailedRow
from battery_registry.wire.importing.mapping import ColumnMapping, ColumnsError
from battery_registry.wire.importing.sheets import (
    DamagedCsvError,
    File,
    ManyColumnsError,
    NotTextError,
    Row,
    RowShapeError,
    Sheet,
)
from battery_registry.wire.importing.station_files import ExportDamagedError
from tests.builders import make_body

NAMES = list(make_body())
HEAD = ",".join(NAMES)


def made(content: bytes, name: str = "day.csv") -> File:
    return File(name=name, open=lambda: io.BytesIO(content))


def sheet_of(text: str, encoding: str = "utf-8", name: str = "day.csv") -> Sheet:
    return sheets.read(made(text.encode(encoding), name), ColumnMapping())


def line(**changes: str) -> str:
    cells = {name: str(value) for name, value in make_body().items()} | changes
    return ",".join(cells.get(name, "") for name in NAMES)


def only_row(text: str, encoding: str = "utf-8") -> Row:
    (row,) = sheet_of(text, encoding).rows
    return row


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"]
)
def test_what_spreadsheets_write_is_read(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    row = only_row(f"{mark}{HEAD}\r\n{line(maker='沃尔塔')}\r\n", encoding)
    assert row.raw["maker"] == "沃尔塔"


def test_a_file_that_says_utf8_is_never_guessed_to_be_another() -> None:
    content = b"\xef\xbb\xbf" + f"{HEAD}\n{line(maker='沃尔塔')}".encode() + b"\xe9a\n"
    with pytest.raises(NotTextError):
        sheets.read(made(content), ColumnMapping())
    with pytest.raises(NotTextError):
        sheets.read(made(b"\xff\xfe\x00"), ColumnMapping())


@pytest.mark.parametrize("shown", ["1.23457E+14", "1E+05", "8.613800138000000e+12"])
def test_a_serial_that_a_spreadsheet_has_shortened_is_refused(shown: str) -> None:
    row = only_row(f"{HEAD}\n{line(maker=shown)}\n")
    assert isinstance(row.refusal, CellShortenedError)
    assert row.refusal.field == "maker"


def test_a_measured_number_may_be_spelled_so() -> None:
    row = only_row(f"{HEAD}\n{line(ocv_v='5.4E+01')}\n")
    assert (row.raw["ocv_v"], row.refusal) == (54.0, None)


@pytest.mark.parametrize(
    "digits", ["9" * 5000, "1e99999", "\uff11\uff12", "1,5", "0x10"]
)
def test_what_is_no_number_is_left_to_be_refused_by_name(digits: str) -> None:
    quoted = line(ocv_v=f'"{digits}"')
    row = only_row(f"{HEAD}\n{quoted}\n")
    assert row.raw["ocv_v"] == digits


def test_leading_zeros_of_a_text_stay() -> None:
    assert only_row(f"{HEAD}\n{line(model='00012')}\n").raw["model"] == "00012"


def test_blank_columns_and_rows_are_none() -> None:
    rows = list(sheet_of(f"\n,,\n{HEAD},,\n{line()},, \n\n{line()}\n").rows)
    assert [row.number for row in rows] == [4, 6]
    assert [row.refusal for row in rows] == [None, None]


def test_cells_without_a_column_are_refused_and_not_lost() -> None:
    sheet = sheet_of(f"{HEAD},\n{line()},Ltd,more\n")
    (row,) = sheet.rows
    assert isinstance(row.refusal, RowShapeError)
    assert row.refusal.params == {"columns": len(NAMES)}
    spelled = failed_rows.spell(sheet, [FailedRow(row=row, faults=[("", "x")])])
    assert spelled.rstrip().endswith(",2,,x,Ltd,more")


def test_a_cell_with_line_breaks_is_one_row() -> None:
    text = f"{HEAD}\n{line(maker=chr(34) + 'a' + chr(10) + 'b' + chr(34))}\n{line()}"
    assert [row.number for row in sheet_of(text).rows] == [2, 3]


def test_a_header_without_end_is_refused_at_once() -> None:
    with pytest.raises(ManyColumnsError):
        sheet_of(",".join(f"c{n}" for n in range(100_000)))
    with pytest.raises(ColumnsError):
        sheet_of(",".join(f"c{n}" for n in range(400)) + "\n")


def test_a_line_without_end_is_refused_where_it_stands() -> None:
    long = "x" * (2 * 1024 * 1024)
    with pytest.raises(DamagedCsvError) as refused:
        list(sheet_of(f"{HEAD}\n{line()}\n{long}\n{line()}\n").rows)
    assert refused.value.params["line"] == 2
    body = json.dumps(make_body())
    rows = list(sheet_of(f"{body}\n{long}\n{body}\n", name="a.jsonl").rows)
    assert [row.refusal is None for row in rows] == [True, False, True]
    assert [row.number for row in rows] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1e999}',
        '{"a": NaN}',
        "[" * 100_000,
        '{"a": %s}' % ("9" * 5000),
        '{"a": "\\u0000"}'[:-1],
    ],
)
def test_json_that_no_honest_station_writes_is_a_refused_row(text: str) -> None:
    (row,) = sheet_of(text + "\n", name="a.jsonl").rows
    assert isinstance(row.refusal, RegistryError)
    assert row.cells == {"line": text}


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
)
def test_a_formula_is_guarded_and_comes_back_as_it_was(cell: str) -> None:
    assert guard(cell) == f"'{cell}"
    assert unguard(guard(cell)) == cell


@pytest.mark.parametrize("cell", ["'tis", "-5", "+5.0", "plain", "'", ""])
def test_what_runs_nowhere_is_left_alone(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    assert guard(cell) == cell


def test_a_file_of_failed_rows_says_again_what_the_first_one_said() -> None:
    told = line(maker="@x", model="=1+1")
    sheet = sheet_of(f"{HEAD}\n{told}\n")
    (row,) = sheet.rows
    failed = [FailedRow(row=row, faults=[("maker", "bad")])]
    text = failed_rows.head(sheet) + failed_rows.spell(sheet, failed)
    (again,) = sheet_of(text.removeprefix("\ufeff")).rows
    assert again.raw == row.raw
    assert text.count("'@x") == 1


def test_half_a_character_in_a_failed_line_stays_the_same_json() -> None:
    body: dict[str, Any] = {**make_body(), "maker": "\ud800"}
    sheet = sheet_of(json.dumps(body) + "\n", name="a.jsonl")
    (row,) = sheet.rows
    spelled = failed_rows.spell(sheet, [FailedRow(row=row, faults=[("maker", "x")])])
    spelled.encode()
    assert json.loads(spelled)["maker"] == "\ud800"


def test_rows_are_of_the_header_whatever_bytes_stand_in_a_cell() -> None:
    told = line(maker="a\0b")
    assert only_row(f"{HEAD}\n{told}\n").raw["maker"] == "a\0b"


@pytest.mark.parametrize(
    "head",
    [
        {"readings": 1e999},
        {"readings": "1e5"},
        {"readings": None},
        {"key": "\0"},
        {"key": "\ud800"},
        {"key": ["x"]},
        {"key": "x" * 100},
    ],
)
def test_a_head_that_no_station_writes_is_a_damaged_file(head: dict[str, Any]) -> None:
    told = {"format": station_files.FORMAT, "key": "abcd1234", "readings": 0, **head}
    text = json.dumps(told) + '\n{"signature": ""}\n'
    with pytest.raises(ExportDamagedError):
        station_files.find(made(text.encode()))
