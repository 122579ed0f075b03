"""Exports of the known formats in the shapes that no sample file has."""

import json
from pathlib import Path

import pytest

from instruments.readers import get_reader, read_file
from instruments.readers.interface import Hints
from instruments.reading import ReadingError, ResistanceMethod
from instruments.recording import Recording, StepKind

REST, CHARGE, DISCHARGE = StepKind.REST, StepKind.CHARGE, StepKind.DISCHARGE


def read_text(
    folder: Path, text: str, encoding: str = "utf-8", hints: Hints | None = None
) -> Recording:
    path = folder / "export.txt"
    path.write_bytes(text.encode(encoding))
    return read_file(path, hints=hints)


def refusal(folder: Path, text: str, hints: Hints | None = None) -> ReadingError:
    with pytest.raises(ReadingError) as refused:
        read_text(folder, text, hints=hints)
    return refused.value


NEWARE = """\
DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V),\
Capacity(Ah),Date
1,1,1,Rest,00:00:00,00:00:00,0,4.10,0,2024-03-04 10:00:00
2,1,1,Rest,00:01:00,00:01:00,0,4.10,0,2024-03-04 10:01:00
3,1,2,CC DChg,00:00:00,00:01:00,-1.0,4.00,0,2024-03-04 10:01:00
4,1,2,CC DChg,00:30:00,00:31:00,-1.0,3.00,0.5,2024-03-04 10:31:00
5,1,3,CC Chg,00:00:00,00:31:00,1.0,3.20,0,2024-03-04 10:31:00
6,1,3,CC Chg,00:30:00,01:01:00,1.0,4.10,0.5,2024-03-04 11:01:00
"""
CHINESE = (
    ("DataPoint", "数据序号"), ("Cycle Index", "循环号"), ("Step Index", "工步号"),
    ("Step Type", "工步类型"), ("Total Time", "总时间"), ("Time", "时间"),
    ("Current", "电流"), ("Voltage", "电压"), ("Capacity", "容量"),
    ("Date", "绝对时间"), ("Rest", "搁置"), ("CC DChg", "恒流放电"),
    ("CC Chg", "恒流充电"),
)  # fmt: skip


def in_chinese(text: str) -> str:
    for english, chinese in CHINESE:
        text = text.replace(english, chinese)
    return text


def is_the_neware_test(recording: Recording) -> None:
    assert recording.rows == 6
    assert [step.kind for step in recording.steps] == [REST, DISCHARGE, CHARGE]
    assert recording.time_s.tolist() == [0, 60, 60, 1860, 1860, 3660]
    assert recording.voltage_v.tolist() == [4.1, 4.1, 4.0, 3.0, 3.2, 4.1]
    assert recording.current_a.tolist() == [0, 0, -1, -1, 1, 1]
    assert recording.capacity_ah is not None
    assert recording.capacity_ah.tolist() == [0, 0, 0, 0.5, 0, 0.5]
    assert recording.started_at == "2024-03-04 10:00:00"


def reordered(text: str) -> str:
    rows = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join(reversed(row)) for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize(
    "changed",
    [
        NEWARE,
        in_chinese(NEWARE),
        NEWARE.replace(",", ";"),
        NEWARE.replace(",", "\t"),
        NEWARE.replace(",", ";").replace(".", ","),
        NEWARE.replace("\n", "\r\n"),
        NEWARE.replace("\n", "\r"),
        NEWARE.replace("\n", ",\n"),
        NEWARE.replace("\n", "\n\n"),
        reordered(NEWARE),
        "\n".join('"' + line.replace(",", '","') + '"' for line in NEWARE.split("\n")),
        "Exported by BTSDA\n\nChannel,1-1\n" + NEWARE,
        NEWARE.replace("(A)", " (A)").replace("(V)", "/V").replace("(Ah)", "[Ah]"),
        NEWARE.replace("(A)", "\uff08A\uff09").replace("(V)", "\uff08V\uff09"),
        NEWARE.replace("Total Time", "Cumulative Time"),
        NEWARE.replace("2024-03-04", "2024/3/4"),
        NEWARE + ",,,,,,,,,\n",
        NEWARE.replace("-1.0", "1.0"),
    ],
)
def test_neware_csv_in_every_shape(changed: str, encoding: str, tmp_path: Path) -> None:
    recording = read_text(tmp_path, changed, encoding)
    assert recording.reader == "neware_csv"
    is_the_neware_test(recording)


def test_cycle_and_total_time_may_be_missing(tmp_path: Path) -> None:
    rows = [line.split(",") for line in NEWARE.splitlines()]
    text = "\n".join(",".join(row[:1] + row[2:5] + row[6:]) for row in rows)
    recording = read_text(tmp_path, text)
    assert {step.cycle for step in recording.steps} == {1}
    # the step's own time, joined
    assert recording.time_s.tolist() == [0, 60, 60, 1860, 1860, 3660]


@pytest.mark.parametrize(
    ("unit", "factor"), [("mA", 1e-3), ("uA", 1e-6), ("μA", 1e-6), ("µA", 1e-6)]
)
def test_units_in_the_header(unit: str, factor: float, tmp_path: Path) -> None:
    text = NEWARE.replace("Current(A)", f"Current({unit})")
    recording = read_text(tmp_path, text.replace("Voltage(V)", "Voltage(mV)"))
    assert recording.current_a[2] == pytest.approx(-factor)
    assert recording.voltage_v[0] == pytest.approx(4.1e-3)


@pytest.mark.parametrize(
    ("old", "new", "code", "named"),
    [
        ("Current(A)", "Current", "missing_unit", "'Current'"),
        ("Current(A)", "Current(MA)", "bad_unit", "'MA'"),
        ("Current(A)", "Current(V)", "bad_unit", "'V'"),
        ("Current(A)", "Strom(A)", "missing_column", "No current column"),
        ("Voltage(V)", "Spannung(V)", "missing_column", "DataPoint, Cycle Index"),
        ("-1.0,4.00", "x,4.00", "bad_row", "Record 3"),
        ("00:31:00,-1.0,3", "later,-1.0,3", "bad_row", "'later'"),
        ("Capacity(Ah)", "Capacity", "missing_unit", "'Capacity'"),
    ],
)
def test_refusals_name_the_column_or_the_record(
    old: str, new: str, code: str, named: str, tmp_path: Path
) -> None:
    refused = refusal(tmp_path, NEWARE.replace(old, new))
    assert refused.code == code
    assert named in str(refused)


def test_a_time_of_plain_numbers_needs_a_unit(tmp_path: Path) -> None:
    text = NEWARE
    for number, clock in enumerate(
        ("00:00:00,", "00:01:00,", "00:31:00,", "01:01:00,")
    ):
        text = text.replace(clock, f"{number},")
    refused = refusal(tmp_path, text.replace("00:30:00,", "3,"))
    assert refused.code == "missing_unit"
    assert "Total Time" in str(refused)


def test_last_record_cut_off_and_footer(tmp_path: Path) -> None:
    recording = read_text(tmp_path, NEWARE + "7,1,3,CC Chg,00:31:00,01:02:00,1.0")
    is_the_neware_test(recording)
    assert "the last record is cut off and was left out" in recording.warnings
    is_the_neware_test(read_text(tmp_path, NEWARE + "end of file\n"))
    again = NEWARE.splitlines()[0]
    recording = read_text(tmp_path, NEWARE + again)
    is_the_neware_test(recording)
    assert "1 lines hold no record and were left out" in recording.warnings


def test_records_out_of_order_are_kept(tmp_path: Path) -> None:
    text = NEWARE.replace("00:30:00,00:31:00,-1.0", "00:00:30,00:00:30,-1.0")
    recording = read_text(tmp_path, text)
    assert recording.rows == 6
    assert recording.time_s[3] == 30.0


def test_header_alone(tmp_path: Path) -> None:
    assert refusal(tmp_path, NEWARE.splitlines()[0] + "\n").code == "no_records"


LAND = """\
Record,TestTime/Sec,StepTime/Sec,Current/mA,Capacity/mAh,SpeCap/mAh/g,SOC|DOD/%,\
Voltage/V,Energy/mWh,SysTime,Cycle-Index,Step-Index,Step-State
1,0,0,0,0,0,0,4.10,0,2024-03-04 10:00:00,1,1,R
2,60,60,0,0,0,0,4.10,0,2024-03-04 10:01:00,1,1,R
3,61,1,-1000,0,0,0,4.00,0,2024-03-04 10:01:01,1,2,D_Rate
4,1861,1801,-1000,500,0,0,3.00,0,2024-03-04 10:31:01,1,2,D_Rate
5,1862,1,-500,500.1,0,0,3.20,0,2024-03-04 10:31:02,1,3,D_Rate
6,3662,1801,-500,750,0,0,2.80,0,2024-03-04 11:01:02,1,3,D_Rate
"""
LAND_CHINESE = (
    ("Record", "记录序号"), ("TestTime/Sec", "测试时间/Sec"), ("SysTime", "系统时间"),
    ("StepTime/Sec", "步骤时间/Sec"), ("Current", "电流"), ("SpeCap", "比容量"),
    ("Capacity", "容量"), ("Voltage", "电压"), ("Cycle-Index", "循环序号"),
    ("Step-Index", "步骤"), ("Step-State", "步骤状态"), (",D_Rate", ",恒流放电"),
    (",R\n", ",静置\n"),
)  # fmt: skip


@pytest.mark.parametrize("chinese", [False, True])
def test_land_counter_runs_on_over_steps(chinese: bool, tmp_path: Path) -> None:
    text = LAND
    for english, word in LAND_CHINESE if chinese else ():
        text = text.replace(english, word)
    recording = read_text(tmp_path, text, "gb18030")
    assert recording.reader == "land_csv"
    assert [step.kind for step in recording.steps] == [REST, DISCHARGE, DISCHARGE]
    counted = [recording.counted_ah(step) for step in recording.steps]
    assert counted == pytest.approx([0, 0.5, 0.25])


ARBIN_OLD = """\
Data_Point,Test_Time,DateTime,Step_Time,Step_Index,Cycle_Index,Current,Voltage,\
Charge_Capacity,Discharge_Capacity,Internal_Resistance
1,0,1494377253,0,1,1,0,3.9,0.5,0.2,0
2,60,1494377313,60,1,1,0,3.9,0.5,0.2,0
3,61,1494377314,1,2,1,-1,3.8,0.5,0.2,0.0305
4,3661,1494380914,3601,2,1,-1,3.0,0.5,1.2,0
5,3662,1494380915,1,3,2,1,3.1,0.5,1.2,0
6,5462,1494382715,1801,3,2,1,4.0,1.0,1.2,0
"""


def test_arbin_counters_run_on_and_start_in_the_middle(tmp_path: Path) -> None:
    recording = read_text(tmp_path, ARBIN_OLD)
    assert recording.reader == "arbin_csv"
    assert [step.kind for step in recording.steps] == [REST, DISCHARGE, CHARGE]
    counted = [recording.counted_ah(step) for step in recording.steps]
    assert counted == pytest.approx([0, 1.0, 0.5])
    assert [step.cycle for step in recording.steps] == [1, 1, 2]
    (reported,) = recording.reported_resistances
    assert reported.method is ResistanceMethod.DC_SYMMETRIC
    assert reported.resistance_mohm == pytest.approx(30.5)
    assert reported.step == 2


@pytest.mark.parametrize("spelling", ["{}({})", "{} ({})", "{}[{}]", "{}/{}"])
def test_arbin_new_names(spelling: str, tmp_path: Path) -> None:
    text = ARBIN_OLD
    for name, unit in (
        ("Test_Time", "s"), ("Step_Time", "s"), ("Charge_Capacity", "mAh"),
        ("Discharge_Capacity", "mAh"), ("Current", "mA"), ("Voltage", "V"),
    ):  # fmt: skip
        text = text.replace(name + ",", spelling.format(name, unit) + ",")
    text = text.replace("Disspelling", "").replace("_", " ")
    recording = read_text(tmp_path, text)
    assert recording.current_a[2] == pytest.approx(-1e-3)
    assert recording.counted_ah(recording.steps[1]) == pytest.approx(1e-3)


MACCOR = """\
Today's Date\t04/05/2024\tDate of Test:\t03/04/2024\tFilename:\tC:\\a.001
Rec#\tCyc#\tStep\tTest (Min)\tStep (Min)\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\
\tDPt Time
1\t0\t1\t0.0\t0.0\t0.0\t0\t0.0\t4.1\tR\t0\t{0}
2\t0\t1\t1.0\t1.0\t0.0\t0\t0.0\t4.1\tR\t1\t{1}
3\t0\t2\t1.0\t0.0\t0.0\t0\t1.0\t4.0\tD\t0\t{1}
4\t0\t2\t31.0\t30.0\t0.5\t0\t1.0\t3.0\tD\t1\t{2}
5\t0\t3\t31.0\t0.0\t0.0\t0\t1.0\t3.2\tC\t0\t{2}
6\t0\t3\t61.0\t30.0\t0.5\t0\t1.0\t4.1\tC\t1\t{3}
"""


@pytest.mark.parametrize(
    ("times", "started"),
    [
        (("23:59:00", "00:00:00", "00:30:00", "01:00:00"), "2024-03-04 23:59:00"),
        (
            ("03/04/2024 10:00:00", "03/04/2024 10:01:00", "03/04/2024 10:31:00",
             "03/04/2024 11:01:00"),
            "2024-03-04 10:00:00",
        ),
        (
            ("3/4/2024 9:59:00 AM", "3/4/2024 10:00:00 AM", "3/4/2024 10:30:00 AM",
             "3/4/2024 11:00:00 AM"),
            "2024-03-04 09:59:00",
        ),
        (
            ("13-Mar-24 9:59:00 PM", "13-Mar-24 10:00:00 PM", "13-Mar-24 10:30:00 PM",
             "13-Mar-24 11:00:00 PM"),
            "2024-03-13 21:59:00",
        ),
    ],
)  # fmt: skip
def test_maccor_amounts_get_their_sign(
    times: tuple[str, ...], started: str, tmp_path: Path
) -> None:
    recording = read_text(tmp_path, MACCOR.format(*times))
    assert recording.reader == "maccor_text"
    assert recording.current_a.tolist() == [0, 0, -1, -1, 1, 1]
    assert recording.duration_s == 3660.0
    assert recording.started_at == started
    assert recording.clock_s is not None
    assert recording.clock_s[-1] == 3660.0
    assert "the current has no sign: taken from the step's state" in recording.warnings


def test_maccor_days(tmp_path: Path) -> None:
    text = MACCOR.replace("Test (Min)", "TestTime").replace("Step (Min)", "StepTime")
    for minutes, days in (("0.0\t0.0\t", "  0d 00:00:00.0\t0\t"),):
        text = text.replace("1\t" + minutes, "1\t" + days)
    text = text.replace("\t31.0\t", "\t  1d 00:31:00.0\t")
    text = text.replace("\t61.0\t", "\t  1d 01:01:00.0\t")
    text = text.replace("\t1.0\t1.0\t0.0", "\t  0d 00:01:00.0\t1.0\t0.0")
    text = text.replace("\t1.0\t0.0\t0.0", "\t  0d 00:01:00.0\t0.0\t0.0")
    recording = read_text(tmp_path, text.format(*["10:00:00"] * 4))
    assert recording.duration_s == 86400 + 3660


GENERIC = "Time (min);Pack Voltage (mV);Current (A);T (°C)\n0;4100;0;25\n1;4000;-1;25\n"


def test_a_csv_whose_titles_speak_for_themselves(tmp_path: Path) -> None:
    recording = read_text(tmp_path, GENERIC)
    assert recording.reader == "generic_csv"
    assert recording.time_s.tolist() == [0, 60]
    assert recording.voltage_v.tolist() == [4.1, 4.0]
    assert [step.kind for step in recording.steps] == [REST, DISCHARGE] or [
        step.kind for step in recording.steps
    ] == [DISCHARGE]


MAPPED = "a;b;c;d\n0;4100;0;x\n1;4000;1;x\n31;3000;1;x\n"
MAPPING = {
    "current": "discharge_positive",
    "columns": {
        "a": {"quantity": "time", "unit": "min"},
        "b": {"quantity": "voltage", "unit": "mV"},
        "c": {"quantity": "current", "unit": "A"},
    },
}
MAPPING_TOML = """
current = "discharge_positive"
[columns]
a = { quantity = "time", unit = "min" }
b = { quantity = "voltage", unit = "mV" }
c = { quantity = "current", unit = "A" }
"""


@pytest.mark.parametrize("suffix", ["json", "toml"])
def test_mapping_file(suffix: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, MAPPED).code == "unknown_format"
    mapping = tmp_path / f"map.{suffix}"
    mapping.write_text(json.dumps(MAPPING) if suffix == "json" else MAPPING_TOML)
    recording = read_text(tmp_path, MAPPED, hints=Hints(mapping=mapping))
    assert recording.current_a.tolist() == [0, -1, -1]
    assert recording.duration_s == 31 * 60
    assert recording.extra_columns == ("d",)
    gone = refusal(tmp_path, MAPPED.replace("c;", "e;", 1), Hints(mapping=mapping))
    assert gone.code == "missing_column"
    assert "c" in gone.message


@pytest.mark.parametrize(
    "document",
    [
        "[1]", "{", "{}", '{"columns": {}}', '{"columns": {"a": 1}}',
        '{"columns": {"a": {"quantity": "joy", "unit": "V"}}}',
        '{"columns": {"a": {"quantity": "voltage", "unit": "A"}}}',
        '{"columns": {"a": {"quantity": "voltage"}}}',
        '{"columns": {"a": {"quantity": "voltage", "unit": "V"}}, "current": "up"}',
        '{"columns": {"a": {"quantity": "cycle"}, "b": {"quantity": "cycle"}}}',
        " " * 200_000,
    ],
)  # fmt: skip
def test_mapping_files_that_cannot_be_used(document: str, tmp_path: Path) -> None:
    mapping = tmp_path / "map.json"
    mapping.write_text(document)
    assert refusal(tmp_path, MAPPED, Hints(mapping=mapping)).code == "bad_mapping"
    missing = Hints(mapping=tmp_path / "none.toml")
    assert refusal(tmp_path, MAPPED, missing).code == "bad_mapping"


def test_day_and_month_are_told_by_the_file_or_the_operator(tmp_path: Path) -> None:
    text = NEWARE.replace("2024-03-04", "03/04/2024")
    assert read_text(tmp_path, text).started_at == "2024-04-03 10:00:00"
    month = read_text(tmp_path, text, hints=Hints(month_first=True))
    assert month.started_at == "2024-03-04 10:00:00"
    told = text.replace("03/04/2024 11:01", "03/14/2024 11:01")
    assert read_text(tmp_path, told).started_at == "2024-03-04 10:00:00"


def test_named_format_that_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(ReadingError, match="header line of PEC") as refused:
        read_file(path, name="pec_csv")
    assert refused.value.code == "not_a_table"
    path.write_text(NEWARE)
    assert get_reader(path).name == "neware_csv"
