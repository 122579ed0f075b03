from pathlib import Path

import numpy as np
import pytest

from instruments.capacity import Declared
from instruments.checks import Severity, run_checks
from instruments.codecs.zketech import EbcFrame, EbcMode, EbcState, encode, make_frame
from instruments.codecs.zketech_recording import make_recording
from instruments.evaluate import evaluate
from instruments.readers import read_file
from instruments.readers.interface import Hints
from instruments.reading import CapacityMethod, ReadingError
from instruments.recording import StepKind
from tests.instruments.conftest import Sample

EBC_A20 = 0x09


@pytest.fixture
def log_path(sample: Sample) -> Path:
    return sample("zketech_ebc", "ebc_b20h_discharge_log.txt")


def make_run(
    *, device_type: int = 0x1C, ended: bool = True, limit_raw: int = 0
) -> list[EbcFrame]:
    """A full charge, a rest and a 10 Ah discharge to 30 V; 100 reports each."""
    frames = []

    def add(
        state: EbcState, mode: EbcMode, volts: float, amps: float, ah: float
    ) -> None:
        frames.append(
            make_frame(
                state=state,
                mode=mode,
                voltage_v=volts,
                current_a=amps,
                capacity_ah=ah,
                set_current_a=2.0,
                cutoff_v=42.0 if mode is EbcMode.CHARGE else 30.0,
                limit_raw=limit_raw,
                device_type=device_type,
            )
        )

    for share in np.linspace(0, 1, 100):
        amps = 2.0 if share < 0.8 else 2.0 - 9.0 * (share - 0.8)
        volts = 36.0 + 6.0 * min(share / 0.8, 1.0)
        add(EbcState.ACTIVE, EbcMode.CHARGE, volts, amps, 10.0 * share)
    after = EbcState.ENDED if ended else EbcState.IDLE
    for _ in range(100):
        add(after, EbcMode.CHARGE, 41.8, 0.0, 10.0)
    for share in np.linspace(0, 1, 100):
        volts = 41.0 - 11.0 * share
        add(EbcState.ACTIVE, EbcMode.DISCHARGE_CURRENT, volts, 2.0, 10.0 * share)
    for _ in range(5):
        add(after, EbcMode.DISCHARGE_CURRENT, 33.0, 0.0, 10.0)
    return frames


def write_log(path: Path, frames: list[EbcFrame]) -> Path:
    path.write_text(
        "\n".join(" ".join(map(str, encode(frame))) for frame in frames) + "\n"
    )
    return path


def test_real_log_is_a_partial_discharge(log_path: Path) -> None:
    recording = read_file(log_path)
    assert recording.rows == 257
    reading = evaluate(recording, Declared(rated_ah=10.0))
    assert reading.discharge_capacity_ah == pytest.approx(0.071)
    assert reading.capacity_method is CapacityMethod.PARTIAL_ESTIMATE
    assert reading.capacity_fade_pct is None
    assert any("above the cut-off 30.000 V" in r for r in reading.capacity_reasons)
    assert [step.kind for step in recording.steps] == [
        StepKind.DISCHARGE,
        StepKind.REST,
        StepKind.DISCHARGE,
    ]


def test_real_log_has_no_time_and_says_so(log_path: Path) -> None:
    recording = read_file(log_path)
    assert recording.time_assumed
    assert recording.as_json()["time_source"] == "assumed"
    assert "the log has no time: 2 s between reports assumed" in recording.warnings
    assert evaluate(recording).resistances == ()
    # the counter bears the assumption out
    counter = next(c for c in run_checks(recording) if c.code == "capacity_counter")
    assert counter.severity is Severity.OK


def test_declared_period_is_taken_and_still_said(log_path: Path) -> None:
    recording = read_file(log_path, hints=Hints(frame_period_s=1.0))
    assert not recording.time_assumed
    assert recording.duration_s == 256.0
    assert "the log has no time: 1 s between reports declared" in recording.warnings
    assert [r.dt_s for r in evaluate(recording).resistances] == [1.0, 10.0, 30.0]
    # and the counter shows that it was declared wrongly
    counter = next(c for c in run_checks(recording) if c.code == "capacity_counter")
    assert counter.severity is Severity.REFUSE


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("device_type", [0x1C, EBC_A20])
def test_charge_to_full_then_discharge_to_the_cut_off_counts(
    device_type: int, ended: bool, tmp_path: Path
) -> None:
    run = make_run(device_type=device_type, ended=ended)
    recording = read_file(write_log(tmp_path / "run.txt", run))
    reading = evaluate(recording, Declared(rated_ah=12.5))
    assert reading.capacity_method is CapacityMethod.FULL_DISCHARGE
    assert reading.discharge_capacity_ah == pytest.approx(10.0)
    assert reading.capacity_fade_pct == pytest.approx(20.0)
    assert recording.steps[0].kind is StepKind.CHARGE
    assert recording.current_a[0] > 0 > recording.current_a[250]


def test_end_by_the_time_limit_is_no_end_at_the_cut_off() -> None:
    run = make_run(limit_raw=60)
    times = range(len(run))
    recording = make_recording(run, time_s=times, reader="driver")
    discharged = next(s for s in recording.steps if s.kind is StepKind.DISCHARGE)
    assert discharged.ended_at_limit is None
    assert evaluate(recording).capacity_valid  # by its end voltage
    early = make_recording(run[:250], time_s=range(250), reader="driver")
    assert not evaluate(early).capacity_valid


def test_second_charge_opens_a_second_cycle() -> None:
    run = make_run() + make_run()
    recording = make_recording(run, time_s=range(len(run)), reader="driver")
    assert [c.cycle for c in evaluate(recording).cycles] == [1, 2]


def test_unknown_states_are_counted() -> None:
    odd = EbcFrame(state_byte=57, current_raw=0, voltage_raw=3000, capacity_raw=0)
    recording = make_recording([odd, odd], time_s=[0.0, 1.0], reader="driver")
    assert recording.steps[0].kind is StepKind.OTHER
    assert recording.warnings == ("2 reports have a state this codec does not know",)
    with pytest.raises(ReadingError, match="sent no report"):
        make_recording([], time_s=[], reader="driver")


@pytest.mark.parametrize("form", ["hex", "spaced hex", "raw"])
def test_other_spellings_of_the_log(form: str, tmp_path: Path) -> None:
    raw = [encode(frame) for frame in make_run()]
    path = tmp_path / "log"
    if form == "raw":
        path.write_bytes(b"".join(raw))
    else:
        separator = " " if form == "spaced hex" else ""
        lines = [separator.join(f"{b:02X}" for b in data) for data in raw]
        path.write_text("\n".join(lines))
    assert read_file(path).rows == len(raw)


def test_broken_reports_are_left_out_and_counted(
    tmp_path: Path, log_path: Path
) -> None:
    lines = log_path.read_text().splitlines()
    lines[10] = lines[10].replace(" 50 ", " 51 ", 1)
    lines[12] = " ".join(["250", *["999"] * 17, "248"])
    path = tmp_path / "log.txt"
    path.write_text("\n".join(lines))
    recording = read_file(path)
    assert recording.rows == 255
    assert "2 reports are damaged and were left out" in recording.warnings
