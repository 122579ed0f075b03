"""From instruments on a wire, through the station, into a real registry."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from instruments.cli import main
from instruments.drivers.plan import parse_pack, write_files
from instruments.drivers.playing import PtyEndpoint, TcpEndpoint, playing
from instruments.station.queue import Queue
from tests.instruments.played_instruments import PLAYED
from tests.instruments.simulated_packs import make_plan_line
from tests.instruments.station_parts import make_checklist
from tests.server import Server, serve


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    with serve(sqlite_url, tmp_path / "server.log") as running:
        yield running


@pytest.fixture
def profile(server: Server, tmp_path: Path) -> Path:
    entries = {
        "url": server.url,
        "key": server.registry.keys["XC-01"],
        "inspector_id": "I-0001",
        "instrument_id": "EBC-1",
        "queue": "queue.sqlite3",
    }
    path = tmp_path / "station.toml"
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in entries.items()]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def send(profile: Path, log: Path) -> Result:
    period = ("--frame-period-s", 60)
    return run("send", log, "--profile", profile, "--json", *period)


def write_pack(folder: Path, name: str, **checklist: Any) -> Path:
    filled = make_checklist(maker="Sample", label_nominal_voltage_v=48, **checklist)
    line = make_plan_line(name=name, checklist=filled)
    write_files(parse_pack(line), folder, seed=1, period_s=60)
    (folder / f"{name}.rc3563").unlink()
    return folder / f"{name}.log"


def test_what_two_instruments_measured_reaches_the_registry(
    tmp_path: Path, profile: Path
) -> None:
    log = write_pack(tmp_path, "a")
    out = log.with_suffix(".measured")
    for name, endpoint in (("hioki", PtyEndpoint), ("jbd", TcpEndpoint)):
        with playing(PLAYED[name].device(), endpoint()) as address:
            done = run("measure", name, "--port", address, "--out", out)
        assert done.exit_code == 0, done.output

    done = send(profile, log)

    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["receipts"]
    with Queue(tmp_path / "queue.sqlite3") as queue:
        entry = queue.get(told["inspection_id"])
    body = json.loads(entry.body)
    assert (body["internal_resistance_mohm"], body["cycle_count"]) == (181.25, 211)
    assert told["verdict"] not in {None, "incomplete", "void"}
    assert entry.receipt is not None
    read = {
        one["factor"]: one["reading"]
        for one in entry.receipt["verdict"]["contributions"]
    }
    # the registry has read the cells that the system told
    assert read["cell_imbalance"] == pytest.approx(15.0)
    assert entry.receipt["verdict"]["missing"] == []


def test_what_contradicts_the_registry_is_refused_and_not_sent_for_ever(
    tmp_path: Path, profile: Path
) -> None:
    assert send(profile, write_pack(tmp_path, "a")).exit_code == 0
    other = write_pack(tmp_path, "b", unit_kind="module")

    done = send(profile, other)

    assert done.exit_code == 4, done.output
    told = json.loads(done.stdout)
    (refused,) = told["refused"]
    assert refused["problem"]["code"] == "unit_kind_changed"
    assert (refused["name"], told["queued"]) == ("b.log", 0)
