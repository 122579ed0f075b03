"""The demo's own server, as ``battery-registry serve`` starts it."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import httpx

from battery_registry.cli.failure import FailedError
from battery_registry.cli.supervision import Stop

_HOST: Final = "127.0.0.1"
_START_S: Final = 60
_STOP_S: Final = 15
_POLL_S: Final = 0.1
_LAST_WORDS: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server that answers."""

    url: str
    process: "subprocess.Popen[bytes]"

    def wait(self, stop: Stop) -> int:
        """Wait until it ends or is asked to; gives an exit code."""
        while not stop.is_set():
            if self.process.poll() is not None:
                return self.process.returncode or 1
            stop.wait(_POLL_S)
        return 0


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind((_HOST, 0))
        port: int = one.getsockname()[1]
        return port


def refuse_taken(port: int) -> None:
    """Refuse a port on which another program would answer in our place.

    Raises:
        FailedError: Somebody listens there.
    """
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((_HOST, port))
        except OSError as error:
            raise FailedError(
                f"port {port} is taken; name another with --port"
            ) from error


@contextmanager
def running(
    environ: Mapping[str, str], *, port: int, log: Path, stays: bool
) -> Iterator[Server]:
    """Start the server, wait until it is ready, and end it afterwards.

    Args:
        environ: Its environment.
        port: Where it listens, on loopback only.
        log: Where it writes what it says.
        stays: Whether people will use it; else one process is enough, and
            nobody waits for notices.

    Raises:
        FailedError: The port is taken, or it does not become ready.
    """
    refuse_taken(port)
    small = [] if stays else ["--workers=1", "--without-worker"]
    command = [sys.executable, "-m", "battery_registry.cli", "serve", *small]
    with _opened(log) as said:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*command, f"--host={_HOST}", f"--port={port}"],
            env=dict(environ),
            stdout=said,
            stderr=said,
            # Ctrl-C reaches the demo alone, which then ends the server in order.
            start_new_session=True,
        )
    try:
        server = Server(url=f"http://{_HOST}:{port}", process=process)
        _wait_until_ready(server, log)
        yield server
    finally:
        _end(process)


def _opened(log: Path) -> BinaryIO:
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return log.open("ab")
    except OSError as error:
        raise FailedError(f"{log} cannot be written: {error.strerror}") from error


def _wait_until_ready(server: Server, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if httpx.get(f"{server.url}/readyz", timeout=5).is_success:
                return
        except httpx.HTTPError:
            # Not there yet; how long to wait is the deadline's to say.
            pass
        time.sleep(_POLL_S)
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    raise FailedError(f"the server did not become ready: {said[-_LAST_WORDS:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
