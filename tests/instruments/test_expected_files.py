"""Every real file against what its ``expected.json`` states."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from instruments.checks import is_refused, run_checks
from instruments.cli import main
from instruments.readers import read_file
from instruments.reading import ReadingError
from instruments.recording import Recording, StepKind
from tests.instruments.conftest import Expected, Sample

_ROOT = Path(__file__).parents[3] / "shared" / "data" / "instrument_files"
_CODECS = {"bms_ble_aiobmsble", "bms_jbd_syssi", "bms_jk_syssi", "zketech_ebc"}
FOLDERS = sorted(
    path.parent.name
    for path in _ROOT.glob("*/expected.json")
    if path.parent.name not in _CODECS
)
FILES = [
    (folder, name)
    for folder in FOLDERS
    for name in json.loads((_ROOT / folder / "expected.json").read_text())["files"]
]
REFUSED = {
    "empty.ndax": "no_records",
    "maccor_test_file_4267-66-6519.EDA0001.041": "impedance_spectrum",
}
# What is stated and is not so in the file itself:
DIFFERS = {
    # the file has 13 lines of records
    ("Sample_data_biologic_no_header.mpt", "rows"): 13,
    # the last record's counter is 0.024 Ah, and 28.8 A for 3 s are 0.024 Ah
    ("sample_data_maccor.csv", "capacity_Ah"): 0.024,
    # the last record's counter of charge is 0.000400839 Ah, of a charging step
    ("sample_data_arbin.csv", "net_capacity_Ah"): 0.000400839,
    # of the fast pulses the upstream's counter is negative and resets in each
    ("2-1-6_61[07005012].nda", "max_discharge_capacity_Ah"): None,
}


def stated(entry: dict[str, Any], name: str, field: str) -> Any:
    return DIFFERS.get((name, field), entry.get(field))


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_file_gives_what_is_stated(
    folder: str, name: str, sample: Sample, expected: Expected
) -> None:
    entry = expected(folder)[name]
    if name in REFUSED:
        with pytest.raises(ReadingError) as refused:
            read_file(sample(folder, name))
        assert refused.value.code == REFUSED[name]
        assert refused.value.hint or refused.value.message
        return
    recording = read_file(sample(folder, name))
    rows = stated(entry, name, "rows") or entry.get("records")
    assert rows is None or recording.rows == rows
    assert not is_refused(run_checks(recording))
    check_ranges(recording, entry)
    check_charges(recording, entry, name)
    check_cycles(recording, entry)
    check_times(recording, entry)
    if "last_row" in entry:
        check_last_row(recording, entry["last_row"], name)


def check_ranges(recording: Recording, entry: dict[str, Any]) -> None:
    for field, column in (
        ("voltage_V", recording.voltage_v),
        ("current_A", recording.current_a),
        ("temperature_C", recording.temperature_c),
    ):
        if field in entry:
            assert column is not None
            ends = [float(column.min()), float(column.max())]
            assert ends == pytest.approx(entry[field], rel=1e-6, abs=2e-4)


def check_charges(recording: Recording, entry: dict[str, Any], name: str) -> None:
    for field, kind in (
        ("max_discharge_capacity_Ah", StepKind.DISCHARGE),
        ("max_charge_capacity_Ah", StepKind.CHARGE),
    ):
        wanted = None if (name, field) in DIFFERS else entry.get(field)
        if wanted is not None:
            counted = [
                recording.counted_ah(step) or 0.0
                for step in recording.steps
                if step.kind is kind
            ]
            largest = max(counted, default=0.0)
            assert largest == pytest.approx(wanted, rel=1e-3, abs=1e-6)


def check_cycles(recording: Recording, entry: dict[str, Any]) -> None:
    if "vendor_cycles" in entry:
        assert [
            {"cycle": c.cycle, "charge_Ah": c.charge_ah, "discharge_Ah": c.discharge_ah}
            for c in recording.vendor_summary
        ] == [pytest.approx(cycle, abs=1e-8) for cycle in entry["vendor_cycles"]]
        agreed = {c.code: c.severity for c in run_checks(recording)}
        assert agreed["vendor_capacity"] == "ok"
    if "cycles" in entry:
        assert len({step.cycle for step in recording.steps}) == entry["cycles"]


def check_times(recording: Recording, entry: dict[str, Any]) -> None:
    if "time_s" in entry:
        assert recording.time_s == pytest.approx(entry["time_s"], abs=1e-3)
    if "duration_s" in entry:
        assert recording.duration_s == pytest.approx(entry["duration_s"])
    if "last_test_time_s" in entry:
        last = recording.first_time_s + recording.duration_s
        assert last == pytest.approx(entry["last_test_time_s"], abs=5e-3)
    if "first_date" in entry:
        assert recording.started_at is not None
        first = datetime.fromisoformat(recording.started_at)
        assert first == datetime.fromisoformat(entry["first_date"])
    if "first_month" in entry:
        assert recording.started_at is not None
        assert int(recording.started_at[5:7]) == entry["first_month"]
    if "time_goes_back" in entry:
        assert int(np.sum(np.diff(recording.time_s) < 0)) == entry["time_goes_back"]


def check_last_row(recording: Recording, row: dict[str, Any], name: str) -> None:
    last = recording.first_time_s + recording.duration_s
    assert last == pytest.approx(row["test_time_s"], abs=1e-3)
    assert recording.steps[-1].number == row["step"] or name.endswith("basytec.txt")
    assert recording.current_a[-1] == pytest.approx(row["current_A"], rel=1e-5)
    assert recording.voltage_v[-1] == pytest.approx(row["voltage_V"], rel=1e-6)
    if "temperature_C" in row:
        assert recording.temperature_c is not None
        assert recording.temperature_c[-1] == pytest.approx(row["temperature_C"])
    if "date" in row:
        assert recording.started_at is not None
        assert recording.clock_s is not None or name.endswith("basytec.txt")
        passed = last if recording.clock_s is None else float(recording.clock_s[-1])
        end = datetime.fromisoformat(recording.started_at) + timedelta(seconds=passed)
        off = (end - datetime.fromisoformat(row["date"])).total_seconds()
        # Maccor's own dates have whole seconds
        assert abs(off) < (1.0 if recording.reader == "maccor_text" else 1e-3)
    for field in ("net_capacity_Ah", "capacity_Ah"):
        if field in row:
            wanted = stated(row, name, field)
            assert net_ah(recording) == pytest.approx(wanted, rel=1e-5, abs=1e-9)


def net_ah(recording: Recording) -> float:
    """Charged less discharged, by the instrument's own counter."""
    assert recording.capacity_ah is not None
    signs = {StepKind.CHARGE: 1.0, StepKind.DISCHARGE: -1.0}
    return sum(
        signs.get(step.kind, 0.0) * float(recording.capacity_ah[step.stop - 1])
        for step in recording.steps
    )


def test_land_csv_and_the_same_test_as_bdf_give_the_same_series(sample: Sample) -> None:
    stem = "SINTEF__LiGrR2032__2024-04-30__25degC__Landt"
    land = read_file(sample("landt_csv", f"{stem}.csv"))
    bdf = read_file(sample("bdf_csv", f"{stem}.bdf.csv"))
    for name in ("time_s", "voltage_v", "current_a", "capacity_ah"):
        assert np.allclose(getattr(land, name), getattr(bdf, name), atol=1e-9)


def test_csv_in_other_units_and_its_ndax_give_the_same_series(sample: Sample) -> None:
    text = read_file(sample("neware_ndax", "interp-test.csv"))
    binary = read_file(sample("neware_ndax", "interp-test.ndax"))
    assert text.rows == binary.rows
    assert np.allclose(text.voltage_v, binary.voltage_v, atol=5e-5)
    assert np.allclose(text.time_s, binary.time_s, atol=1e-3)


def test_one_command_lists_every_file(sample: Sample) -> None:
    folders = [str(sample(folder)) for folder in ("maccor", "pec_csv")]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(
        main, ["read", "--table", *folders]
    )
    # one of Maccor's is an impedance spectrum
    assert result.exit_code == 2
    for word in ("Test25195.csv", "pec_csv", "7446", "impedance_spectrum", "refused"):
        assert word in result.stdout
    assert "NOTICE" not in result.stdout
