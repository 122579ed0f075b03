"""Sends what is queued until it is received, refused, or has to wait.

At least once over the wire, exactly once in the registry: an answer that was
lost is asked for again with the same ids and the same bodies. One sender at a
time per queue; its claim is a lease.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import httpx

from instruments.station import claims
from instruments.station.backoff import Backoff
from instruments.station.entry import Entry, State
from instruments.station.post import Next, Outcome, post_entries
from instruments.station.queue import Queue

BATCH = 100
LEASE_S = 180.0
TIMEOUT_S = 60.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Stop(StrEnum):
    """Why a sender came to its end."""

    EMPTY = "empty"
    WAITING = "waiting"
    NEW_KEY = "new_key"
    WRONG_ADDRESS = "wrong_address"
    BUSY = "busy"


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """The clock and the chance a sender runs on.

    Args:
        now: Gives the aware time.
        sleep: Waits that many seconds.
        random: Uniform in ``[0, 1)``.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    random: Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a sender keeps trying.

    Args:
        attempts: Failures in a row after which it gives up, None for never.
        longest_wait_s: It gives up rather than wait longer than this.
        backoff: Waits between failures.
    """

    attempts: int | None
    longest_wait_s: float
    backoff: Backoff


ONCE = Patience(
    attempts=4, longest_wait_s=10.0, backoff=Backoff(base_s=0.25, cap_s=4.0)
)
WAIT = Patience(attempts=None, longest_wait_s=float("inf"), backoff=Backoff())


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one run of the sender did.

    Args:
        stop: Why it ended.
        error: What went wrong last, empty when all went well.
        sent: Keys of the readings received in this run.
        refused: Keys of the readings refused in this run.
    """

    stop: Stop
    error: str
    sent: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(slots=True)
class _Run:
    """What changes while a sender runs."""

    failures: int = 0
    pause_until: datetime = _LONG_AGO
    error: str = ""
    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def report(self, stop: Stop) -> Report:
        return Report(
            stop=stop,
            error=self.error,
            sent=tuple(self.sent),
            refused=tuple(self.refused),
        )


class Sender:
    """Sends one queue to one registry.

    Args:
        queue: The readings.
        client: With the registry's address and the key's header.
        world: Clock, sleep and chance.
        patience: ``ONCE`` or ``WAIT``.
        batch: Most readings in one post, 1 to 500.
        progress: Called with the number of readings settled by every answer.
    """

    def __init__(
        self,
        queue: Queue,
        client: httpx.Client,
        *,
        world: World,
        patience: Patience = ONCE,
        batch: int = BATCH,
        progress: Callable[[int], None] = lambda _settled: None,
    ) -> None:
        """Keep the parts; nothing is sent yet."""
        self._queue = queue
        self._client = client
        self._world = world
        self._patience = patience
        self._batch = batch
        self._progress = progress
        self._holder = claims.new_holder()

    def run(self) -> Report:
        """Send until nothing is queued or patience ends.

        A run that was asked for tries every queued reading at once, whatever
        waits earlier failures had earned; a ``Retry-After`` of the registry is
        obeyed even across runs.
        """
        run = _Run()
        if not self._claim():
            run.error = "another sender is at work on this queue"
            return run.report(Stop.BUSY)
        try:
            self._queue.expedite()
            while True:
                stop = self._round(run)
                if stop is not None:
                    return run.report(stop)
        finally:
            self._queue.release(self._holder)

    def _round(self, run: _Run) -> Stop | None:
        """One wait or one post; a reason to end, or None to go on."""
        now = self._world.now()
        due = self._queue.next_due()
        if due is None:
            return Stop.EMPTY
        start = max(due, self._queue.not_before(), run.pause_until)
        wait_s = (start - now).total_seconds()
        if wait_s > 0:
            return self._wait(wait_s)
        if not self._claim():
            run.error = "another sender has taken over this queue"
            return Stop.BUSY
        stop = self._post(run, self._queue.due(now, limit=self._batch))
        attempts = self._patience.attempts
        if stop is None and attempts is not None and run.failures >= attempts:
            return Stop.WAITING
        return stop

    def _post(self, run: _Run, entries: tuple[Entry, ...]) -> Stop | None:
        outcome = post_entries(self._client, entries, now=self._world.now())
        if outcome.next is not Next.ONE_BY_ONE:
            return self._take(run, entries, outcome)
        for entry in entries:
            if not self._claim():
                break
            single = post_entries(self._client, (entry,), now=self._world.now())
            stop = self._take(run, (entry,), single)
            if stop is not None or single.next is Next.RETRY:
                return stop
        return None

    def _take(
        self, run: _Run, entries: tuple[Entry, ...], outcome: Outcome
    ) -> Stop | None:
        """Keep what an answer settled, and what its failure means."""
        now = self._world.now()
        self._queue.settle(outcome.answers, now=now)
        settled = {key: state for key, state, _ in outcome.answers}
        run.sent += [key for key, state in settled.items() if state is State.SENT]
        run.refused += [key for key, state in settled.items() if state is State.REFUSED]
        self._progress(len(settled))
        run.error = outcome.error
        if outcome.next is Next.GO_ON:
            run.failures = 0
            return None
        if outcome.next is Next.NEW_KEY:
            return Stop.NEW_KEY
        if outcome.next is Next.WRONG_ADDRESS:
            return Stop.WRONG_ADDRESS
        self._postpone(run, [e for e in entries if e.key not in settled], outcome)
        return None

    def _postpone(self, run: _Run, left: list[Entry], outcome: Outcome) -> None:
        """Wait with these readings by their tries, with all by the run's.

        Those that failed together wait together, or a batch would fall apart
        into posts of one.
        """
        now = self._world.now()
        due = now + self._backoff(min(entry.tries for entry in left))
        self._queue.postpone([e.key for e in left], due=due, error=outcome.error)
        run.pause_until = now + self._backoff(run.failures)
        run.failures += 1
        if outcome.not_before is not None:
            self._queue.wait_until(outcome.not_before)

    def _backoff(self, tries: int) -> timedelta:
        wait_s = self._patience.backoff.wait_s(tries, random=self._world.random)
        return timedelta(seconds=wait_s)

    def _wait(self, wait_s: float) -> Stop | None:
        if wait_s > self._patience.longest_wait_s:
            return Stop.WAITING
        # a long sleeper lets others send; it claims again before its next post
        self._queue.release(self._holder)
        self._world.sleep(wait_s)
        return None

    def _claim(self) -> bool:
        now = self._world.now()
        return claims.claim(self._queue, self._holder, now=now, lease_s=LEASE_S)


def open_client(url: str, key: str, *, software_version: str) -> httpx.Client:
    """A client for one registry; redirects are not followed, as they lose the body."""
    return httpx.Client(
        base_url=url,
        headers={
            "Authorization": f"Bearer {key}",
            "User-Agent": f"battery-station/{software_version}",
            "Accept": "application/json, application/problem+json",
        },
        timeout=TIMEOUT_S,
    )
