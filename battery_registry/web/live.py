"""Tell an open page that something changed: a short stream, or an answer to ask for.

A stream holds one of a server's few threads, so that there is one in each process at
a time, and none for long: the browser comes again by itself. Whoever gets none is
told so and asks every few seconds instead (``static/js/live.js``).
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from flask import Response, stream_with_context

from battery_registry import context
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.queries import overview

# What a reader sees: any value whose text differs when what is shown differs.
Seen = Callable[[context.Session, datetime], object]

_LENGTH_S: Final = 25.0
_LOOK_EVERY_S: Final = 1.0
_COUNT_EVERY_S: Final = 4.0

_TAKEN: Final = "retry: 15000\nevent: taken\ndata: {}\n\n"

_free = threading.BoundedSemaphore(1)


def mark(seen: object) -> str:
    """Name what is seen, so that a page can tell whether it shows just that."""
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def now(look: Seen) -> Response:
    """Answer once what the mark is at this moment."""
    response = Response(_told(look), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def stream(look: Seen) -> Response:
    """Tell the mark at every change and every few seconds, for less than a minute.

    Where somebody else has the stream of this process, it says so and ends.
    """
    if not _free.acquire(blocking=False):
        return Response(_TAKEN, content_type="text/event-stream")
    response = Response(
        stream_with_context(_events(look)), content_type="text/event-stream"
    )
    # Not at the generator's end: one that was never begun has no end either.
    response.call_on_close(_free.release)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _events(look: Seen) -> Iterator[str]:
    began = counted = time.monotonic()
    newest = ""
    yield "retry: 1000\n\n"
    while (moment := time.monotonic()) - began < _LENGTH_S:
        with context.reading() as session:
            leaf = overview.newest_leaf(session)
        if leaf != newest or moment - counted >= _COUNT_EVERY_S:
            newest, counted = leaf, moment
            yield f"data: {_told(look)}\n\n"
        # A line without meaning: a browser that has gone is noticed by writing.
        yield ":\n\n"
        time.sleep(_LOOK_EVERY_S)


def _told(look: Seen) -> str:
    # The time of the request is that of its beginning, and a stream lasts.
    moment = context.runtime().clock()
    with context.reading() as session:
        found = mark(look(session, moment))
    at = moment.astimezone(CITY_ZONE).strftime("%H:%M:%S")
    return json.dumps({"mark": found, "at": at})
