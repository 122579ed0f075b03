"""Workbooks that are honest, odd, damaged, or made to bring the service down."""

import datetime as dt
import io
import zipfile

import pytest

from battery_registry.wire.importing import workbook_child, workbooks
from tests.wire.made_workbooks import workbook

# As a workbook tells it: without a zone.
MIDNIGHT = dt.datetime(2026, 5, 4)  # noqa: DTZ001 - that is what is read


def read(content: bytes) -> list[list[str]]:
    return list(workbooks.rows(io.BytesIO(content)))


def test_cells_become_what_a_person_sees() -> None:
    cells = (True, 5.0, 0.1, MIDNIGHT, MIDNIGHT.date(), "x")
    seen = ["true", "5", "0.1", "2026-05-04", "2026-05-04", "x"]
    assert [workbook_child.text(cell) for cell in cells] == seen
    moment = MIDNIGHT + dt.timedelta(hours=9, minutes=30)
    assert workbook_child.text(moment) == "2026-05-04T09:30:00+08:00"


def test_a_number_that_has_lost_digits_does_not_look_whole() -> None:
    assert read(workbook([123456789012345.0, 1234567890123456.0])) == [
        ["123456789012345", "1.234567890123456e+15"]
    ]


def test_rows_keep_their_numbers_wherever_the_table_begins() -> None:
    far = (
        '<row r="3"><c r="B3" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="5"><c r="B5"><v>7</v></c></row>'
    )
    assert read(workbook(sheet=far)) == [[""], [""], ["name"], [""], ["7"]]


def test_a_formula_gives_its_last_value_and_merged_cells_their_first() -> None:
    odd = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><v>9</v></c><c r="C1"/>'
        '</row></sheetData><mergeCells count="1"><mergeCell ref="B1:C1"/></mergeCells>'
        "<sheetData>"
    )
    assert read(workbook(sheet=odd))[0][:2] == ["2", "9"]


CORNERS = (
    '<row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
)
ENTITIES = '<row><c t="inlineStr"><is><t>&big;&big;</t></is></c></row>'


def bomb() -> bytes:
    """A sheet of blanks that unpacks to more than the reader may have."""
    made = io.BytesIO(workbook(["a"]))
    blanks = b" " * (64 * 1024 * 1024)
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<sst><si><t>")
        for _ in range(35):
            part.write(blanks)
        part.write(b"</t></si></sst>")
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        workbook(sheet=CORNERS),
        workbook(["x"] * (workbook_child.MOST_COLUMNS + 1)),
        workbook(["a"])[:-40],
        workbook(["a"])[:100],
        b"PK\x03\x04" + bytes(100),
        b"",
    ],
    ids=["corners", "columns", "cut", "head", "noise", "empty"],
)
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(workbooks.UnreadableWorkbookError):
        read(content)


def test_what_unpacks_without_end_is_refused() -> None:
    with pytest.raises(workbooks.UnreadableWorkbookError):
        read(bomb())


def test_an_entity_of_its_own_is_not_spun_out() -> None:
    try:
        rows = read(workbook(sheet=ENTITIES))
    except workbooks.UnreadableWorkbookError:
        return
    assert sum(len(cell) for row in rows for cell in row) < 100


def test_other_kinds_of_archive_are_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x", "no workbook")
    with pytest.raises(workbooks.UnreadableWorkbookError):
        read(other.getvalue())


def test_a_reader_that_is_left_early_ends_its_process() -> None:
    rows = workbooks.rows(io.BytesIO(workbook(*([str(n)] for n in range(20_000)))))
    assert next(rows) == ["0"]
    rows.close()  # type: ignore[attr-defined]  # a generator, as its text says
    with pytest.raises(StopIteration):
        next(rows)


def test_a_million_empty_rows_below_cost_no_more_than_time() -> None:
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    last = '<row r="1048576"><c r="T1048576"/></row>'
    rows = workbooks.rows(io.BytesIO(workbook(sheet=first + last)))
    assert sum(any(row) for row in rows) == 1
