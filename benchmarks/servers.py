"""The two servers of a case, on the same settings."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from battery_registry.cli.serve import THREADS, WORKERS
from benchmarks.load import HERE

OURS = "battery_registry.app:from_environment()"
LIMIT = "benchmarks.limit:from_environment()"
_PATIENCE_S = 60.0


class NotStartedError(Exception):
    """A server did not come up."""


@contextmanager
def served(target: str, environ: Mapping[str, str]) -> Iterator[int]:
    """Serve an application; yields its port.

    Raises:
        NotStartedError: It did not come up.
    """
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", target),
        *("--bind", f"{HERE}:{port}"),
        *("--worker-class", "gthread"),
        *("--workers", str(WORKERS), "--threads", str(THREADS)),
        *("--keep-alive", "60", "--log-level", "warning", "--no-control-socket"),
    ]
    process = subprocess.Popen(command, env=dict(environ))  # noqa: S603 - our own
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotStartedError(f"gunicorn ended with {process.returncode}")
        try:
            with urlopen(f"http://{HERE}:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise NotStartedError("gunicorn does not answer")
