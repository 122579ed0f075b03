"""``battery-station queue``: look at it, correct a refusal, carry it on a stick."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from instruments.station.checklist import ChecklistError, check_checklist
from instruments.station.clock import look
from instruments.station.entry import Entry, State
from instruments.station.exports import ExportError, read_export, write_export
from instruments.station.ids import new_inspection_id
from instruments.station.options import FILE, JSON, PROFILE
from instruments.station.post import problem_text
from instruments.station.profile import (
    ProfileError,
    default_queue_path,
    find_profile_path,
    load_profile,
)
from instruments.station.queue import Queue, QueueError
from instruments.station.showing import spell_age, warn_of_clock, warn_of_disk

_QUEUE = click.option("--queue", "path", type=FILE, help="The queue's file.")
_OWNER_ONLY = 0o600


@click.group()
def queue() -> None:
    """Look at the readings kept at this station."""


@queue.command("list")
@PROFILE
@_QUEUE
@JSON
def list_entries(profile_path: Path | None, path: Path | None, as_json: bool) -> None:
    """Show every reading with its state, and how old the oldest unsent one is."""
    with _open_queue(profile_path, path) as opened:
        counts, age = opened.counts(), opened.oldest_age(datetime.now(UTC))
        entries, files = opened.entries(), opened.files.counts()
        disk_used = warn_of_disk(opened)
        moved = warn_of_clock(opened, now=datetime.now(UTC), clock=look())
    age_s = None if age is None else round(age.total_seconds())
    if as_json:
        document = {
            "counts": counts,
            "oldest_age_s": age_s,
            "files_waiting": files.waiting,
            "disk_used_pct": round(100 * disk_used, 1),
            "clock_set_after": moved,
            "entries": [_listed(entry) for entry in entries],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for entry in entries:
        click.echo(f"{entry.key}  {entry.state:8} {entry.name}{_why(entry)}")
    told = ", ".join(f"{number} {state}" for state, number in counts.items())
    told += f"; {files.waiting} files wait" if files.waiting else ""
    click.echo(
        told if age_s is None else f"{told}; the oldest is {spell_age(age_s)} old"
    )


@queue.command("export")
@PROFILE
@_QUEUE
@click.option(
    "--output", "-o", type=FILE, help="Write a signed file; plain on stdout without."
)
@click.option("--plain", is_flag=True, help="Do not sign the file.")
@JSON
def export_entries(
    profile_path: Path | None,
    path: Path | None,
    output: Path | None,
    plain: bool,
    as_json: bool,
) -> None:
    """Write the unsent readings, to be carried where the network is.

    A file is signed with the station's key; `battery-registry import` takes it
    in, and `queue import` at another computer of this station. Without a file,
    or with --plain: one JSON object a line, or with --json one batch.
    """
    with _open_queue(profile_path, path) as opened:
        entries = opened.entries(State.QUEUED)
    if output is not None and not (plain or as_json):
        content = _signed(entries, profile_path)
    else:
        bodies = [entry.body for entry in entries]
        text = "".join(f"{body}\n" for body in bodies)
        if as_json:
            text = f'{{"inspections":[{",".join(bodies)}]}}\n'
        content = text.encode()
    if output is None:
        click.echo(content, nl=False)
        return
    _write(output, content)
    click.echo(f"{len(entries)} readings in {output}", err=True)


@queue.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PROFILE
def import_entries(file: Path, profile_path: Path | None) -> None:
    """Keep the readings of a signed FILE of this station in this queue."""
    now = datetime.now(UTC)
    try:
        profile = load_profile(profile_path)
        bodies: list[dict[str, Any]] = read_export(file.read_bytes(), key=profile.key)
        with Queue(profile.queue) as opened:
            before = sum(opened.counts().values())
            for body in bodies:
                opened.put(body, now=now, name=file.name)
            added = sum(opened.counts().values()) - before
    except (ProfileError, QueueError, ExportError, OSError) as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    click.echo(f"{len(bodies)} readings in {file.name}, {added} new in the queue")


@queue.command("edit")
@click.argument("key")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field and its new value, JSON or text; nothing after = leaves it out.",
)
@PROFILE
@_QUEUE
def edit_entry(
    key: str, changes: tuple[str, ...], profile_path: Path | None, path: Path | None
) -> None:
    """Correct the refused reading KEY: a new reading takes its place in the queue.

    It gets an id of its own, linked to the old one, since the registry may
    have kept what it refused.
    """
    now = datetime.now(UTC)
    with _open_queue(profile_path, path) as opened:
        try:
            old = opened.get(key)
            body = {**json.loads(old.body), **_read_changes(changes)}
            body["inspection_id"] = str(new_inspection_id(now))
            made = opened.put(
                {name: value for name, value in body.items() if value is not None},
                now=now,
                name=old.name,
                files=opened.files.of(key),
                replaces=key,
                warnings=old.warnings,
            )
        except (QueueError, ChecklistError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{made.key} takes the place of {key}")


def _read_changes(changes: tuple[str, ...]) -> dict[str, Any]:
    """Fields and their new values, None for those to be left out.

    Raises:
        ChecklistError: None is given, or a field is unknown.
    """
    read: dict[str, Any] = {}
    for change in changes:
        field, equals, text = change.partition("=")
        if not equals:
            raise ChecklistError(f"{change}: write FIELD=VALUE", field)
        read[field] = _read_value(text)
    if not read:
        raise ChecklistError("nothing to correct: give --set FIELD=VALUE")
    if "inspection_id" in read:
        message = "inspection_id: is made anew and cannot be set"
        raise ChecklistError(message, "inspection_id")
    checked = check_checklist(read, "--set")
    return {field: checked.get(field) for field in read}


def _read_value(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _signed(entries: tuple[Entry, ...], profile_path: Path | None) -> bytes:
    try:
        key = load_profile(profile_path).key
    except ProfileError as error:
        message = f"{error}; its key signs the file, and --plain leaves that out"
        raise click.ClickException(message) from error
    return write_export(entries, key=key, now=datetime.now(UTC))


def _write(output: Path, content: bytes) -> None:
    """Write a file that only its owner reads: people's names are in it."""
    try:
        made = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(made, "wb") as file:
            # a file that was there before keeps who may read it
            output.chmod(_OWNER_ONLY)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror}") from error


def _open_queue(profile_path: Path | None, path: Path | None) -> Queue:
    """The queue named, else the profile's, else the default one."""
    try:
        if path is None and find_profile_path(profile_path) is not None:
            path = load_profile(profile_path).queue
        return Queue(path or default_queue_path())
    except (ProfileError, QueueError) as error:
        raise click.ClickException(str(error)) from error


def _listed(entry: Entry) -> dict[str, object]:
    return {
        "inspection_id": entry.key,
        "name": entry.name,
        "state": entry.state,
        "tries": entry.tries,
        "made_at": entry.made_at.isoformat(),
        "sent_at": entry.sent_at.isoformat() if entry.sent_at else None,
        "problem": entry.problem,
        "replaces": entry.replaces,
        "replaced_by": entry.replaced_by,
        "warnings": list(entry.warnings),
    }


def _why(entry: Entry) -> str:
    return f"  ({problem_text(entry.problem)})" if entry.problem else ""
