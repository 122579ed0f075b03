"""Whatever the server acknowledged is there after it was killed outright."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from battery_registry import scoring, settings
from battery_registry.context import Runtime
from battery_registry.store import durability
from battery_registry.store.db import Database
from battery_registry.store.tables.cases import case, ledger_leaf
from battery_registry.store.tables.inspections import counter, evaluation, inspection
from battery_registry.store.vault import Vault
from tests.builders import Registry, make_body, make_red_body, people_registry
from tests.server import environment, free_port

CLIENTS = 3
BETWEEN_KILLS = 15
GIVES_UP_AFTER_S = 60


class Clients:
    """Stations that post until they are told to stop, and again what failed."""

    def __init__(self, url: str, registry: Registry) -> None:
        self.acknowledged: set[str] = set()
        self.answers: set[int] = set()
        self._url = f"{url}/api/v1/inspections"
        self._headers = registry.headers("XC-01")
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._post) for _ in range(CLIENTS)]

    @contextmanager
    def posting(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def wait_for(self, more: int, log: Path) -> None:
        wanted = len(self.acknowledged) + more
        gives_up_at = time.monotonic() + GIVES_UP_AFTER_S
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < gives_up_at, log.read_text()
            time.sleep(0.01)

    def _post(self) -> None:
        for number in itertools.count():
            make = make_red_body if number % 10 == 0 else make_body
            self._send(make(tested_at=datetime.now(UTC).isoformat()))
            if self._stop.is_set():
                return

    def _send(self, body: dict[str, Any]) -> None:
        while not self._stop.is_set():
            try:
                answer = httpx.post(
                    self._url, json=body, headers=self._headers, timeout=10
                )
            except httpx.TransportError:
                # As the station's queue does: the same body, later.
                time.sleep(0.05)
                continue
            self.answers.add(answer.status_code)
            if answer.status_code in {200, 201}:
                self.acknowledged.add(body["inspection_id"])
            return


class Mortal:
    """A server that is killed with all its processes, and started again."""

    def __init__(self, environ: dict[str, str], port: int, log: Path) -> None:
        self._environ = environ
        self._log = log
        self._command = [
            *(sys.executable, "-m", "gunicorn", "--worker-class=gthread"),
            *("--workers=2", "--threads=4", "--preload", "--no-control-socket"),
            *(f"--bind=127.0.0.1:{port}", "battery_registry.app:from_environment()"),
        ]

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def make_registry(options: settings.Settings) -> Registry:
    runtime = Runtime(
        settings=options,
        database=Database(options.database_url),
        vault=Vault(data_key=options.data_key, lookup_key=options.lookup_key),
        ruleset=scoring.load(options.ruleset_id),
        clock=lambda: datetime.now(UTC),
    )
    return people_registry(runtime, now=datetime.now(UTC))


def kill_while_posting(database_url: str, log: Path, *, kills: int) -> None:
    port = free_port()
    environ = environment(database_url, port)
    registry = make_registry(settings.from_environment(environ))
    clients = Clients(f"http://127.0.0.1:{port}", registry)
    server = Mortal(environ, port, log)
    with clients.posting():
        for _ in range(kills):
            server.start()
            try:
                clients.wait_for(BETWEEN_KILLS, log)
            finally:
                server.kill()
    assert clients.answers <= {200, 201}
    assert len(clients.acknowledged) >= kills * BETWEEN_KILLS
    check(registry.runtime.database, clients.acknowledged)
    registry.runtime.database.dispose()


def check(database: Database, acknowledged: set[str]) -> None:
    """Nothing acknowledged is lost, and nothing is there by half."""
    assert durability.damage(database) == ()
    with database.reading() as session:
        kept = {str(one) for one in session.scalars(select(inspection.c.inspection_id))}
        judged = {str(i) for i in session.scalars(select(evaluation.c.inspection_id))}
        sealed = {
            str(one)
            for one in session.scalars(
                select(ledger_leaf.c.subject_id).where(
                    ledger_leaf.c.kind == "inspection"
                )
            )
        }
        counted = session.scalar(select(func.sum(counter.c.inspections)))
        red = session.scalar(
            select(func.count())
            .select_from(evaluation)
            .where(evaluation.c.code == "red")
        )
        cases = session.scalar(select(func.count()).select_from(case))
    assert acknowledged - kept == set()
    assert kept == judged == sealed
    assert counted == len(kept)
    assert cases == red


def test_a_killed_server_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    kill_while_posting(sqlite_url, tmp_path / "server.log", kills=3)


@pytest.mark.soak
def test_a_server_killed_again_and_again_loses_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    kill_while_posting(sqlite_url, tmp_path / "server.log", kills=50)
