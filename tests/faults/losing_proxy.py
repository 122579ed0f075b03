"""A proxy before a registry that is often not there, and loses answers it got."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import httpx


@dataclass
class LosingProxy:
    """What it does, and what it has done.

    Args:
        upstream: The registry's address.
        busy: Share of requests that get 503 and never reach the registry.
        lost: Share of the others whose answer is lost after the registry's work.
    """

    upstream: str
    busy: float
    lost: float
    chance: Random
    url: str = ""
    requests: int = 0
    refused: int = 0
    dropped: int = 0
    statuses: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self) -> tuple[bool, bool]:
        with self.lock:
            self.requests += 1
            is_busy = self.chance.random() < self.busy
            is_lost = not is_busy and self.chance.random() < self.lost
            self.refused += is_busy
            self.dropped += is_lost
        return is_busy, is_lost


class _Handler(BaseHTTPRequestHandler):
    proxy: LosingProxy
    client: httpx.Client
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        content = self.rfile.read(length)
        if len(content) < length:
            # who sent was killed in the middle; half a body is not passed on
            self.close_connection = True
            return
        is_busy, is_lost = self.proxy.draw()
        if is_busy:
            self._answer(503, b'{"title":"Not available now"}')
            return
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        answer = self.client.post(
            f"{self.proxy.upstream}{self.path}",
            content=content,
            headers={name: self.headers[name] for name in names if self.headers[name]},
        )
        self.proxy.statuses.add(answer.status_code)
        if is_lost:
            self.close_connection = True
            return
        self._answer(answer.status_code, answer.content)

    def _answer(self, status: int, content: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # who asked was killed meanwhile

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed is no news."""


@contextmanager
def losing_proxy(
    upstream: str, *, busy: float, lost: float, seed: int
) -> Iterator[LosingProxy]:
    chance = Random(seed)  # noqa: S311 - faults of a test
    proxy = LosingProxy(upstream=upstream, busy=busy, lost=lost, chance=chance)
    with httpx.Client(timeout=60) as client:
        handler = type("Handler", (_Handler,), {"proxy": proxy, "client": client})
        server = _Server(("127.0.0.1", 0), handler)
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
