"""Commands that ``battery-station`` gets from this package: send, enter, queue."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Protocol

import click
import httpx

from instruments.reading import ReadingError
from instruments.recording import Recording
from instruments.station.checklist import ChecklistError
from instruments.station.clock import look
from instruments.station.entering import enter
from instruments.station.files import (
    ReadRecording,
    Source,
    folder_sources,
    pair_sources,
    prepare,
)
from instruments.station.options import FILE, JSON, PROFILE, software
from instruments.station.profile import Profile, ProfileError, load_profile
from instruments.station.queue import Queue, QueueError
from instruments.station.queue_commands import queue
from instruments.station.sender import (
    ONCE,
    WAIT,
    Patience,
    Report,
    Sender,
    Stop,
    World,
    open_client,
)
from instruments.station.showing import (
    bar,
    sending,
    warn_of,
    warn_of_clock,
    warn_of_disk,
)
from instruments.station.spool import Spool
from instruments.station.summary import Failure, summarize
from instruments.station.uploads import Uploaded, Uploader

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
@click.argument("files", nargs=-1, type=FILE)
@click.option(
    "--checklist",
    "checklists",
    multiple=True,
    type=FILE,
    help="One for each FILE, in order; without any, NAME.json beside each.",
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder of recordings, each with NAME.json beside it.",
)
@PROFILE
@click.option("--format", "format_name", help="Take this reader for every FILE.")
@click.option(
    "--frame-period-s",
    type=_POSITIVE,
    help="Seconds between the reports of a log that has no time; the profile's else.",
)
@click.option("--wait/--once", default=False, help="Keep trying until all is sent.")
@JSON
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
            handed = _enqueue(queue, sources, profile, read)
            code = _send(queue, profile, handed, wait=wait, as_json=as_json)
    except (ProfileError, ChecklistError, QueueError) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(code)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Handed:
    """What became of the files: keys that are queued now, and failures."""

    kept: list[str]
    failures: list[Failure]


def _enqueue(
    queue: Queue, sources: Sequence[Source], profile: Profile, read: ReadRecording
) -> _Handed:
    """Put every file's inspection into the queue; a bad file stops no other."""
    kept: list[str] = []
    failures: list[Failure] = []
    with bar("reading", len(sources)) as progress:
        for source in sources:
            try:
                kept += _enqueue_one(queue, source, profile, read)
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
            progress.advance(progress.task_ids[0])
    return _Handed(kept=kept, failures=failures)


def _enqueue_one(
    queue: Queue, source: Source, profile: Profile, read: ReadRecording
) -> tuple[str, ...]:
    """The key of the reading that is queued now, none if it was before."""
    source_sha256 = source.sha256()
    if queue.find_source(source_sha256) is not None:
        click.echo(f"{source.name}: already in the queue", err=True)
        return ()
    now, clock = datetime.now(UTC), look()
    prepared = prepare(
        source, profile, read, now=now, software_version=software(), clock=clock
    )
    body, warnings = prepared.body, [one.as_json() for one in prepared.warnings]
    try:
        content = source.recording.read_bytes()
    except OSError as error:
        message = f"{source.name} cannot be opened: {error.strerror}."
        raise ReadingError("not_opened", message) from error
    kept = Spool(queue.path).keep(content, name=source.name)
    # a file that was written to meanwhile is not the one that was read
    files = [kept] if kept.sha256 == body.get("recording_sha256") else []
    entry = queue.put(
        body,
        now=now,
        name=source.name,
        source_sha256=source_sha256,
        files=files,
        warnings=warnings,
        clock=clock,
    )
    warn_of(source.name, warnings)
    return (entry.key,)


def _send(
    queue: Queue,
    profile: Profile,
    handed: _Handed,
    *,
    wait: bool,
    as_json: bool,
) -> int:
    """Send the queue, tell what came of it, and give the exit code."""
    world = World(
        now=lambda: datetime.now(UTC), sleep=time.sleep, random=SystemRandom().random
    )
    patience = WAIT if wait else ONCE
    disk_used = warn_of_disk(queue)
    warn_of_clock(queue, now=world.now(), clock=look())
    with open_client(profile.url, profile.key, software_version=software()) as client:
        with sending(queue, now=world.now) as tell:
            report = Sender(
                queue, client, world=world, patience=patience, progress=tell
            ).run()
        uploaded = _upload(queue, client, world, patience, report)
    summary = summarize(
        queue,
        report,
        handed.failures,
        kept=handed.kept,
        uploaded=uploaded,
        disk_used=disk_used,
        now=world.now(),
    )
    for entry in summary.warned:
        # those of this run were told as they were read
        if entry.key not in handed.kept:
            warn_of(entry.name, entry.warnings)
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(summary.lines()))
    return summary.exit_code


def _upload(
    queue: Queue,
    client: httpx.Client,
    world: World,
    patience: Patience,
    report: Report,
) -> Uploaded:
    """Send raw files after the readings, unless the registry is out of reach."""
    if report.stop is not Stop.EMPTY:
        return Uploaded(uploaded=0)
    ready = queue.files.ready()
    with bar("uploading", len(ready)) as progress:
        return Uploader(
            queue=queue,
            spool=Spool(queue.path),
            client=client,
            world=world,
            patience=patience,
            progress=lambda _size: progress.advance(progress.task_ids[0]),
        ).run()


COMMANDS: tuple[click.Command, ...] = (send, enter, queue)
