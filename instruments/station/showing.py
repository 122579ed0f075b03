"""How far sending has come: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from instruments.station.clock import Clock, find_step_s
from instruments.station.entry import State
from instruments.station.queue import Queue
from instruments.station.spool import DISK_WARNING_FRAC, disk_used_frac

CLOCK_WARNING_S = 120.0
LINE_EVERY = timedelta(seconds=10)
_KIB = 1024
_STEPS = ((86_400, "d"), (3600, "h"), (60, "min"))


def bar(description: str, total: int) -> Progress:
    """A bar on a terminal's stderr, nothing elsewhere; its task is there already."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    progress.add_task(description, total=total, visible=total > 0, left="")
    return progress


@contextmanager
def sending(
    queue: Queue, *, now: Callable[[], datetime]
) -> Iterator[Callable[[int], None]]:
    """Show the sending of a queue; told how many readings each answer settled."""
    total = queue.counts()[State.QUEUED]
    progress = bar("sending", total)
    done, told_at = 0, now()
    if progress.disable and total:
        click.echo(f"sending {total} readings, {_left(queue, told_at)}", err=True)

    def tell(settled: int) -> None:
        nonlocal done, told_at
        done, at = done + settled, now()
        if not progress.disable:
            progress.update(progress.task_ids[0], completed=done, left=_left(queue, at))
        elif at - told_at >= LINE_EVERY:
            told_at = at
            click.echo(f"{done} of {total}, left {_left(queue, at)}", err=True)

    with progress:
        yield tell


def warn_of_disk(queue: Queue) -> float:
    """Warn when the queue's disk is filling; how full it is, 0 to 1."""
    used = disk_used_frac(queue.path)
    if used >= DISK_WARNING_FRAC:
        text = f"the disk of {queue.path} is {used:.0%} full: make room"
        click.echo(f"Warning: {text}", err=True)
    return used


def warn_of(name: str, warnings: Iterable[Mapping[str, str]]) -> None:
    """Tell the operator what is odd about a reading."""
    for one in warnings:
        click.echo(f"{name}: Warning: {one['code']}: {one['sentence']}", err=True)


def warn_of_clock(queue: Queue, *, now: datetime, clock: Clock) -> int:
    """Warn when the clock was set after waiting readings were made; how many."""
    steps_s = [
        find_step_s(entry.clock, made_at=entry.made_at, clock=clock, now=now)
        for entry in queue.entries(State.QUEUED)
        if entry.clock is not None
    ]
    moved_s = [s for s in steps_s if s is not None and abs(s) > CLOCK_WARNING_S]
    if moved_s:
        text = (
            f"this computer's clock was set by up to {max(moved_s, key=abs):+.0f} s "
            f"after {len(moved_s)} of the waiting readings: their times may be wrong"
        )
        click.echo(f"Warning: {text}", err=True)
    return len(moved_s)


def spell_age(age_s: float) -> str:
    """An age for people: seconds, minutes, hours or days."""
    for seconds, unit in _STEPS:
        if age_s >= 2 * seconds:
            return f"{age_s / seconds:.0f} {unit}"
    return f"{max(age_s, 0):.0f} s"


def _left(queue: Queue, now: datetime) -> str:
    age = queue.oldest_age(now)
    oldest = "" if age is None else f", the oldest {spell_age(age.total_seconds())} old"
    return f"{queue.backlog_bytes() / _KIB:.0f} KiB{oldest}"
