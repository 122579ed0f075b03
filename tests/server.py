"""A real registry as its own process, on a free port of this machine."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from battery_registry import scoring, settings
from battery_registry.context import Runtime
from battery_registry.store.db import Database
from battery_registry.store.vault import Vault
from tests.builders import Registry, people_registry

_STARTS_WITHIN_S = 90
_ENDS_WITHIN_S = 15
_KEY = base64.b64encode(b"k" * 32).decode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A running registry: its address, and the small city in its database."""

    url: str
    registry: Registry


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def environment(
    database_url: str, port: int, *, blobs: Path | None = None
) -> dict[str, str]:
    """Make the whole environment of a registry; without a folder it keeps no files."""
    kept = {"BATTERY_REGISTRY_BLOB_DIR": str(blobs)} if blobs else {}
    return {
        **os.environ,
        **kept,
        "DATABASE_URL": database_url,
        "BATTERY_REGISTRY_SECRET_KEY": _KEY,
        "BATTERY_REGISTRY_DATA_KEY": _KEY,
        "BATTERY_REGISTRY_LOOKUP_KEY": _KEY,
        "BATTERY_REGISTRY_SIGNING_KEY": _KEY,
        "BATTERY_REGISTRY_BASE_URL": f"http://127.0.0.1:{port}",
    }


@contextmanager
def serve(database_url: str, log: Path) -> Iterator[Server]:
    """Serve a migrated database, with the small city in it."""
    port = free_port()
    environ = environment(database_url, port, blobs=log.parent / "blobs")
    registry = _fill(environ)
    try:
        with run(environ, port, log) as url:
            yield Server(url=url, registry=registry)
    finally:
        registry.runtime.database.dispose()


@contextmanager
def run(environ: Mapping[str, str], port: int, log: Path) -> Iterator[str]:
    """Run ``battery-registry serve``; yields its address when it is ready."""
    command = [sys.executable, "-m", "battery_registry.cli", "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--workers", "1"],
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=_ENDS_WITHIN_S)


def _fill(environ: Mapping[str, str]) -> Registry:
    options = settings.from_environment(environ)
    runtime = Runtime(
        settings=options,
        database=Database(options.database_url),
        vault=Vault(data_key=options.data_key, lookup_key=options.lookup_key),
        ruleset=scoring.load(options.ruleset_id),
        clock=lambda: datetime.now(UTC),
    )
    return people_registry(runtime, now=datetime.now(UTC))


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass  # not yet listening, or slow on a busy machine: asked again
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
