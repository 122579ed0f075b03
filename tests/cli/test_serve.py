"""``serve`` as an operator runs it: a process on a free port, on SQLite."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from battery_registry.cli import COMMANDS, main
from battery_registry.cli.supervision import run_together, stop_on_signals
from battery_registry.store.db import Database
from tests.cli.conftest import Run
from tests.cli.test_embedded import NAMES
from tests.cli.test_worker import put, unsent
from tests.server import free_port

STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 10
PROGRAM = (sys.executable, "-m", "battery_registry.cli")


def environment(home: Path) -> dict[str, str]:
    cleared = {name: value for name, value in os.environ.items() if name not in NAMES}
    return {**cleared, "BATTERY_REGISTRY_DATA": str(home)}


def until(reached: Callable[[], object], log: Path) -> None:
    gives_up_at = time.monotonic() + STARTS_WITHIN_S
    while not reached():
        assert time.monotonic() < gives_up_at, log.read_text()
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def serving(
    environ: Mapping[str, str], log: Path
) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", str(port), "--workers", "1"],
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}") or process.poll(), log)
        assert process.poll() is None, log.read_text()
        yield port, process
    finally:
        # All of the session: whatever a failed test has left behind.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_one_command_serves_delivers_and_ends(tmp_path: Path) -> None:
    home, log = tmp_path / "data", tmp_path / "log"
    with serving(environment(home), log) as (port, process):
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        asked = CliRunner().invoke(main, ["healthcheck", "--port", str(port)])
        assert asked.exit_code == 0
        database = Database(f"sqlite:///{home}/registry.sqlite3")
        put(database)
        until(lambda: unsent(database) == 0, log)
        database.dispose()
        process.terminate()
        assert process.wait(ENDS_WITHIN_S) == 0
    assert not answers(f"http://127.0.0.1:{port}")
    told = log.read_text()
    assert '"topic": "battery.red_coded"' in told
    assert f"serving on http://127.0.0.1:{port}" in told
    assert f"data in {home}" in told


def test_asked_twice_it_still_ends_in_order(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(environment(tmp_path / "data"), log) as (_, process):
        process.terminate()
        process.terminate()
        assert process.wait(ENDS_WITHIN_S) == 0, log.read_text()


@pytest.mark.usefixtures("handlers")
def test_a_handler_may_be_interrupted_by_its_own_signal() -> None:
    stop = stop_on_signals()
    assert (stop.is_set(), stop.wait(0)) == (False, False)
    # More signals than the pipe that wakes has room for.
    for _ in range(100_000):
        stop.ask(signal.SIGTERM, None)
    signal.raise_signal(signal.SIGTERM)
    assert (stop.is_set(), stop.wait(ENDS_WITHIN_S)) == (True, True)


def test_an_unknown_rule_set_starts_no_server(run: Run) -> None:
    done = run("serve", BATTERY_REGISTRY_RULESET="nope")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("Error: rule set nope: ")


def test_killed_outright_it_leaves_nobody_on_the_port(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(environment(tmp_path / "data"), log) as (port, process):
        process.kill()
        process.wait()
        until(lambda: not answers(f"http://127.0.0.1:{port}"), log)
        until(lambda: not alive(process.pid), log)


def alive(session: int) -> bool:
    """Whether a process of that session is still there, and no zombie."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-s", str(session)],
        check=False,
        capture_output=True,
        text=True,
    ).stdout.split()
    return any(not state.startswith("Z") for state in listed)


def test_a_half_finished_configuration_names_all_that_is_missing(run: Run) -> None:
    done = run(
        "serve",
        BATTERY_REGISTRY_DATA_KEY=None,
        BATTERY_REGISTRY_BASE_URL=None,
        BATTERY_REGISTRY_SECRET_KEY="short",  # noqa: S106 - wrong on purpose
    )
    assert done.exit_code == 2
    for fault in (
        "BATTERY_REGISTRY_SECRET_KEY is not base64 of 32 bytes",
        "BATTERY_REGISTRY_DATA_KEY is not set",
        "BATTERY_REGISTRY_BASE_URL is not set",
    ):
        assert fault in done.stderr


def test_nobody_on_the_port_is_not_healthy() -> None:
    done = CliRunner().invoke(main, ["healthcheck", "--port", str(free_port())])
    assert (done.exit_code, "no answer from" in done.stderr) == (1, True)


def test_what_is_not_the_registry_is_not_healthy() -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as other:
        assert other.stdout is not None
        port = other.stdout.readline().split(" port ")[1].split(" ")[0]
        done = CliRunner().invoke(main, ["healthcheck", "--port", port])
        other.kill()
    assert (done.exit_code, done.stderr) == (
        1,
        f"Error: 127.0.0.1:{port} answers 404\n",
    )


SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
_DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('deaf', flush=True)
time.sleep(60)
"""
DEAF = (sys.executable, "-c", _DEAF)


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back what the supervisor does to this process's signals."""
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("code", [0, 1])
def test_when_one_ends_all_end(code: int) -> None:
    ends = (sys.executable, "-c", f"raise SystemExit({code})")
    assert run_together([SLEEP, ends], environ=os.environ, grace_s=5) == 1


def test_a_program_that_does_not_listen_is_killed() -> None:
    program = (
        "import os, sys\n"
        "from battery_registry.cli.supervision import run_together, stop_on_signals\n"
        f"sys.exit(run_together([{DEAF!r}], environ=os.environ, grace_s=0.2))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "deaf\n"
        supervisor.terminate()
        assert supervisor.wait(ENDS_WITHIN_S) == 1


def test_every_command_of_the_table_is_there() -> None:
    listed = CliRunner().invoke(main, ["--help"]).stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in listed] == []
    unknown = CliRunner().invoke(main, ["no-such-command"])
    assert (unknown.exit_code, "No such command" in unknown.stderr) == (2, True)


def test_a_health_check_loads_no_database() -> None:
    program = (
        "import sys, battery_registry.cli.healthcheck;"
        "print({'sqlalchemy', 'flask', 'fpdf'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "set()\n"
