"""Workbooks as the vendors' software writes them, made by hand."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from instruments.checks import Severity, run_checks
from instruments.readers import get_reader, read_file
from instruments.readers.interface import Hints
from instruments.readers.workbook import Workbook
from instruments.reading import ReadingError
from instruments.recording import Recording, StepKind

Cells = list[list[str | float | None]]

_TYPES = """\
<?xml version="1.0"?><Types \
xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/></Types>"""
_RELATIONS = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)
_RELATION = (
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/{}" Target="{}"/>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_xlsx(path: Path, sheets: dict[str, Cells]) -> Path:
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    links = "".join(
        _RELATION.format(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml")
        for n in range(1, len(names) + 1)
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        root = _RELATION.format("rId1", "officeDocument", "xl/workbook.xml")
        archive.writestr("_rels/.rels", _RELATIONS.format(root))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_R}"><sheets>{listed}</sheets>'
            "</workbook>",
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(links))
        for n, name in enumerate(names, 1):
            rows = "".join(
                f"<row>{''.join(map(_cell, row))}</row>" for row in sheets[name]
            )
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return path


def _cell(value: str | float | None) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


RECORD_TITLES: list[str | float | None] = [
    *("DataPoint", "Cycle Index", "Step Index", "Step Type", "Time", "Total Time"),
    *("Current(A)", "Voltage(V)", "Capacity(Ah)", "Date"),
]
RECORDS: Cells = [
    [1, 1, 1, "Rest", "00:00:00", "00:00:00", 0, 4.1, 0, "2024-03-04 10:00:00"],
    [2, 1, 1, "Rest", "00:01:00", "00:01:00", 0, 4.1, 0, "2024-03-04 10:01:00"],
    [3, 1, 2, "CC DChg", "00:00:00", "00:01:00", -1, 4.0, 0, "2024-03-04 10:01:00"],
    [4, 1, 2, "CC DChg", "00:30:00", "00:31:00", -1, 3, 0.5, "2024-03-04 10:31:00"],
]
CYCLES: Cells = [
    ["Cycle Index", "Chg. Cap.(mAh)", "DChg. Cap.(mAh)"],
    [1, 0, 500],
    ["total", None, None],
]


def read_book(folder: Path, sheets: dict[str, Cells]) -> Recording:
    path = write_xlsx(folder / "a.xlsx", sheets)
    assert get_reader(path).name == "workbook"
    return Workbook().read(path, Hints())


def test_records_and_cycles_of_neware(tmp_path: Path) -> None:
    recording = read_book(
        tmp_path,
        {"unit": [["x"]], "cycle": CYCLES, "record": [RECORD_TITLES, *RECORDS]},
    )
    assert recording.reader == "neware_workbook"
    assert [s.kind for s in recording.steps] == [StepKind.REST, StepKind.DISCHARGE]
    assert recording.vendor_summary[0].discharge_ah == pytest.approx(0.5)
    assert len(recording.vendor_summary) == 1
    codes = {check.code: check.severity for check in run_checks(recording)}
    assert codes["vendor_capacity"] is Severity.OK
    assert recording.started_at == "2024-03-04 10:00:00"
    assert recording.extra_columns == ("DataPoint",)


def test_sheets_that_go_on_are_joined(tmp_path: Path) -> None:
    sheets: dict[str, Cells] = {
        "record": [RECORD_TITLES, *RECORDS[:2]],
        "record_1": [["", ""], RECORD_TITLES, *RECORDS[2:]],
        "other": [RECORD_TITLES, *RECORDS[:1]],
    }
    recording = read_book(tmp_path, sheets)
    assert recording.rows == 4
    assert recording.warnings == (
        "the sheet 'other' is another test's and was not read",
    )


def test_generic_sheet_and_gaps(tmp_path: Path) -> None:
    rows: Cells = [
        ["Time (s)", "Voltage (V)", "Current (mA)"],
        [0, 4.1, 0],
        [None, None, None],
        [60, 4.0, -1000],
        [120, 3.9],
    ]
    recording = read_book(tmp_path, {"Sheet1": rows})
    assert recording.reader == "generic_workbook"
    assert recording.time_s.tolist() == [0, 60]
    assert recording.current_a.tolist() == [0, -1]
    assert "the last record is cut off and was left out" in recording.warnings


@pytest.mark.parametrize(
    "sheets",
    [
        {"Sheet1": [["a", "b"], [1, 2]]},
        {"Sheet1": [[]]},
        {"cycle": CYCLES},
        {"s": [["Voltage(V)", "Capacity(Ah)"], [1, 2]]},
    ],
)
def test_books_without_records(sheets: dict[str, Cells], tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as refused:
        read_book(tmp_path, sheets)
    assert refused.value.code == "no_record_sheet"
    with pytest.raises(ReadingError) as again:
        read_file(tmp_path / "a.xlsx")
    assert again.value.code == "no_record_sheet"


def test_a_sheet_without_unit_is_refused(tmp_path: Path) -> None:
    titles: list[str | float | None] = [
        "Current" if title == "Current(A)" else title for title in RECORD_TITLES
    ]
    with pytest.raises(ReadingError) as refused:
        read_book(tmp_path, {"record": [titles, *RECORDS]})
    assert refused.value.code == "missing_unit"


def test_real_workbooks_in_this_process(shared_data: Path) -> None:
    folder = shared_data / "instrument_files"
    land = Workbook().read(folder / "landt_xlsx" / "custom_data_002.xlsx", Hints())
    neware = Workbook().read(folder / "neware_xls" / "custom_data_003.xls", Hints())
    assert (land.rows, neware.rows) == (16538, 2943)
    assert (land.reader, neware.reader) == ("land_workbook", "neware_workbook")


ARBIN: Cells = [
    [
        *("Data_Point", "Test_Time(s)", "Step_Index", "Cycle_Index", "Current(A)"),
        *("Voltage(V)", "Charge_Capacity(Ah)", "Discharge_Capacity(Ah)"),
    ],
    [1, 0, 1, 1, 0, 4.1, 0, 0],
    [2, 60, 1, 1, 0, 4.1, 0, 0],
]
STATISTICS: Cells = [
    [
        *("Cycle_Index", "Test_Time(s)", "Current(A)", "Voltage(V)"),
        *("Charge_Capacity(Ah)", "Discharge_Capacity(Ah)"),
    ],
    [1, 3660, 1, 4.1, 0.5, 0.5],
]


@pytest.mark.parametrize("first", ["Statistics_1", "Channel_1"])
def test_a_sheet_of_cycles_is_not_read_for_records(first: str, tmp_path: Path) -> None:
    sheets = {"Statistics_1": STATISTICS, "Channel_1": ARBIN}
    recording = read_book(tmp_path, {first: sheets[first]} | sheets)
    assert recording.reader == "arbin_workbook"
    assert recording.time_s.tolist() == [0, 60]


def test_a_row_of_units_in_a_sheet(tmp_path: Path) -> None:
    rows: Cells = [["Time", "Voltage", "Current"], ["min", "mV", "mA"], [0, 4100, 0]]
    recording = read_book(tmp_path, {"a": [*rows, [1, 4000, -500]]})
    assert recording.time_s.tolist() == [0, 60]
    assert recording.voltage_v.tolist() == [4.1, 4.0]
    assert recording.current_a.tolist() == [0, -0.5]


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="21"/><xf numFmtId="46"/></cellXfs></styleSheet>'
)


def add_styles(path: Path, sheet: str) -> Path:
    """Times as a spreadsheet keeps them: days, shown by a style."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    link = _RELATION.format("rId9", "styles", "styles.xml")
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("</R", link + "</R", 1)
    parts |= {"xl/styles.xml": _STYLES, "xl/worksheets/sheet1.xml": sheet}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("style", [1, 2])
def test_cells_of_time_over_many_days(style: int, tmp_path: Path) -> None:
    days = (0, 0.25, 1.5, 61.5)
    rows = "".join(
        f'<row><c s="{style}"><v>{day}</v></c><c><v>4.1</v></c><c><v>0</v></c></row>'
        for day in days
    )
    titles = ("Time(h:min:s.ms)", "Voltage(V)", "Current(A)")
    header = f"<row>{''.join(map(_cell, titles))}</row>"
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{header}{rows}</sheetData></worksheet>'
    )
    path = add_styles(write_xlsx(tmp_path / "a.xlsx", {"a": []}), sheet)
    recording = Workbook().read(path, Hints())
    assert recording.time_s.tolist() == pytest.approx([day * 86400 for day in days])


def test_a_cell_far_below_is_no_million_records(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"a": [RECORD_TITLES, *RECORDS]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    far = '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace("</sheetData>", far)
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    assert Workbook().read(path, Hints()).rows == len(RECORDS)
