"""The commands and settings of ``docker-compose.yml``, as plain processes.

No engine is needed for that; the database is PostgreSQL and empty, as on the
first start.
"""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from tests import postgresql

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = str(Path(sys.executable).parent / "battery-registry")


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    part: dict[str, Any] = found["services"][name]
    return part


@pytest.fixture
def secrets(tmp_path: Path, postgresql_server: str) -> Iterator[Path]:
    """What ``deploy/make-secrets.sh`` makes, with the address of a new database."""
    script = tmp_path / "make-secrets.sh"
    shutil.copy(ROOT / "deploy/make-secrets.sh", script)
    subprocess.run([str(script)], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    with postgresql.copy(postgresql_server, "template0") as url:
        (folder / "database_url").unlink()
        (folder / "database_url").write_text(url + "\n")
        yield folder


def environment(name: str, secrets: Path) -> dict[str, str]:
    """A service's environment, with this folder in the place of its mounts."""
    return {
        variable: re.sub(
            r"\$\{SITE_ADDRESS:\?[^}]*\}", "batteries.example", value
        ).replace("/run/secrets", str(secrets))
        for variable, value in service(name)["environment"].items()
    }


def run(
    name: str, command: list[str], secrets: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *command],
        env=environment(name, secrets),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def running(
    name: str, command: list[str], secrets: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([PROGRAM, *command], env=environment(name, secrets))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def on_port(command: list[str], port: str) -> list[str]:
    """The service's command on loopback and another port."""
    assert command[1::2] == ["--host", "--port"]
    return [command[0], "--host", "127.0.0.1", "--port", port]


def wait_until_well(port: str, process: "subprocess.Popen[bytes]") -> None:
    test = service("web")["healthcheck"]["test"]
    assert test[:2] == ["CMD", "battery-registry"]
    for _ in range(100):
        assert process.poll() is None, "the server ended"
        asked = subprocess.run(
            [PROGRAM, *test[2:], "--port", port], capture_output=True, check=False
        )
        if asked.returncode == 0:
            return
        time.sleep(0.2)
    pytest.fail("the server did not become ready")


def test_nothing_serves_before_the_migrations(secrets: Path) -> None:
    refused = run("web", on_port(service("web")["command"], free_port()), secrets)
    assert refused.returncode != 0
    assert "db upgrade" in refused.stderr
    ailing = run("worker", service("worker")["healthcheck"]["test"][2:], secrets)
    assert ailing.returncode != 0


def test_the_first_start(secrets: Path) -> None:
    migrated = run("migrate", service("migrate")["command"], secrets)
    assert migrated.returncode == 0, migrated.stderr

    port = free_port()
    with (
        running("web", on_port(service("web")["command"], port), secrets) as web,
        running("worker", service("worker")["command"], secrets) as worker,
    ):
        wait_until_well(port, web)
        well = run("worker", service("worker")["healthcheck"]["test"][2:], secrets)
        assert well.returncode == 0, well.stderr
        described = httpx.get(f"http://127.0.0.1:{port}/openapi.json").json()
        assert described["openapi"].startswith("3.1")
        assert worker.poll() is None
        web.terminate()
        worker.terminate()
        assert web.wait(30) == 0
        assert worker.wait(30) == 0


def test_a_setting_that_is_missing_stops_the_start(secrets: Path) -> None:
    (secrets / "data_key").unlink()
    refused = run("migrate", service("migrate")["command"], secrets)
    assert refused.returncode != 0
    assert "BATTERY_REGISTRY_DATA_KEY_FILE" in refused.stderr
