"""``battery-station enter``: a reading typed in, with the printout's photo.

For testers that give no file. It goes into the queue as any other reading.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from instruments.reading import ReadingError
from instruments.station.attached import Attachment
from instruments.station.checklist import (
    ChecklistError,
    check_checklist,
    find_inspection_id,
    find_tested_at,
    missing_fields_error,
    read_checklist,
)
from instruments.station.clock import look
from instruments.station.doubts import find_fact_doubts, known_facts
from instruments.station.ids import new_inspection_id
from instruments.station.measured_file import read_measured
from instruments.station.measurement import Beside, merge, refuse_contradictions
from instruments.station.options import FILE, PROFILE, software
from instruments.station.photo import read_photo
from instruments.station.profile import Profile, ProfileError, load_profile
from instruments.station.queue import Queue, QueueError
from instruments.station.showing import warn_of
from instruments.station.spool import Spool
from instruments.station.wire import REQUIRED

_MOST_PHOTOS = 6
_MADE_HERE = frozenset({"inspection_id", "software_version"})
# asked besides those that must be there; all others by --json
_ALSO_ASKED = (
    "label_code",
    "pack_code",
    "maker",
    "model",
    "label_nominal_voltage_v",
    "label_rated_capacity_ah",
    "production_date",
    "max_output_voltage_v",
    "max_output_voltage_method",
    "internal_resistance_mohm",
    "resistance_method",
    "discharge_capacity_ah",
    "owner_name",
    "owner_phone",
    "plate",
)
_FLAGS = {"yes": True, "y": True, "是": True, "no": False, "n": False, "否": False}
_TEXTS = frozenset(
    {
        *("label_code", "pack_code", "maker", "model", "inspector_id", "plate"),
        *("instrument_id", "owner_name", "owner_phone"),
    }
)


@click.command()
@click.option(
    "--json", "json_file", type=FILE, help="The fields as JSON; asked without it."
)
@click.option(
    "--photo", "photos", type=FILE, multiple=True, help="Photo of the printout."
)
@click.option(
    "--measured",
    "measured_files",
    type=FILE,
    multiple=True,
    help="What `measure --out` kept; fills its fields.",
)
@PROFILE
def enter(
    json_file: Path | None,
    photos: tuple[Path, ...],
    measured_files: tuple[Path, ...],
    profile_path: Path | None,
) -> None:
    """Type a reading in and keep it in the queue; `send` sends it.

    Fields are those of docs/wire-format.md. Photos lose everything but their
    pixels, and the reading names them by their hashes.
    """
    now, clock = datetime.now(UTC), look()
    try:
        profile = load_profile(profile_path)
        given = _station_fields(profile)
        beside = merge(one for path in measured_files for one in read_measured(path))
        asked = {**given, **beside.fields}
        told = read_checklist(json_file) if json_file else _ask(asked)
        measured = beside.fields_for(told)
        refuse_contradictions(measured, told)
        warnings = _doubts(told, profile, beside, now=now)
        pixels = [read_photo(path) for path in _few(photos)]
        with Queue(profile.queue) as queue:
            spool = Spool(queue.path)
            kept = [
                spool.keep(content, name=path.name)
                for content, path in zip(pixels, photos, strict=True)
            ]
            given |= {} if "tested_at" in told else clock.fields()
            body = compose_entry({**given, **told, **measured}, photos=kept, now=now)
            name = json_file.name if json_file else "typed in"
            entry = queue.put(
                body, now=now, name=name, files=kept, warnings=warnings, clock=clock
            )
    except (ProfileError, ChecklistError, QueueError, ReadingError) as error:
        raise click.ClickException(str(error)) from error
    warn_of(name, warnings)
    click.echo(f"{entry.key} is in the queue, with {len(kept)} photos")


def compose_entry(
    told: Mapping[str, Any], *, photos: Sequence[Attachment], now: datetime
) -> dict[str, Any]:
    """One inspection in the wire format from what was typed in.

    Args:
        told: Fields by name.
        photos: Kept already.
        now: Time of the test when none was told.

    Raises:
        ChecklistError: Mandatory fields are missing, all of them named.
    """
    tested_at = find_tested_at(told) or now
    body = {
        "capacity_method": "none",
        **({} if "pack_code" in told else {"pack_code_scheme": "none"}),
        **told,
        "inspection_id": str(find_inspection_id(told) or new_inspection_id(tested_at)),
        "tested_at": tested_at.isoformat(timespec="milliseconds"),
        "software_version": software(),
    }
    if photos:
        refs = [f"sha256:{photo.sha256}" for photo in photos]
        body["photo_refs"] = [*told.get("photo_refs", ()), *refs]
    missing = [field for field in REQUIRED if body.get(field) is None]
    if missing:
        raise missing_fields_error(missing)
    return body


def _doubts(
    told: Mapping[str, Any], profile: Profile, beside: Beside, *, now: datetime
) -> list[dict[str, str]]:
    """What is odd about a reading without a recording.

    Raises:
        ReadingError: It may not be sent.
    """
    day = find_tested_at(told) or now.astimezone()
    facts = known_facts(told, profile, beside, tested_at=day)
    return [one.as_json() for one in find_fact_doubts(facts)]


def _few(photos: tuple[Path, ...]) -> tuple[Path, ...]:
    if len(photos) > _MOST_PHOTOS:
        message = f"photo_refs: at most {_MOST_PHOTOS} photos, not {len(photos)}"
        raise ChecklistError(message, "photo_refs")
    return photos


def _station_fields(profile: Profile) -> dict[str, Any]:
    fields = {
        "inspector_id": profile.inspector_id,
        "instrument_id": profile.instrument_id,
    }
    return fields | ({"station_id": profile.station_id} if profile.station_id else {})


def _ask(given: Mapping[str, Any]) -> dict[str, Any]:
    """Ask field by field; an empty answer is a field that is not known."""
    told: dict[str, Any] = {}
    for field in (*REQUIRED, *_ALSO_ASKED):
        if field in given or field in _MADE_HERE:
            continue
        # prompts go to stderr: what is kept is told on stdout
        text = click.prompt(field, default="", show_default=False, err=True)
        if text.strip():
            told[field] = _read(field, text.strip())
    return check_checklist(told, "what was typed in")


def _read(field: str, text: str) -> Any:
    """A flag, a number or a text, as it was typed."""
    if field in _TEXTS:
        return text
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    try:
        return float(text) if set(text) & set(".eE") else int(text)
    except ValueError:
        return text
