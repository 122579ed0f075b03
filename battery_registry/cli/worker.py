"""``worker``: delivers notices from the outbox, and watches the clocks."""

import os
import secrets
import sys
import threading
from datetime import datetime, timedelta

import click

from battery_registry.channels.journal import Journal
from battery_registry.cli import runtime
from battery_registry.cli.delivery import Worker
from battery_registry.cli.supervision import Stop, stop_on_signals
from battery_registry.context import Runtime
from battery_registry.services import clocks, reports, sale_log


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due now, then end.")
@click.option("--while-parent", type=int, hidden=True)
def worker(*, once: bool, while_parent: int | None) -> None:
    """Deliver notices until SIGTERM.

    Every five minutes late steps, lapsed offers and stocks over their limit
    are looked for. Each notice becomes one line of JSON on standard output, at
    least once.
    """
    stop: Stop = threading.Event() if once else stop_on_signals()

    def is_wanted() -> bool:
        # An orphan's parent is another process: `serve` was killed outright.
        return while_parent is None or os.getppid() == while_parent

    with runtime.opened() as opened:
        deliverer = Worker(
            database=opened.database,
            channel=Journal(sys.stdout),
            clock=opened.clock,
            random=secrets.SystemRandom().random,
            tick=lambda now: _tick(opened, now),
        )
        if once:
            while deliverer.run_once(stop):
                pass
        else:
            deliverer.run(stop, is_wanted=is_wanted)


def _tick(opened: Runtime, now: datetime) -> None:
    kept = timedelta(days=opened.settings.sale_check_days)
    opened.database.run(
        lambda session: clocks.tick(session, now=now, terms=opened.terms)
    )
    opened.database.run(lambda session: sale_log.purge(session, kept=kept, now=now))
    opened.database.run(lambda session: reports.forget(session, now=now))
