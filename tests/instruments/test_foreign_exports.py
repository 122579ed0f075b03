"""One small test in the spellings of many exports, as vendors' software writes them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from instruments.checks import run_checks
from instruments.readers import read_file
from instruments.reading import ReadingError
from instruments.recording import Recording

TIME = (0, 60, 60, 1860, 1860, 3660)
STEP_TIME = (0, 60, 0, 1800, 0, 1800)
VOLTS = (41.0, 41.0, 40.0, 30.0, 32.0, 41.0)
AMPS = (0.0, 0.0, -1.0, -1.0, 1.0, 1.0)
AMP_HOURS = (0.0, 0.0, 0.0, 0.5, 0.0, 0.5)
WORDS = {
    "en": ("Rest", "CC DChg", "CC Chg"),
    "zh": ("搁置", "恒流放电", "恒流恒压充电"),
    "zh_kind_first": ("静置", "放电DC", "充电CC"),
    "underscore": ("Rest", "CC_DChg", "CCCV_Chg"),
    "land": ("R", "D_CC", "C_CC"),
    "letters": ("R", "D", "C"),
    "plain": ("rest", "discharge", "charge"),
}
Column = tuple[str, str]


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def columns_of(row: int) -> dict[str, str]:
    t, step_t, step = TIME[row], STEP_TIME[row], row // 2
    amps, charge = AMPS[row], AMP_HOURS[row]
    return {
        "n": str(row + 1),
        "one": "1",
        "step": str(step + 1),
        "x": "17",
        "t_s": str(t),
        "t_h": f"{t / 3600:.9f}",
        "t_min": f"{t / 60:.4f}",
        "t_ms": str(t * 1000),
        "t_clock": clock(t),
        "t_dot_days": f"0.{clock(t)}.000",
        "t_d_days": f"  0d {clock(t)}",
        "step_s": str(step_t),
        "step_h": f"{step_t / 3600:.9f}",
        "step_clock": clock(step_t)[1:] + ".000",
        "v": f"{VOLTS[row]:.4f}",
        "mv": f"{VOLTS[row] * 1000:.1f}",
        "a": f"{amps:.4f}",
        "ma": f"{amps * 1000:.1f}",
        "ua": f"{amps * 1e6:.0f}",
        "amount": f"{abs(amps):.4f}",
        "amount_ma": f"{abs(amps) * 1000:.1f}",
        "turned": f"{-amps:.4f}",
        "ah": f"{charge:.5f}",
        "mah": f"{charge * 1000:.2f}",
        "c": "25.3",
        "k": "298.45",
        "f": "77.54",
        "date": f"2024-03-04 {clock(36_000 + t)}",
        "date_us": f"03/04/2024 {clock(36_000 + t)}",
        "date_zone": f"2024-03-04T{clock(36_000 + t)}+08:00",
        "date_zh": f"2024/3/4 上午 {clock(36_000 + t)}",
    } | {name: words[step] for name, words in WORDS.items()}


def table(
    columns: Sequence[Column], *, separator: str = ",", below: str = "", comma: str = ""
) -> str:
    lines = [separator.join(title for title, _ in columns), *below.splitlines()]
    for row in range(len(TIME)):
        cells = columns_of(row)
        fields = [cells[kind] for _, kind in columns]
        if comma:
            fields = [field.replace(".", comma) for field in fields]
        lines.append(separator.join(fields))
    return "\n".join(lines) + "\n"


def read(folder: Path, text: str, encoding: str = "utf-8") -> Recording:
    path = folder / "export.txt"
    path.write_bytes(text.encode(encoding))
    return read_file(path)


def is_the_test(recording: Recording) -> None:
    assert recording.time_s.tolist() == pytest.approx(TIME, abs=1e-3)
    assert recording.voltage_v.tolist() == pytest.approx(VOLTS)
    assert recording.current_a.tolist() == pytest.approx(AMPS)
    assert [step.kind.value for step in recording.steps] == [
        *("rest", "discharge", "charge"),
    ]
    if recording.capacity_ah is not None:
        assert recording.capacity_ah.tolist() == pytest.approx(AMP_HOURS)


OLD_CHINESE = (
    ("记录序号", "n"), ("状态", "zh"), ("跳转", "x"), ("循环", "one"), ("步次", "step"),
    ("电流(mA)", "ma"), ("电压(V)", "v"), ("容量(mAh)", "mah"), ("能量(mWh)", "x"),
    ("相对时间(h:min:s.ms)", "step_clock"), ("绝对时间", "date"),
)  # fmt: skip
OLD_ENGLISH = (
    ("Record Index", "n"), ("Status", "underscore"), ("JumpTo", "x"), ("Cycle", "one"),
    ("Step", "step"), ("Cur(mA)", "ma"), ("Voltage(V)", "v"), ("CapaCity(mAh)", "mah"),
    ("Relative Time(h:min:s.ms)", "step_clock"), ("Absolute Time", "date"),
)  # fmt: skip
STEPS = (
    ("Record number", "n"), ("State", "en"), ("Jump", "x"), ("Cycle", "one"),
    ("Steps", "step"), ("Current(mA)", "ma"), ("Voltage(V)", "v"),
    ("Capacity(mAh)", "mah"), ("Relative Time(h:min:s.ms)", "step_clock"),
    ("Date(h:min:s.ms)", "date"),
)  # fmt: skip
ACTUAL = (
    ("循环序号", "one"), ("工步序号", "step"), ("记录序号", "n"),
    ("工步状态", "zh_kind_first"), ("实际电压(V)", "v"), ("实际电流(A)", "a"),
    ("容量(Ah)", "ah"), ("相对时间(h:min:s.ms)", "step_clock"), ("绝对时间", "date_zh"),
)  # fmt: skip
DOT_DAYS = (
    ("记录序号", "n"), ("状态", "zh"), ("循环", "one"), ("步次", "step"),
    ("电流(mA)", "amount_ma"), ("电压(mV)", "mv"), ("容量(A·h)", "ah"),
    ("记录时间(d.hh:mm:ss.sss)", "t_dot_days"), ("绝对时间", "date"),
)  # fmt: skip
LAND = (  # without the times of its steps
    ("Record", "n"), ("Cycle-Index", "one"), ("Step-Index", "step"),
    ("Step-State", "land"), ("TestTime/Min", "t_min"), ("Current/mA", "ma"),
    ("Capacity/mAh", "mah"), ("Voltage/V", "v"), ("SysTime", "date"),
)  # fmt: skip
MACCOR_MILLI = (
    ("Rec#", "n"), ("Cyc#", "one"), ("Step", "step"), ("TestTime", "t_d_days"),
    ("mAmp-hr", "mah"), ("mWatt-hr", "x"), ("mAmps", "amount_ma"), ("Volts", "v"),
    ("State", "letters"), ("ES", "x"), ("DPt Time", "date_us"),
)  # fmt: skip
BDF_TURNED = (
    ("Test Time / h", "t_h"), ("Current / A", "turned"), ("Voltage / V", "v"),
    ("Protocol Name / 1", "x"), ("Step Type / 1", "plain"), ("Cycle Count / 1", "one"),
    ("Step Index / 1", "step"), ("Charge Capacity / Ah", "x"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "reader"),
    [
        (OLD_CHINESE, "neware_csv"), (OLD_ENGLISH, "neware_csv"),
        (STEPS, "neware_csv"), (ACTUAL, "neware_csv"), (DOT_DAYS, "neware_csv"),
        (LAND, "land_csv"), (MACCOR_MILLI, "maccor_text"), (BDF_TURNED, "bdf_csv"),
    ],
    ids=["zh", "en", "steps", "actual", "days", "land", "maccor", "bdf"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_layouts_of_exports(
    columns: Sequence[Column], reader: str, encoding: str, tmp_path: Path
) -> None:
    recording = read(tmp_path, table(columns, separator="\t"), encoding)
    assert recording.reader == reader
    is_the_test(recording)
    assert {step.cycle for step in recording.steps} == {1}
    assert recording.started_at in {None, "2024-03-04 10:00:00"}
    assert not [c.code for c in run_checks(recording) if c.severity == "refuse"]


def test_a_discharge_that_is_positive_is_turned_and_said(tmp_path: Path) -> None:
    recording = read(tmp_path, table(BDF_TURNED))
    assert "a discharge is positive in this file" in recording.warnings[0]


def test_amounts_with_noise_below_zero_get_their_sign(tmp_path: Path) -> None:
    text = table([*OLD_ENGLISH[:5], ("Cur(mA)", "amount_ma"), *OLD_ENGLISH[6:]])
    recording = read(tmp_path, text.replace("1,0.0,41", "1,-0.1,41", 1))
    assert recording.current_a[2:].tolist() == [-1, -1, 1, 1]


BIOLOGIC = (
    ("mode", "x"), ("Ns", "step"), ("time/s", "t_s"), ("Ewe/V", "v"),
    ("<I>/µA", "ua"), ("Temperature/°C", "c"), ("cycle number", "one"),
    ("(Q-Qo)/mA.h", "x"),
)  # fmt: skip


@pytest.mark.parametrize("comma", ["", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_western_signs_are_not_taken_for_chinese(
    encoding: str, comma: str, tmp_path: Path
) -> None:
    text = "EC-Lab ASCII FILE\nElectrode surface area : 0,001 cm²\n\n"
    text += table(BIOLOGIC[:-1], separator="\t", comma=comma)
    recording = read(tmp_path, text, encoding)
    is_the_test(recording)
    assert recording.temperature_c is not None
    assert recording.temperature_c.tolist() == pytest.approx([25.3] * 6)


@pytest.mark.parametrize(
    ("unit", "kind"), [("K", "k"), ("°F", "f"), ("°C", "c"), ("℃", "c"), ("?", "c")]
)
def test_temperatures_of_every_unit(unit: str, kind: str, tmp_path: Path) -> None:
    recording = read(tmp_path, table([*OLD_ENGLISH, (f"T1({unit})", kind)]))
    assert recording.temperature_c is not None
    assert recording.temperature_c.tolist() == pytest.approx([25.3] * 6)
    with pytest.raises(ReadingError, match="no unit of temperature"):
        read(tmp_path, table([*OLD_ENGLISH, ("T1(R)", kind)]))


BARE = (("Time", "t_s"), ("Voltage", "v"), ("Current", "ma"))


def test_a_row_of_units_below_the_titles(tmp_path: Path) -> None:
    for below in ("s,V,mA", "[s],[V],[mA]", '"s","V","mA"'):
        is_the_test(read(tmp_path, table(BARE, below=below)))
    for below in ("s,V,xA", "s,V,MA", "s,mA,V", "nan,nan,nan", ""):
        with pytest.raises(ReadingError) as refused:
            read(tmp_path, table(BARE, below=below))
        assert refused.value.code in {"bad_unit", "missing_unit"}


@pytest.mark.parametrize(
    "titles",
    [
        ("Seconds", "Volts", "mAmps"), ("Time#s", "Voltage#V", "Current#mA"),
        ("时间\uff08秒\uff09", "电压\uff08伏\uff09", "电流\uff08毫安\uff09"),
        ("t/s", "U/V", "I/mA"),
    ],
)  # fmt: skip
def test_titles_that_are_units(titles: tuple[str, ...], tmp_path: Path) -> None:
    columns = list(zip(titles, ("t_s", "v", "ma"), strict=True))
    is_the_test(read(tmp_path, table(columns)))


def test_times_with_a_zone_keep_the_instruments_clock(tmp_path: Path) -> None:
    columns = [("Timestamp", "date_zone"), ("Voltage (V)", "v"), ("Current (A)", "a")]
    recording = read(tmp_path, table(columns))
    is_the_test(recording)
    assert recording.started_at == "2024-03-04 10:00:00"


MACCOR_PLAIN = (
    ("Rec#", "n"), ("Cyc#", "one"), ("Step", "step"), ("TestTime", "t_min"),
    ("Amps", "amount"), ("Volts", "v"), ("State", "letters"), ("ES", "x"),
    ("Amp-hr", "ah"), ("DPt Time", "date_us"),
)  # fmt: skip


def test_maccors_habit_of_minutes_needs_a_clock(tmp_path: Path) -> None:
    is_the_test(read(tmp_path, table(MACCOR_PLAIN)))
    with pytest.raises(ReadingError) as refused:
        read(tmp_path, "Tester\tMaccor\n" + table(MACCOR_PLAIN[:-1]))
    assert refused.value.code == "missing_unit"
    seconds = [
        ("TestTime", "t_s") if t == "TestTime" else (t, k) for t, k in MACCOR_PLAIN
    ]
    checks = run_checks(read(tmp_path, table(seconds)))
    assert "time_clock" in {c.code for c in checks if c.severity == "refuse"}


def test_lines_that_stand_in_quotes_as_a_whole(tmp_path: Path) -> None:
    columns = [
        *(("Date and Time", "date"), ("Cycle Number", "one"), ("Run Time (h)", "t_h")),
        *(("Current (A)", "a"), ("Potential (V)", "v"), ("Step Number", "step")),
        ("Step position", "x"),
    ]
    body = "".join(f'"{line}"\n' for line in table(columns).splitlines())
    text = (
        '[Summary]\nNovonix\n"   [During CV, End step when hold time > 1 h]"\n' + body
    )
    recording = read(tmp_path, text)
    assert recording.reader == "novonix_csv"
    is_the_test(recording)


NESTED = """\
Cycle ID,"\tCap_Chg(mAh)","\tCap_DChg(mAh)","\tEnd Temperature(°C)","\t"
,"\tStep ID","\tStep Name","\tStep Time(h:min:s.ms)","\t",,
,,"\tRecord ID","\tTime(h:min:s.ms)","\tVoltage(V)","\tCurrent(mA)","\tTemperature(°C)"
1,"\t0.0","\t500.0","\t0.0","\t"
,"\t1","\tRest","\t0:00:10.000","\t",,
,,"\t1","\t0:00:00.000","\t41.0","\t0.0","\t0.0"
,"\t2","\tCC_DChg","\t0:30:00.000","\t",,
,,"\t2","\t0:00:00.000","\t40.0","\t1000.0","\t0.0"
,,"\t3","\t0:30:00.000","\t30.0","\t1000.0","\t0.0"
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_nested_report_with_tabs_in_its_fields(encoding: str, tmp_path: Path) -> None:
    recording = read(tmp_path, NESTED, encoding)
    assert recording.reader == "neware_report"
    assert recording.current_a.tolist() == [0, -1, -1]
    assert recording.temperature_c is None
    (cycle,) = recording.vendor_summary
    assert cycle.discharge_ah == 0.5
