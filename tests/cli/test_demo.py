"""The demo: its packs, its check, its filled folder, as an operator runs them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from battery_registry.cli.demo import (
    check,
    enrol,
    example,
    fill,
    packs,
    record,
    server,
    walk,
)
from battery_registry.cli.demo.command import demo
from battery_registry.cli.failure import FailedError
from battery_registry.context import Runtime
from battery_registry.domain.city_time import city_date
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import enrolment
from tests.builders import NOW, Registry, make_body
from tests.conftest import Clock

_LIMIT_S = 240


def make_environ(**changes: str) -> dict[str, str]:
    """The environment of a machine where nothing is set up."""
    ours = ("DATABASE_URL", "BATTERY_REGISTRY_", "BATTERY_STATION_")
    clean = {n: v for n, v in os.environ.items() if not n.startswith(ours)}
    return {**clean, **changes}


def run_demo(
    *arguments: str | Path, environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "battery_registry.cli", "demo", *map(str, arguments)],
        env=make_environ() if environ is None else dict(environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
    )


def runtime_of(app: Flask) -> Runtime:
    made: Runtime = app.extensions["battery_registry"]
    return made


def add_somebody(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        enrolment.add_organisation(
            session,
            code="somebody",
            name="Somebody",
            kind=OrganisationKind.DEALER,
            now=runtime.clock(),
        )


def test_check_walks_the_whole_path() -> None:
    done = run_demo("--check")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (0, True), done.stdout + done.stderr
    assert_whole_path(told)


def test_check_walks_the_whole_path_on_postgresql(postgresql_url: str) -> None:
    done = run_demo("--check", environ=make_environ(DATABASE_URL=postgresql_url))
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (0, True), done.stdout + done.stderr
    assert_whole_path(told)


def assert_whole_path(told: Mapping[str, Any]) -> None:
    assert told["counts"] == {
        "green": 17,
        "yellow": 3,
        "red": 1,
        "incomplete": 1,
        "void": 1,
        "not_covered": 1,
    }
    assert told["red_pack"]["url"].endswith(f"/b/{told['red_pack']['code']}")
    assert told["resale_before_end"]["answer"] == "blocked"
    assert told["refused_step"]["lawful_next"] == ["isolated", "collected", "missing"]
    assert told["case_states"] == [
        "flagged",
        "isolated",
        "collected",
        "in_transit",
        "received",
        "dismantled",
        "destroyed",
    ]
    assert told["case"] == "destroyed"
    assert told["resale_after_end"]["reasons"][0]["code"] == "destroyed"
    assert told["ledger"]["custody_event"] == {"happened": 7, "leaves": 7}
    assert told["ledger"]["inspection"] == {"happened": 24, "leaves": 24}
    assert told["steps"] == list(check.STEPS)


def test_check_names_the_step_that_failed(app: Flask) -> None:
    runtime = runtime_of(app)
    add_somebody(runtime)
    url = runtime.database.url.render_as_string(hide_password=False)
    told = check.check(make_environ(DATABASE_URL=url), seed=1)
    assert (told["ok"], told["failed_step"], told["steps"]) == (False, "serve", [])
    assert "not empty" in told["reason"]


def test_same_seed_gives_the_same_counts_and_is_used_again(tmp_path: Path) -> None:
    options = ("--no-serve", "--packs", "12", "--seed", "7", "--json")
    told = []
    for name in ("one", "two"):
        done = run_demo(*options, "--data", tmp_path / name)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    assert verdicts(told[0]) == verdicts(told[1])
    assert verdicts(told[0]).count("red") == 1
    assert {person["role"] for person in told[0]["people"]} == {r.value for r in Role}
    assert told[0]["stations"][0]["key"] != told[1]["stations"][0]["key"]

    again = run_demo(*options, "--data", tmp_path / "one")
    assert "filled before" in again.stderr
    assert json.loads(again.stdout) == told[0]
    assert_readable(run_demo("--no-serve", "--data", tmp_path / "one").stdout)


def assert_readable(told: str) -> None:
    assert "12 packs: 6 green, 2 yellow, 1 incomplete" in told
    assert "red cases: 1 destroyed\n" in told
    assert re.search("^regulator-haidian +regulator +[^ ]{20}$", told, re.MULTILINE)


def verdicts(told: Mapping[str, Any]) -> list[str]:
    return sorted(pack["verdict"] for pack in told["packs"])


def test_it_serves_until_it_is_asked_to_end(tmp_path: Path) -> None:
    port = server.free_port()
    command = [sys.executable, "-m", "battery_registry.cli", "demo", "--packs", "2"]
    with subprocess.Popen(
        [*command, "--json", f"--port={port}", f"--data={tmp_path / 'demo'}"],
        env=make_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            said = [next(process.stderr, "ended")]
            while "serving" not in said[-1] and "ended" not in said[-1]:
                said.append(next(process.stderr, "ended"))
            assert "serving" in said[-1], said
            process_told = _read_object(process)
            url = process_told["packs"][0]["url"]
            assert httpx.get(url).status_code == 200
            assert url.startswith(f"http://127.0.0.1:{port}/b/")
            profile = tmp_path / "demo" / "stations" / "XC-01" / "station.toml"
            assert f'url = "http://127.0.0.1:{port}"' in profile.read_text("utf-8")
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=60)
    assert code == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/readyz")


def _read_object(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    told: dict[str, Any] = json.loads("".join(lines))
    return told


def test_example_is_accepted_from_the_first_station(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    access = enrol.enrol(runtime_of(app))
    headers = {"Authorization": f"Bearer {access.stations[0].key}"}
    first, second = example.example(clock()), example.example(clock())
    answers = [
        client.post("/api/v1/inspections", json=body, headers=headers)
        for body in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    receipts = [answer.get_json() for answer in answers]
    assert [receipt["verdict"]["code"] for receipt in receipts] == ["green", "green"]
    assert receipts[0]["battery"]["code"] != receipts[1]["battery"]["code"]


def test_example_needs_no_server_and_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    done = CliRunner().invoke(demo, ["--example", "--data", str(folder)])
    assert json.loads(done.output)["station_id"] == "XC-01"
    assert not folder.exists()


def test_a_database_that_somebody_uses_is_left_alone(tmp_path: Path) -> None:
    with fill.opened(fill.environment({}, data=tmp_path, port=8000)) as registry:
        add_somebody(registry)
    environ = {"DATABASE_URL": None, "BATTERY_REGISTRY_SECRET_KEY": None}
    done = CliRunner(env=environ).invoke(demo, ["--no-serve", f"--data={tmp_path}"])
    assert done.exit_code == 1
    assert "the database is not empty" in done.output


def test_a_taken_port_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run_demo("--port", str(port), "--data", tmp_path)
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert record.find(tmp_path) is None


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    environ = make_environ(DATABASE_URL="sqlite:////nowhere/at-all.sqlite3")
    with (
        pytest.raises(FailedError, match="BATTERY_REGISTRY_SECRET_KEY is not set"),
        server.running(
            environ, port=server.free_port(), log=tmp_path / "new/log", stays=False
        ),
    ):
        pytest.fail("it became ready")


def test_keys_that_are_set_are_used(tmp_path: Path) -> None:
    given = {"BATTERY_REGISTRY_SECRET_KEY": "s", "DATABASE_URL": "sqlite:///x"}
    completed = fill.environment(given, data=tmp_path / "demo", port=8000)
    assert completed == {**given, "BATTERY_REGISTRY_BASE_URL": "http://127.0.0.1:8000"}
    assert not (tmp_path / "demo").exists()


def test_a_record_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"seed": 1}', encoding="utf-8")
    with pytest.raises(FailedError, match=r"demo\.json cannot be read"):
        record.find(tmp_path)


def test_the_record_is_its_owners_alone(tmp_path: Path) -> None:
    made = record.Record(
        seed=3,
        access=record.Access(stations=(), organisations=(), people=()),
        packs=(record.PackRecord(name="P-1", code="x"),),
    )
    record.write(tmp_path, made)
    assert record.find(tmp_path) == made
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_a_walk_that_is_refused_is_told(
    app: Flask, client: FlaskClient, registry: Registry
) -> None:
    """A pack that never was red has no case to walk."""
    red = next(
        pack for pack in packs.plan(count=1, seed=1, today=city_date(NOW)) if pack.path
    )
    key = registry.keys["XC-01"]
    body = make_body()
    answer = client.post(
        "/api/v1/inspections", json=body, headers=registry.headers("XC-01")
    ).get_json()
    access = record.Access(
        stations=(record.StationRecord(id=red.station, key=key, district="110102"),),
        organisations=(),
        people=(),
    )
    transport = httpx.WSGITransport(app=app)
    with (
        httpx.Client(base_url="http://registry.test", transport=transport) as asked,
        pytest.raises(FailedError, match="custody_no_case"),
    ):
        walk.walk(asked, access, [red], {red.name: {"code": answer["battery"]["code"]}})
