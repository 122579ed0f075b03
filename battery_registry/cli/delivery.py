"""The worker's loop: claim what is due, deliver it, note what came of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import click
from sqlalchemy.exc import DBAPIError

from battery_registry.channels.channel import Channel, DeliveryError, Notice
from battery_registry.cli import runtime
from battery_registry.cli.supervision import Stop
from battery_registry.services import clocks, outbox
from battery_registry.store.db import Database

# A batch that is not through by then leaves the rest to who comes next.
_BATCH_TIME = outbox.LEASE - timedelta(seconds=30)


class Worker:
    """Delivers notices through a channel.

    Args:
        database: Where the outbox is.
        channel: Where the notices go.
        clock: Tells the time.
        random: Uniform in [0, 1), for the jitter of the next try.
        idle_s: Seconds between two looks into an empty outbox.
        broken_s: Seconds before the next try after the database failed.
        tick: Looks at the clocks at a time; None where nobody is to.
    """

    def __init__(
        self,
        *,
        database: Database,
        channel: Channel,
        clock: Callable[[], datetime],
        random: Callable[[], float],
        idle_s: float = 1.0,
        broken_s: float = 5.0,
        tick: Callable[[datetime], object] | None = None,
    ) -> None:
        """Keep the parts."""
        self._tick = tick
        self._ticked_at: datetime | None = None
        self._database = database
        self._channel = channel
        self._clock = clock
        self._random = random
        self._idle_s = idle_s
        self._broken_s = broken_s

    def run(self, stop: Stop, *, is_wanted: Callable[[], bool]) -> None:
        """Deliver until asked to stop, between two notices at the latest.

        Args:
            stop: Ends the loop.
            is_wanted: Ends it too, when it says no; asked once a round.
        """
        while not stop.is_set() and is_wanted():
            try:
                pause_s = 0.0 if self.run_once(stop) else self._idle_s
            except DBAPIError as error:
                click.echo(
                    f"worker: the database: {runtime.first_line(error)}", err=True
                )
                pause_s = self._broken_s
            stop.wait(pause_s)

    def run_once(self, stop: Stop) -> int:
        """Look at the clocks if it is time; claim one batch and deliver it.

        Returns:
            How many notices were claimed.
        """
        claimed_at = self._clock()
        self._look_at_clocks(claimed_at)
        with self._database.writing() as session:
            batch = outbox.claim(session, now=claimed_at)
        for notice in batch:
            if stop.is_set() or self._clock() - claimed_at > _BATCH_TIME:
                break
            self._deliver(notice)
        return len(batch)

    def _look_at_clocks(self, now: datetime) -> None:
        is_fresh = self._ticked_at is not None and now - self._ticked_at < clocks.EVERY
        if self._tick is None or is_fresh:
            return
        self._tick(now)
        self._ticked_at = now

    def _deliver(self, notice: Notice) -> None:
        error = self._try(notice)
        with self._database.writing() as session:
            now = self._clock()
            if error is None:
                outbox.mark_sent(session, sent=notice, now=now)
                return
            outbox.mark_failed(
                session, failed=notice, error=error, now=now, random=self._random
            )

    def _try(self, notice: Notice) -> str | None:
        try:
            self._channel.deliver(notice, now=self._clock())
        except DeliveryError as error:
            return str(error)
        return None
