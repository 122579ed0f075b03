"""A registry on 127.0.0.1 that keeps what it is sent, with faults on demand.

It obeys the wire format's rules on ids: same id and body, same receipt; same
id and another body, refused.
"""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "br_live_00000001_" + "k" * 43


@dataclass
class Fault:
    """What to do with one post instead of answering it.

    ``lost`` stores first and then cuts the connection.
    """

    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"title": "Not now", "detail": "try again"}'
    lost: bool = False


@dataclass
class PlayedRegistry:
    """What arrived, and what to do with the posts to come."""

    url: str = ""
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    duplicates: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    fault: Callable[[int, list[dict[str, Any]]], Fault | None] = lambda _n, _items: None
    files: dict[str, bytes] = field(default_factory=dict)
    puts: list[dict[str, str]] = field(default_factory=list)
    put_fault: Callable[[int], Fault | None] = lambda _n: None
    refuse: Callable[[dict[str, Any]], str | None] = lambda _item: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, item: dict[str, Any], index: int) -> dict[str, Any]:
        known = self.stored.get(item["inspection_id"])
        result = {"index": index, "inspection_id": item["inspection_id"]}
        refused = self.refuse(item)
        if refused or (known is not None and known != item):
            named = refused or "inspection_id"
            problem = {
                "title": "Not accepted",
                "status": 422,
                "errors": [{"field": named, "detail": "is not accepted"}],
            }
            return {**result, "status": "refused", "problem": problem}
        self.stored[item["inspection_id"]] = item
        if known is not None:
            self.duplicates += 1
        receipt = {
            "inspection_id": item["inspection_id"],
            "battery": {"code": "0123-4567-89ab-cdef", "url": "http://127.0.0.1/b/0"},
            "verdict": {"code": "green"},
            "battery_code_in_force": "green",
            "case": None,
        }
        status = "accepted" if known is None else "duplicate"
        return {**result, "status": status, "receipt": receipt}

    def take(self, sha256: str, content: bytes, range_: str | None) -> dict[str, Any]:
        before = self.files.get(sha256, b"")
        total = len(content)
        if range_ is not None:
            first, total = (
                range_.removeprefix("bytes ").split("/")[0],
                int(range_.partition("/")[2]),
            )
            if first != "*" and int(first.partition("-")[0]) == len(before):
                content = before + content
            else:
                content = before
        self.files[sha256] = content
        return {"received_bytes": len(content), "is_complete": len(content) == total}


class _Handler(BaseHTTPRequestHandler):
    registry: PlayedRegistry
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go in two writes

    def do_POST(self) -> None:
        registry = self.registry
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        alone = "inspections" not in sent
        items = [sent] if alone else sent["inspections"]
        with registry.lock:
            registry.posts.append(sent)
            registry.keys.append(self.headers["Idempotency-Key"])
            fault = registry.fault(len(registry.posts) - 1, items)
            if self.headers["Authorization"] != f"Bearer {KEY}":
                fault = Fault(status=401, body='{"title": "Unknown key"}')
            if fault is None or fault.lost:
                results = [registry.answer(item, n) for n, item in enumerate(items)]
        if fault is not None and fault.lost:
            self.close_connection = True
            return
        if fault is not None:
            self._reply(fault.status, fault.body, fault.headers)
        elif not alone:
            self._reply(200, json.dumps({"results": results}), {})
        elif results[0]["status"] == "refused":
            self._reply(422, json.dumps(results[0]["problem"]), {})
        else:
            status = 201 if results[0]["status"] == "accepted" else 200
            self._reply(status, json.dumps(results[0]["receipt"]), {})

    def do_PUT(self) -> None:
        registry = self.registry
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            content = gzip.decompress(content)
        sha256 = self.path.rpartition("/")[2]
        with registry.lock:
            registry.puts.append(dict(self.headers))
            fault = registry.put_fault(len(registry.puts) - 1)
            if fault is None or fault.lost:
                told = registry.take(sha256, content, self.headers["Content-Range"])
        if fault is not None and fault.lost:
            self.close_connection = True
            return
        if fault is not None:
            self._reply(fault.status, fault.body, fault.headers)
            return
        self._reply(201 if told["is_complete"] else 202, json.dumps(told), {})

    def _reply(self, status: int, body: str, headers: dict[str, str]) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def play_registry() -> Iterator[PlayedRegistry]:
    registry = PlayedRegistry()
    handler = type("Handler", (_Handler,), {"registry": registry})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    registry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
