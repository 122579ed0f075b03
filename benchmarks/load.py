"""The load: a few connections that are kept, each asking as soon as answered.

One thread, plain sockets, requests made beforehand: the same for both sides,
and cheap, since it runs on the same cores as what it measures.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

HERE = "127.0.0.1"
_CHUNK_BYTES = 1 << 18
_PATIENCE_S = 60.0


class BadAnswerError(Exception):
    """A server gave another answer than the one that is measured."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How one server did in one round.

    Args:
        requests: How many it answered.
        seconds: In what time.
        latencies_s: Of each, sorted.
    """

    requests: int
    seconds: float
    latencies_s: Sequence[float]

    @property
    def per_second(self) -> float:
        """Requests in a second."""
        return self.requests / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The latency that this share of the requests stayed within."""
        place = min(int(share * self.requests), self.requests - 1)
        return self.latencies_s[place] * 1000


@dataclass(kw_only=True, slots=True)
class _Connection:
    sock: socket.socket
    asked_at: float = 0.0
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    received: bytearray = field(default_factory=bytearray)
    missing: int = -1

    def ask(self, request: bytes) -> None:
        self.asked_at = time.perf_counter()
        self.received.clear()
        self.missing = -1
        self.unsent = memoryview(request)
        self.send()

    def send(self) -> None:
        try:
            self.unsent = self.unsent[self.sock.send(self.unsent) :]
        except BlockingIOError:
            return

    def receive(self) -> bool:
        """Take what came; true once the answer is whole."""
        chunk = self.sock.recv(_CHUNK_BYTES)
        if not chunk:
            raise BadAnswerError("the server hung up")
        self.received += chunk
        if self.missing < 0:
            head = self.received.find(b"\r\n\r\n")
            if head < 0:
                return False
            self.missing = head + 4 + _content_length(self.received[:head])
        return len(self.received) >= self.missing

    def check(self) -> None:
        if self.received[9:11] != b"20":
            shown = self.received[:500].decode(errors="replace")
            raise BadAnswerError(shown)


def _content_length(head: bytearray) -> int:
    _, found, rest = bytes(head).lower().partition(b"content-length:")
    if not found:
        raise BadAnswerError("an answer without Content-Length")
    return int(rest.partition(b"\r\n")[0])


def request(method: str, path: str, *, key: str, body: bytes = b"") -> bytes:
    """Spell a request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {HERE}\r\nAuthorization: Bearer {key}\r\n"
        "Accept: application/json\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask_once(port: int, asked: bytes) -> bytes:
    """Ask once, on a connection of its own; gives the answer's body.

    Raises:
        BadAnswerError: It is not a 2xx.
    """
    with socket.create_connection((HERE, port), timeout=_PATIENCE_S) as sock:
        sock.sendall(asked)
        connection = _Connection(sock=sock)
        while not connection.receive():
            pass
        connection.check()
        return bytes(connection.received.partition(b"\r\n\r\n")[2])


def drive(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float
) -> Pace:
    """Ask for some seconds, or until there is nothing left to ask.

    Raises:
        BadAnswerError: An answer was not a 2xx.
        TimeoutError: The server fell silent.
    """
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        asking = [_open(port) for _ in range(connections)]
        try:
            for connection in asking:
                selector.register(connection.sock, selectors.EVENT_READ, connection)
            return _drive(selector, asking, waiting, seconds)
        finally:
            for connection in asking:
                connection.sock.close()


def _open(port: int) -> _Connection:
    sock = socket.create_connection((HERE, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return _Connection(sock=sock)


def _drive(
    selector: selectors.BaseSelector,
    asking: Sequence[_Connection],
    waiting: Iterator[bytes],
    seconds: float,
) -> Pace:
    latencies: list[float] = []
    start = time.perf_counter()
    busy = sum(_next(selector, connection, waiting) for connection in asking)
    while busy:
        events = selector.select(_PATIENCE_S)
        if not events:
            raise TimeoutError("the server fell silent")
        for key, mask in events:
            connection: _Connection = key.data
            if mask & selectors.EVENT_WRITE:
                connection.send()
                _watch(selector, connection)
            if mask & selectors.EVENT_READ and connection.receive():
                now = time.perf_counter()
                latencies.append(now - connection.asked_at)
                connection.check()
                over = now - start >= seconds
                busy -= over or not _next(selector, connection, waiting)
    elapsed = time.perf_counter() - start
    return Pace(requests=len(latencies), seconds=elapsed, latencies_s=sorted(latencies))


def _next(
    selector: selectors.BaseSelector, connection: _Connection, waiting: Iterator[bytes]
) -> bool:
    asked = next(waiting, None)
    if asked is None:
        return False
    connection.ask(asked)
    _watch(selector, connection)
    return True


def _watch(selector: selectors.BaseSelector, connection: _Connection) -> None:
    events = selectors.EVENT_READ
    if connection.unsent:
        events |= selectors.EVENT_WRITE
    if selector.get_key(connection.sock).events != events:
        selector.modify(connection.sock, events, connection)
