import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from instruments.capacity import Declared
from instruments.checks import Severity, run_checks
from instruments.codecs.zketech import REPORT_LENGTH, EbcMode, EbcState, decode
from instruments.drivers.commands import simulate
from instruments.drivers.pack_model import PackError, SimulatedPack
from instruments.drivers.plan import PlanError, parse_pack, read_plan
from instruments.drivers.pty_port import open_pty, stream
from instruments.drivers.simulated_ebc import format_log, make_frames
from instruments.evaluate import evaluate
from instruments.readers import read_file
from instruments.readers.interface import Hints
from instruments.reading import CapacityMethod, Reading
from tests.instruments.simulated_packs import make_pack, make_plan_line

PACKS = [
    make_pack(),
    make_pack(capacity_ah=5.9, resistance_mohm=620.0),
    make_pack(rated_ah=20, capacity_ah=19.4, charge_limit_v=67.2, cutoff_v=48.0),
    make_pack(rated_ah=60, capacity_ah=31, resistance_mohm=40, cutoff_v=30),
    make_pack(rated_ah=2.5, capacity_ah=2.4, charge_limit_v=4.2, cutoff_v=2.75),
    make_pack(resistance_mohm=1.0, start_soc=0.95),
    make_pack(resistance_mohm=1500.0),
]


def read_back(pack: SimulatedPack, folder: Path, *, period_s: float = 60) -> Reading:
    path = folder / "pack.log"
    path.write_text(format_log(make_frames(pack, seed=4, period_s=period_s)))
    recording = read_file(path, hints=Hints(frame_period_s=period_s))
    assert recording.reader == "zketech_log"
    severities = {check.severity for check in run_checks(recording)}
    assert Severity.REFUSE not in severities
    return evaluate(
        recording,
        Declared(
            rated_ah=pack.rated_ah,
            cutoff_v=pack.cutoff_v,
            charge_limit_v=pack.charge_limit_v,
        ),
    )


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("period_s", [20.0, 60.0])
def test_the_reader_finds_the_capacity_that_was_simulated(
    pack: SimulatedPack, period_s: float, tmp_path: Path
) -> None:
    reading = read_back(pack, tmp_path, period_s=period_s)

    assert reading.capacity_method is CapacityMethod.FULL_DISCHARGE
    assert reading.capacity_reasons == ()
    assert reading.discharge_capacity_ah == pytest.approx(pack.capacity_ah, rel=0.01)
    assert reading.max_voltage_v == pytest.approx(pack.full_v, abs=0.05)
    assert reading.discharge_current_a == pytest.approx(pack.test_current_a, abs=0.01)


def test_a_log_is_whole_frames_in_the_order_of_the_test() -> None:
    frames = [decode(frame) for frame in make_frames(make_pack(), seed=1)]
    runs = [(f.mode, f.state) for f in frames]
    order = [run for n, run in enumerate(runs) if n == 0 or run != runs[n - 1]]

    assert order == [
        (EbcMode.DISCHARGE_CURRENT, EbcState.IDLE),
        (EbcMode.CHARGE, EbcState.ACTIVE),
        (EbcMode.CHARGE, EbcState.ENDED),
        (EbcMode.DISCHARGE_CURRENT, EbcState.IDLE),
        (EbcMode.DISCHARGE_CURRENT, EbcState.ACTIVE),
        (EbcMode.DISCHARGE_CURRENT, EbcState.ENDED),
    ]
    assert 100 < len(frames) < 400
    charge = [f for f in frames if f.mode is EbcMode.CHARGE]
    assert max(f.voltage_v for f in charge) == pytest.approx(54.6, abs=0.05)
    assert charge[0].current_a == 6.0
    assert charge[-2].current_a == pytest.approx(0.6)


def test_a_log_looks_like_the_real_one() -> None:
    lines = format_log(make_frames(make_pack(), seed=1)).splitlines()

    assert all(len(line.split()) == REPORT_LENGTH for line in lines)
    assert lines[1].startswith("250  11   2 120 ")
    assert lines[1].endswith(" 248")


def test_the_same_seed_gives_the_same_bytes() -> None:
    first = list(make_frames(make_pack(), seed=1))

    assert list(make_frames(make_pack(), seed=1)) == first
    assert list(make_frames(make_pack(), seed=2)) != first
    assert list(make_frames(make_pack(name="other"), seed=1)) != first


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "../x"}, "name"),
        ({"name": ""}, "name"),
        ({"rated_ah": 0}, "rated_ah"),
        ({"capacity_ah": float("nan")}, "capacity_ah"),
        ({"capacity_ah": 25}, "capacity_ah"),
        ({"series": "13"}, "series"),
        ({"series": True}, "series"),
        ({"resistance_mohm": 5001}, "resistance_mohm"),
        ({"resistance_mohm": 3000}, "resistance_mohm"),
        ({"cutoff_v": 54.6}, "resistance_mohm"),
        ({"start_soc": 1}, "start_soc"),
    ],
)
def test_a_pack_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PackError) as caught:
        make_pack(**changes)

    assert caught.value.field == field


def write_plan(folder: Path, *lines: object) -> Path:
    path = folder / "packs.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n\n" for line in lines))
    return path


def test_a_plan_becomes_three_files_a_pack(tmp_path: Path) -> None:
    checklist = {"maker": "电池厂", "tested_at": "2026-05-04T09:30:00+08:00"}
    plan = write_plan(
        tmp_path,
        make_plan_line(name="a", checklist=checklist),
        {k: v for k, v in make_plan_line(name="b").items() if k != "start_soc"},
    )

    for out in ("one", "two"):
        arguments = ["ebc", "--plan", str(plan), "--out", str(tmp_path / out)]
        result = CliRunner().invoke(simulate, [*arguments, "--seed", "3"])
        assert result.exit_code == 0, result.output

    names = [f"{n}.{suffix}" for n in "ab" for suffix in ("json", "log", "rc3563")]
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == names
    for name in names:
        first, second = (tmp_path / out / name for out in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()
    assert json.loads((tmp_path / "one" / "a.json").read_text()) == checklist


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([[1]], "line 1: pack: must be a JSON object"),
        ([make_plan_line(), make_plan_line()], "line 3: name: pack-1 occurs twice"),
        ([make_plan_line(colour=1)], "line 1: colour: is not a field"),
        ([{"name": "a"}], "line 1: capacity_ah: is missing"),
        ([make_plan_line(name=5)], "line 1: name: must be a text"),
        ([make_plan_line(checklist=[])], "line 1: checklist: must be"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_line_and_field(
    tmp_path: Path, lines: list[object], message: str
) -> None:
    plan = write_plan(tmp_path, *lines)

    with pytest.raises(PlanError, match=message):
        read_plan(plan)
    arguments = ["ebc", "--plan", str(plan), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(simulate, arguments)
    assert result.exit_code == 1
    assert message in result.output


def test_a_plan_that_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "packs.jsonl"
    with pytest.raises(PlanError, match=r"packs\.jsonl"):
        read_plan(path)
    path.write_text("{")
    with pytest.raises(PlanError, match="line 1: Expecting"):
        read_plan(path)


def test_out_and_pty_exclude_each_other(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, make_plan_line())
    both = ["ebc", "--plan", str(plan), "--out", str(tmp_path), "--pty"]

    assert CliRunner().invoke(simulate, both).exit_code == 2
    assert CliRunner().invoke(simulate, both[:3]).exit_code == 2


def test_frames_arrive_on_a_pseudo_terminal() -> None:
    frames = list(make_frames(make_pack(), seed=1))[:20]
    naps: list[float] = []

    with open_pty() as (ours, path):
        port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        written = stream(ours, frames, interval_s=2.0, sleep=naps.append)
        arrived = b""
        while len(arrived) < 20 * REPORT_LENGTH:
            arrived += os.read(port, 4096)
        os.close(port)

    assert written == 20
    assert arrived == b"".join(frames)
    assert naps == [2.0] * 20


def test_a_full_port_loses_frames_and_does_not_wait() -> None:
    frames = [bytes(range(1, 101))] * 2000

    with open_pty() as (ours, _path):
        written = stream(ours, frames, interval_s=0, sleep=lambda _s: None)

    assert 0 < written < 2000


def test_the_command_prints_the_port_and_streams(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, make_plan_line())
    command = "from instruments.drivers.commands import simulate; simulate()"
    arguments = ["ebc", "--plan", str(plan), "--pty", "--interval-s", "0.01"]
    with subprocess.Popen(
        [sys.executable, "-c", command, *arguments], stdout=subprocess.PIPE, text=True
    ) as simulator:
        assert simulator.stdout is not None
        port = os.open(simulator.stdout.readline().strip(), os.O_RDWR | os.O_NOCTTY)
        arrived = b""
        while len(arrived) < 5 * REPORT_LENGTH:
            arrived += os.read(port, 4096)
        assert simulator.wait(60) == 0
        os.close(port)

    start = arrived.index(b"\xfa")
    assert decode(arrived[start : start + REPORT_LENGTH]).device_type == 0x1C


def test_a_pack_may_come_without_a_checklist() -> None:
    line = make_plan_line()
    del line["checklist"]

    assert parse_pack(line).checklist == {}
