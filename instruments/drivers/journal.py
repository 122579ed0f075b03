"""What is kept of a discharge: every report, and every event with its time.

The reports go to a log that ``battery-station read`` reads, one line each, bytes in
decimal; the events to JSON lines beside it.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from instruments.drivers.interface import DriverError


class Journal:
    """Two files that are written through at every entry.

    Args:
        path: The log; events go to the same name with ``.events.jsonl``.
        now: Seconds since the epoch.
    """

    def __init__(self, path: Path, *, now: Callable[[], float]) -> None:
        """Open both; an existing log is never overwritten.

        Raises:
            DriverError: ``not_opened``.
        """
        self._now = now
        events = path.with_name(path.name + ".events.jsonl")
        try:
            self._log = path.open("x", encoding="ascii")
            self._events = events.open("a", encoding="utf-8")
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror}."
            raise DriverError("not_opened", message) from error

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close both."""
        self._log.close()
        self._events.close()

    def frame(self, raw: bytes) -> None:
        """Keep one report."""
        self._log.write(" ".join(f"{byte:3d}" for byte in raw) + "\n")
        self._log.flush()

    def event(self, name: str, **values: Any) -> None:
        """Keep one event."""
        at = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "event": name, **values}, ensure_ascii=False)
        self._events.write(line + "\n")
        self._events.flush()
