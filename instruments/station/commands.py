"""Commands that ``battery-station`` gets from this package: send and queue."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import SystemRandom
from typing import Protocol

import click
from rich.console import Console
from rich.progress import Progress

from instruments.reading import ReadingError
from instruments.recording import Recording
from instruments.station.checklist import ChecklistError
from instruments.station.entry import Entry, State
from instruments.station.files import (
    ReadRecording,
    Source,
    folder_sources,
    pair_sources,
    prepare,
)
from instruments.station.post import problem_text
from instruments.station.profile import (
    Profile,
    ProfileError,
    default_queue_path,
    find_profile_path,
    load_profile,
)
from instruments.station.queue import Queue, QueueError
from instruments.station.sender import ONCE, WAIT, Sender, World, open_client
from instruments.station.summary import Failure, summarize

_FILE = click.Path(path_type=Path, dir_okay=False)
_PROFILE = click.option(
    "--profile", "profile_path", type=_FILE, help="The station's profile (TOML)."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
_POSITIVE = click.FloatRange(min=0, min_open=True)


class ReadFile(Protocol):
    """Reads a file of any known format; given by the command line.

    The station and the readers are neighbours and do not know each other.
    """

    def __call__(
        self, path: Path, *, format_name: str | None, frame_period_s: float | None
    ) -> Recording:
        """Read one file.

        Raises:
            ReadingError: It cannot be read.
        """


@click.command()
@click.argument("files", nargs=-1, type=_FILE)
@click.option(
    "--checklist",
    "checklists",
    multiple=True,
    type=_FILE,
    help="One for each FILE, in order; without any, NAME.json beside each.",
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder of recordings, each with NAME.json beside it.",
)
@_PROFILE
@click.option("--format", "format_name", help="Take this reader for every FILE.")
@click.option(
    "--frame-period-s",
    type=_POSITIVE,
    help="Seconds between the reports of a log that has no time; the profile's else.",
)
@click.option("--wait/--once", default=False, help="Keep trying until all is sent.")
@_JSON
@click.pass_obj
def send(
    read_file: ReadFile,
    files: tuple[Path, ...],
    checklists: tuple[Path, ...],
    batch: Path | None,
    profile_path: Path | None,
    format_name: str | None,
    frame_period_s: float | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Keep readings in the queue, then send all that is queued.

    Ends with 0 when all is sent, 3 when readings are still queued, 4 when the
    registry has refused some, 2 when a file gave no reading.
    """
    try:
        profile = load_profile(profile_path)
        sources = list(pair_sources(files, checklists)) if files or checklists else []
        sources += folder_sources(batch) if batch else []
        with Queue(profile.queue) as queue:
            read = partial(
                read_file,
                format_name=format_name,
                frame_period_s=frame_period_s or profile.frame_period_s,
            )
            failures = _enqueue(queue, sources, profile, read)
            code = _send(queue, profile, failures, wait=wait, as_json=as_json)
    except (ProfileError, ChecklistError, QueueError) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(code)


@click.group()
def queue() -> None:
    """Look at the readings kept at this station."""


@queue.command("list")
@_PROFILE
@click.option("--queue", "path", type=_FILE, help="The queue's file.")
@_JSON
def list_entries(profile_path: Path | None, path: Path | None, as_json: bool) -> None:
    """Show every reading with its state, and how old the oldest unsent one is."""
    with _open_queue(profile_path, path) as opened:
        counts, age = opened.counts(), opened.oldest_age(datetime.now(UTC))
        entries = opened.entries()
    age_s = None if age is None else round(age.total_seconds())
    if as_json:
        document = {
            "counts": counts,
            "oldest_age_s": age_s,
            "entries": [_listed(entry) for entry in entries],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for entry in entries:
        click.echo(f"{entry.key}  {entry.state:8} {entry.name}{_why(entry)}")
    told = ", ".join(f"{number} {state}" for state, number in counts.items())
    click.echo(told if age_s is None else f"{told}; the oldest waits for {age_s} s")


@queue.command("export")
@_PROFILE
@click.option("--queue", "path", type=_FILE, help="The queue's file.")
@click.option("--output", "-o", type=_FILE, help="Write there; stdout without it.")
@_JSON
def export_entries(
    profile_path: Path | None, path: Path | None, output: Path | None, as_json: bool
) -> None:
    """Write the unsent readings: one JSON object a line, or one batch as JSON."""
    with _open_queue(profile_path, path) as opened:
        bodies = [entry.body for entry in opened.entries(State.QUEUED)]
    text = "".join(f"{body}\n" for body in bodies)
    if as_json:
        text = f'{{"inspections":[{",".join(bodies)}]}}\n'
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(f"{len(bodies)} readings in {output}", err=True)


def _open_queue(profile_path: Path | None, path: Path | None) -> Queue:
    """The queue named, else the profile's, else the default one."""
    try:
        if path is None and find_profile_path(profile_path) is not None:
            path = load_profile(profile_path).queue
        return Queue(path or default_queue_path())
    except (ProfileError, QueueError) as error:
        raise click.ClickException(str(error)) from error


def _enqueue(
    queue: Queue, sources: Sequence[Source], profile: Profile, read: ReadRecording
) -> list[Failure]:
    """Put every file's inspection into the queue; a bad file stops no other."""
    failures = []
    with _progress() as progress:
        task = progress.add_task("reading", total=len(sources), visible=bool(sources))
        for source in sources:
            try:
                _enqueue_one(queue, source, profile, read)
            except ReadingError as error:
                failure = Failure(name=source.name, code=error.code, message=str(error))
                failures.append(failure)
            except ChecklistError as error:
                failure = Failure(
                    name=source.name,
                    code="checklist",
                    message=str(error),
                    fields=error.fields,
                )
                failures.append(failure)
            progress.advance(task)
    return failures


def _enqueue_one(
    queue: Queue, source: Source, profile: Profile, read: ReadRecording
) -> None:
    source_sha256 = source.sha256()
    if queue.find_source(source_sha256) is not None:
        click.echo(f"{source.name}: already in the queue", err=True)
        return
    now = datetime.now(UTC)
    body = prepare(source, profile, read, now=now, software_version=_software())
    queue.put(body, now=now, name=source.name, source_sha256=source_sha256)


def _send(
    queue: Queue,
    profile: Profile,
    failures: Sequence[Failure],
    *,
    wait: bool,
    as_json: bool,
) -> int:
    """Send the queue, tell what came of it, and give the exit code."""
    world = World(
        now=lambda: datetime.now(UTC), sleep=time.sleep, random=SystemRandom().random
    )
    with (
        open_client(profile.url, profile.key, software_version=_software()) as client,
        _progress() as progress,
    ):
        task = progress.add_task("sending", total=queue.counts()[State.QUEUED])
        report = Sender(
            queue,
            client,
            world=world,
            patience=WAIT if wait else ONCE,
            progress=lambda settled: progress.advance(task, settled),
        ).run()
    summary = summarize(queue, report, failures)
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(summary.lines()))
    return summary.exit_code


def _software() -> str:
    return f"battery-station {version('battery-registry')}"


def _progress() -> Progress:
    """A bar on a terminal's stderr, nothing elsewhere."""
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _listed(entry: Entry) -> dict[str, object]:
    return {
        "inspection_id": entry.key,
        "name": entry.name,
        "state": entry.state,
        "tries": entry.tries,
        "made_at": entry.made_at.isoformat(),
        "sent_at": entry.sent_at.isoformat() if entry.sent_at else None,
        "problem": entry.problem,
        "replaced_by": entry.replaced_by,
    }


def _why(entry: Entry) -> str:
    return f"  ({problem_text(entry.problem)})" if entry.problem else ""


COMMANDS: tuple[click.Command, ...] = (send, queue)
