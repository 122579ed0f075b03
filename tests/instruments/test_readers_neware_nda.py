import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from instruments.capacity import Declared
from instruments.checks import is_refused, run_checks
from instruments.evaluate import evaluate
from instruments.readers import get_reader, limits, read_file
from instruments.readers.interface import Hints
from instruments.readers.neware_nda import NewareNda
from instruments.reading import ReadingError
from instruments.recording import Recording, StepKind
from tests.instruments.conftest import Expected, Sample

M50T = "TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax"
FILES = [
    *(("neware_nda", name) for name in ("2-1-6_61[07005012].nda", "new_nda_file.nda")),
    *(
        ("neware_ndax", name)
        for name in (
            "123456789012_Unit27_Example_Data_File.ndax",
            "20260302_IFE_BTS85_2_9_8_1.ndax",
            "21_10_7_85.ndax",
            M50T,
            "TESTCELL0001-Test_Data_Collection_Ndc17.ndax",
            "Unit27_Example_Corrupt.ndax",
            "ZZZZZZZZTEST.ndax",
            "interp-test.ndax",
        )
    ),
]


@pytest.fixture(scope="module")
def m50t(sample: Sample) -> Recording:
    return read_file(sample("neware_ndax", M50T))


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_rows_and_ranges_are_as_stated(
    folder: str, name: str, sample: Sample, expected: Expected
) -> None:
    stated = expected(folder)[name]
    recording = read_file(sample(folder, name))
    assert recording.rows == stated["rows"]
    voltage = [recording.voltage_v.min(), recording.voltage_v.max()]
    assert voltage == pytest.approx(stated["voltage_V"], abs=2e-6)
    current = [recording.current_a.min(), recording.current_a.max()]
    assert current == pytest.approx(stated["current_A"], abs=1e-6)
    assert {step.label for step in recording.steps} == set(stated["status"])


def test_every_sample_is_listed_here(expected: Expected) -> None:
    there = {name for _, name in FILES} | {"empty.ndax", "interp-test.csv"}
    assert set(expected("neware_nda")) | set(expected("neware_ndax")) == there


def test_m50t_capacity_is_the_full_discharge_not_the_first(m50t: Recording) -> None:
    reading = evaluate(m50t, Declared(rated_ah=5.0))
    assert reading.step == 6
    assert reading.discharge_current_a == pytest.approx(2.5, rel=1e-3)
    assert reading.discharge_capacity_ah == pytest.approx(4.7175, abs=5e-5)
    assert reading.capacity_fade_pct == pytest.approx(5.65, abs=0.005)
    assert reading.capacity_valid
    assert reading.c_rate == pytest.approx(0.5, rel=1e-3)


def test_m50t_without_rating(m50t: Recording) -> None:
    reading = evaluate(m50t)
    assert reading.discharge_capacity_ah == pytest.approx(4.7175, abs=5e-5)
    assert reading.capacity_fade_pct is None
    assert reading.fade_reason == "no rated capacity was declared"


def test_m50t_at_one_c_takes_the_first_of_the_equal_ones(m50t: Recording) -> None:
    assert evaluate(m50t, Declared(rated_ah=5.0, c_rate=1.0)).step == 11


def test_m50t_resistances(m50t: Recording) -> None:
    reading = evaluate(m50t, Declared(rated_ah=5.0))
    values = {r.dt_s: r.resistance_mohm for r in reading.resistances}
    assert values == pytest.approx({1.0: 18.94, 10.0: 25.12, 30.0: 31.54}, rel=0.005)
    assert [r.di_a for r in reading.resistances] == pytest.approx([2.5] * 3, rel=1e-3)
    assert {r.rest_s for r in reading.resistances} == {300.0}


def test_m50t_steps_and_checks(m50t: Recording, expected: Expected) -> None:
    for stated in expected("neware_ndax")[M50T]["steps"]:
        step = m50t.steps[stated["step_count"] - 1]
        assert step.number == stated["step_count"]
        assert m50t.counted_ah(step) == pytest.approx(stated["capacity_Ah"])
        rows = slice(step.start, step.stop)
        assert m50t.integral_ah(rows) == pytest.approx(stated["capacity_Ah"], rel=1e-4)
        assert step.limit_v == (2.5 if step.kind is StepKind.DISCHARGE else 4.2)
    assert {check.severity.value for check in run_checks(m50t)} == {"ok"}
    assert m50t.started_at == "2025-09-25 13:18:44"
    assert m50t.warnings == ()


def test_pulses_are_no_discharge_test(sample: Sample) -> None:
    recording = read_file(sample("neware_nda", "2-1-6_61[07005012].nda"))
    assert {step.kind for step in recording.steps} == {StepKind.OTHER}
    assert evaluate(recording).discharge_capacity_ah is None
    assert not is_refused(run_checks(recording))


def test_damaged_description_is_said_and_the_records_kept(sample: Sample) -> None:
    recording = read_file(sample("neware_ndax", "Unit27_Example_Corrupt.ndax"))
    assert recording.rows == 301
    assert (
        "TestInfo.xml, the test's description, is unreadable" in recording.warnings[0]
    )
    assert recording.temperature_c is None
    sound = read_file(
        sample("neware_ndax", "123456789012_Unit27_Example_Data_File.ndax")
    )
    assert sound.temperature_c is not None


def test_file_without_records(sample: Sample) -> None:
    with pytest.raises(ReadingError, match="without a single record") as refused:
        read_file(sample("neware_ndax", "empty.ndax"))
    assert refused.value.code == "no_records"


def test_cut_off_file(tmp_path: Path, sample: Sample) -> None:
    path = tmp_path / "cut.ndax"
    path.write_bytes(sample("neware_ndax", M50T).read_bytes()[:100_000])
    with pytest.raises(ReadingError, match="damaged or cut-off") as refused:
        read_file(path)
    assert refused.value.code == "unreadable"


def test_nda_of_an_unknown_version(tmp_path: Path) -> None:
    path = tmp_path / "odd.nda"
    path.write_bytes(b"NEWARE" + bytes(5000))
    with pytest.raises(ReadingError) as refused:
        read_file(path)
    assert refused.value.code == "unreadable"


@pytest.mark.parametrize("seed", range(12))
def test_mutated_files_give_a_recording_or_a_reading_error(
    seed: int, tmp_path: Path, sample: Sample
) -> None:
    dice = random.Random(seed)  # noqa: S311  (no secret: a repeatable choice of bytes)
    source = ("interp-test.ndax", "21_10_7_85.ndax", "ZZZZZZZZTEST.ndax")[seed % 3]
    data = bytearray(sample("neware_ndax", source).read_bytes())
    for _ in range(1 + seed):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path = tmp_path / "mutated.ndax"
    path.write_bytes(data)
    try:
        recording = read_file(path, name="neware_nda")
    except ReadingError:
        return
    assert np.isfinite(recording.voltage_v).all()


def test_zip_that_unpacks_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Sample
) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(ReadingError, match="unpacks to") as refused:
        NewareNda().read(sample("neware_ndax", "21_10_7_85.ndax"), Hints())
    assert refused.value.code == "too_large"


def test_zip_of_other_things_is_not_neware(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert get_reader(path).name == "workbook"
    named = path.rename(tmp_path / "book.ndax")
    with pytest.raises(ReadingError) as damaged:
        read_file(named, name="neware_nda")
    assert damaged.value.code == "unreadable"


def test_description_that_cannot_be_read_at_all(tmp_path: Path, sample: Sample) -> None:
    path = tmp_path / "odd.ndax"
    with (
        zipfile.ZipFile(sample("neware_ndax", "21_10_7_85.ndax")) as source,
        zipfile.ZipFile(path, "w") as target,
    ):
        for member in source.namelist():
            data = source.read(member)
            if member in {"Step.xml", "TestInfo.xml"}:
                data = b"<not xml"
            target.writestr(member, data)
    recording = read_file(path)
    assert recording.rows == 141
    assert recording.started_at is None
    assert any("description is unreadable" in note for note in recording.warnings)
