from pathlib import Path

import pytest

from instruments.capacity import cycle_capacities
from instruments.checks import Severity, run_checks
from instruments.evaluate import evaluate
from instruments.readers import read_file
from instruments.reading import ReadingError
from instruments.recording import Recording, StepKind
from tests.instruments.conftest import Expected, Sample

EXPORT = "nw_regular_export_ife_example.csv"
ENGLISH = (
    "Cycle Index,Chg. Cap.(mAh),DChg. Cap.(mAh)",
    ",Step Index,Step Number,Step Type",
    ",,DataPoint,Time,Total Time,Current(mA),Voltage(V),Capacity(mAh),Date,T1(?)",
)
CHINESE = (
    "循环号,充电容量(mAh),放电容量(mAh)",
    ",工步号,工步序号,工步类型",
    ",,数据序号,时间,总时间,电流(uA),电压(V),容量(mAh),绝对时间,温度(℃)",
)
ROWS = (
    "1,0,500,1,1,Rest",
    ",,1,00:00:00,00:00:00,0,4.1,0,2026-03-06 12:00:00,25.0",
    ",2,2,CC DChg",
    ",,2,00:00:00,00:00:00,-1000,4.0,0,2026-03-06 12:00:00,25.0",
    ",,3,00:30:00,00:30:00,-1000,3.0,500,2026-03-06 12:30:00,26.0",
)


def write_report(
    path: Path,
    header: tuple[str, ...] = ENGLISH,
    rows: tuple[str, ...] = ROWS,
    encoding: str = "utf-8",
) -> Path:
    path.write_bytes(("\n".join((*header, *rows)) + "\n").encode(encoding))
    return path


@pytest.fixture(scope="module")
def export(sample: Sample) -> Recording:
    return read_file(sample("neware_csv", EXPORT))


def test_export_has_all_its_levels(export: Recording, expected: Expected) -> None:
    stated = expected("neware_csv")[EXPORT]
    assert export.rows == stated["records"]
    assert len(export.steps) == stated["steps"]
    assert [
        {"cycle": c.cycle, "charge_Ah": c.charge_ah, "discharge_Ah": c.discharge_ah}
        for c in export.vendor_summary
    ] == stated["vendor_cycles"]
    voltage = [export.voltage_v.min(), export.voltage_v.max()]
    assert voltage == pytest.approx(stated["voltage_V"])
    assert export.temperature_c is not None
    temperature = [export.temperature_c.min(), export.temperature_c.max()]
    assert temperature == pytest.approx(stated["temperature_C"])
    assert export.started_at == "2026-03-06 12:37:25"
    assert export.warnings == ("the unit of 'T1(?)' is lost: read as degrees Celsius",)
    assert "CPU(?)" in export.extra_columns


def test_our_integral_agrees_with_the_vendors_own_capacities(export: Recording) -> None:
    cycles = cycle_capacities(export)
    assert len(cycles) == 20
    for cycle in cycles:
        assert cycle.charge_ah == pytest.approx(cycle.vendor_charge_ah, rel=0.01)
        assert cycle.discharge_ah == pytest.approx(cycle.vendor_discharge_ah, rel=0.01)
    retention = cycles[19].discharge_ah / cycles[1].discharge_ah
    assert retention == pytest.approx(0.79344, abs=1e-3)
    severities = {check.code: check.severity for check in run_checks(export)}
    assert severities["vendor_capacity"] is Severity.OK
    assert severities["capacity_counter"] is Severity.OK


def test_export_reading(export: Recording) -> None:
    reading = evaluate(export)
    assert reading.capacity_valid
    assert reading.discharge_capacity_ah == pytest.approx(0.33067, rel=1e-3)
    assert [r.dt_s for r in reading.resistances] == [30.0]
    assert len(reading.cycles) == 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_export(encoding: str, tmp_path: Path) -> None:
    rows = tuple(
        row.replace("CC DChg", "恒流放电")
        .replace("Rest", "搁置")
        .replace("-1000", "-1000000")
        for row in ROWS
    )
    path = write_report(tmp_path / "a.csv", CHINESE, rows, encoding)
    recording = read_file(path)
    assert [step.kind for step in recording.steps] == [
        StepKind.REST,
        StepKind.DISCHARGE,
    ]
    assert recording.current_a[-1] == pytest.approx(-1.0)
    assert recording.vendor_summary[0].discharge_ah == pytest.approx(0.5)
    assert recording.integral_ah(slice(1, 3)) == pytest.approx(0.5)
    wanted = () if encoding != "gb18030" else ("the text was read as gb18030",)
    assert recording.warnings == wanted


def test_latin_1_with_a_micro_sign(tmp_path: Path) -> None:
    header = (*ENGLISH[:2], ENGLISH[2].replace("mA)", "\u00b5A)"))
    path = write_report(tmp_path / "a.csv", header, encoding="latin-1")
    recording = read_file(path)
    assert recording.current_a[-1] == pytest.approx(-1e-3)
    assert recording.warnings[0] == "the text was read as latin-1"


def test_head_cut_inside_a_character_is_still_known(tmp_path: Path) -> None:
    rows = (*ROWS[:2], *[ROWS[1] + ",搁"] * 2000)
    path = write_report(tmp_path / "long.csv", CHINESE, rows)
    assert read_file(path).rows == 2001


def test_unknown_step_and_missing_columns(tmp_path: Path) -> None:
    rows = tuple(row.replace("CC DChg", "Levitate") for row in ROWS)
    recording = read_file(write_report(tmp_path / "a.csv", rows=rows))
    assert recording.steps[1].kind is StepKind.OTHER
    assert "step 2 has an unknown type 'Levitate'" in recording.warnings
    short = (*ENGLISH[:2], ENGLISH[2].replace(",T1(?)", "").replace(",Date", ""))
    rows = tuple(row.rsplit(",", 2)[0] if ",2026" in row else row for row in ROWS)
    recording = read_file(write_report(tmp_path / "b.csv", short, rows))
    assert recording.temperature_c is None
    assert recording.started_at is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Voltage(V)", "Spannung(V)", "missing_column"),
        ("Voltage(V)", "Voltage", "missing_unit"),
        ("Voltage(V)", "Voltage(furlong)", "bad_unit"),
        ("Voltage(V)", "Voltage(A)", "bad_unit"),
        ("Step Type", "Kind", "missing_column"),
        ("-1000,4.0", "-1000,four", "bad_row"),
        ("-1000,4.0", "-1000,nan", "bad_row"),
        ("00:30:00,00:30:00", "00:30:00,later", "bad_row"),
        ("1,0,500,1,1,Rest", "1,0", "bad_row"),
        (",2,2,CC DChg", ",2", "bad_row"),
    ],
)
def test_damaged_reports_say_what_is_wrong(
    old: str, new: str, code: str, tmp_path: Path
) -> None:
    text = "\n".join((*ENGLISH, *ROWS)).replace(old, new)
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ReadingError) as refused:
        read_file(path)
    assert refused.value.code == code


def test_report_without_records_or_without_headers(
    tmp_path: Path, sample: Sample
) -> None:
    with pytest.raises(ReadingError) as empty:
        read_file(write_report(tmp_path / "a.csv", rows=()))
    assert empty.value.code == "no_records"
    with pytest.raises(ReadingError) as other:
        read_file(sample("neware_csv", "neware_uio.csv"), name="neware_report")
    assert other.value.code == "not_a_report"


def test_records_before_any_step_are_refused(tmp_path: Path) -> None:
    path = write_report(tmp_path / "a.csv", rows=ROWS[1:2])
    with pytest.raises(ReadingError) as refused:
        read_file(path)
    assert refused.value.code == "bad_steps"


def test_empty_lines_and_steps_without_cycle(tmp_path: Path) -> None:
    rows = ("", ",1,1,Rest", *ROWS[1:2], ",2,2,Rest", ",3,3,CC DChg", *ROWS[3:])
    recording = read_file(write_report(tmp_path / "a.csv", rows=rows))
    assert [step.number for step in recording.steps] == [1, 3]
    assert {step.cycle for step in recording.steps} == {1}


@pytest.mark.parametrize("footer", ["End of file\n", "\n,,\n结束,,\n", ",合计\n"])
def test_a_footer_of_words_is_left_out(footer: str, tmp_path: Path) -> None:
    path = write_report(tmp_path / "a.csv", rows=ROWS)
    whole = read_file(path)
    path.write_bytes(path.read_bytes() + footer.encode())
    recording = read_file(path)
    assert recording.rows == whole.rows
    assert recording.steps == whole.steps
