"""The reverse proxy as it is shipped: real Caddy, real TLS, on loopback."""

import http.server
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

CADDYFILE = Path(__file__).resolve().parent.parent / "deploy/Caddyfile"
TEN_MEGABYTES = 10_000_000


class Upstream(http.server.BaseHTTPRequestHandler):
    """Stands where gunicorn would: answers, and keeps what it was told."""

    seen: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        self.seen.append((self.path, self.headers["X-Forwarded-Proto"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture
def upstream() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    Upstream.seen.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def start_caddy(home: Path, upstream: int) -> tuple[subprocess.Popen[bytes], int]:
    """The configuration that is shipped, on other ports, as its own authority."""
    caddy = shutil.which("caddy")
    if caddy is None:
        assert not os.environ.get("CI"), "caddy must be installed in CI"
        pytest.skip("caddy is not installed")
    https_port = free_port()
    with (home / "log").open("wb") as sink:
        process = subprocess.Popen(
            [caddy, "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "SITE_ADDRESS": "localhost",
                "HTTP_PORT": str(free_port()),
                "HTTPS_PORT": str(https_port),
                "HEALTH_PORT": str(free_port()),
                "UPSTREAM": f"127.0.0.1:{upstream}",
            },
            stdout=sink,
            stderr=sink,
        )
    return process, https_port


@pytest.fixture
def proxy(upstream: int, tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """A client that trusts the proxy's own authority, and the proxy's log."""
    process, port = start_caddy(tmp_path, upstream)
    authority = tmp_path / ".local/share/caddy/pki/authorities/local/root.crt"
    log = tmp_path / "log"
    try:
        wait_for(lambda: load(authority) is not None, process, log)
        trusted = load(authority)
        assert trusted is not None
        with httpx.Client(
            base_url=f"https://localhost:{port}", verify=trusted
        ) as client:
            wait_for(lambda: answers(client), process, log)
            yield client, log
    finally:
        process.terminate()
        process.wait(20)


def load(authority: Path) -> ssl.SSLContext | None:
    """Trust the authority; None while its file is not there or not whole."""
    try:
        return ssl.create_default_context(cafile=authority)
    except (FileNotFoundError, ssl.SSLError):
        return None


def answers(client: httpx.Client) -> bool:
    """Whether the proxy has its certificate and knows its upstream as well."""
    try:
        return client.get("/ready").is_success
    except httpx.TransportError:
        return False


def wait_for(
    is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path
) -> None:
    for _ in range(200):
        if is_ready():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    pytest.fail(f"the proxy did not start: {log.read_text()}")


def test_proxy_passes_requests_on_over_tls(proxy: tuple[httpx.Client, Path]) -> None:
    client, log = proxy
    answer = client.get("/api/v1/batteries?plate=A12345&serial=S9&district=110105")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Server" not in answer.headers
    assert (str(answer.request.url.raw_path, "ascii"), "https") in Upstream.seen
    written = log.read_text()
    assert "district=110105" in written
    assert "A12345" not in written


def test_proxy_refuses_a_body_of_ten_megabytes(
    proxy: tuple[httpx.Client, Path],
) -> None:
    client, _ = proxy
    assert client.post("/x", content=bytes(TEN_MEGABYTES - 1)).status_code == 200
    refused = client.post("/y", content=bytes(TEN_MEGABYTES))
    assert refused.status_code == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "body_too_large"
    assert "/y" not in [path for path, _ in Upstream.seen]


def test_proxy_keeps_the_figures_of_the_service_inside(
    proxy: tuple[httpx.Client, Path],
) -> None:
    client, _ = proxy
    assert client.get("/metrics").status_code == 404
    assert "/metrics" not in [path for path, _ in Upstream.seen]
