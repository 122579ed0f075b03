"""The examinations of ``doctor``, each a list of findings."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from battery_registry import scoring
from battery_registry.cli import embedded, runtime
from battery_registry.cli.failure import WrongSettingsError
from battery_registry.domain import RegistryError
from battery_registry.domain.city_time import CITY_ZONE, city_date
from battery_registry.domain.code import ALPHABET, LENGTH, PublicCode
from battery_registry.scoring.document import RuleSetError
from battery_registry.services import equipment, label_drawing, outbox, people
from battery_registry.services.label_layout import LabelText
from battery_registry.services.label_sheets import TEMPLATES
from battery_registry.settings import Settings
from battery_registry.store import durability, schema
from battery_registry.store.db import Database

_SOON = timedelta(days=30)
_CLOCK_TOLERANCE = timedelta(seconds=5)
_LATE = timedelta(hours=1)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Level(StrEnum):
    """How bad it is."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "WRONG"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What an examination found."""

    level: Level
    subject: str
    told: str


def settings(options: Settings) -> Iterator[Finding]:
    """Examine the settings and, of an embedded registry, its folder."""
    yield _fine("settings", "complete")
    try:
        ruleset = scoring.load(options.ruleset_id)
    except RuleSetError as error:
        yield _wrong("rule set", f"{options.ruleset_id} cannot be loaded: {error}")
    else:
        yield _fine("rule set", f"{ruleset.id} {ruleset.version}: {ruleset.title.en}")
    if urlsplit(options.base_url).hostname in _LOOPBACK:
        yield _warn("address", f"labels point at {options.base_url}: no telephone can")
    elif not options.is_https:
        yield _warn("address", f"{options.base_url} is not https: cameras stay off")
    if embedded.is_embedded(os.environ):
        home = embedded.folder(os.environ)
        # What is encrypted there lies beside its keys.
        if stat.S_IMODE(home.stat().st_mode) & 0o077:
            yield _warn("folder", f"others can look into {home}: chmod 700")
        else:
            yield _fine("folder", str(home))


def drawing() -> Iterator[Finding]:
    """Draw a label: the font, the QR code and the PDF."""
    code = PublicCode(ALPHABET[0] * LENGTH)
    sample = LabelText(code=code, url=f"https://registry.example/b/{code}")
    template = next(iter(TEMPLATES.values()))
    made_at = datetime(2026, 1, 1, tzinfo=CITY_ZONE)
    try:
        label_drawing.label_sheet_pdf([sample], template=template, made_at=made_at)
    except (RegistryError, OSError, RuntimeError) as error:
        yield _wrong("labels", f"cannot be drawn: {error}")
    else:
        yield _fine("labels", "can be drawn, fonts are there")


def database(opened: Database, *, now: datetime) -> Iterator[Finding]:
    """Examine the database, and what in it needs somebody's attention."""
    yield from _server(opened)
    current, newest = schema.current(opened), schema.newest()
    if current != newest:
        yield _wrong("schema", f"{current or 'empty'}, this program needs {newest}")
        return
    differences = schema.differences(opened)
    if differences:
        yield _wrong("schema", f"{current}, but {len(differences)} tables differ")
    else:
        yield _fine("schema", f"{current}, the newest")
    yield from _clock(opened, now)
    yield from _due(opened, now)
    yield from _outbox(opened, now)


def release(opened: Database, options: Settings) -> Iterator[Finding]:
    """Examine whether the rule set may judge."""
    if schema.current(opened) != schema.newest():
        return
    try:
        runtime.check_live(opened, runtime.load_ruleset(options.ruleset_id))
    except WrongSettingsError as error:
        yield _wrong("rule set", str(error))
    else:
        yield _fine("rule set", f"{options.ruleset_id} may judge")


def _server(opened: Database) -> Iterator[Finding]:
    version = durability.version(opened)
    if durability.is_recent(opened):
        yield _fine("database", version)
    else:
        oldest = durability.OLDEST_POSTGRESQL
        yield _wrong("database", f"{version} is older than {oldest}")
    for guarantee in durability.guarantees(opened):
        told = f"{guarantee.name} = {guarantee.value}"
        if guarantee.is_safe:
            yield _fine("durability", told)
        else:
            yield _wrong("durability", f"{told}: acknowledged readings can be lost")
    for line in durability.damage(opened):
        yield _wrong("database file", line)


def _clock(opened: Database, now: datetime) -> Iterator[Finding]:
    server = durability.server_clock(opened)
    if server is not None and abs(server - now) > _CLOCK_TOLERANCE:
        yield _wrong("clock", f"here {now:%FT%TZ}, at the database {server:%FT%TZ}")
    newest = durability.newest_inspection(opened)
    if newest is not None and newest - now > _CLOCK_TOLERANCE:
        yield _wrong("clock", f"{now:%FT%TZ} is before the newest inspection's time")
    else:
        yield _fine("clock", f"{now:%FT%TZ}")


def _due(opened: Database, now: datetime) -> Iterator[Finding]:
    today = city_date(now)
    with opened.reading() as session:
        instruments = equipment.list_instruments(session)
        staff = people.list_people(session)
    lasting = [
        (f"calibration of {one.code} at {one.station_code}", one.calibrated_until)
        for one in instruments
        if one.disabled_at is None
    ]
    lasting += [
        (f"training of {one.sign_in}", one.training_valid_until)
        for one in staff
        if one.disabled_at is None and one.training_valid_until is not None
    ]
    soon = sorted((day, what) for what, day in lasting if day - today <= _SOON)
    for day, what in soon:
        verb = "ended on" if day < today else "ends on"
        yield _warn("due", f"{what} {verb} {day}")
    if not soon:
        yield _fine("due", f"no calibration or training within {_SOON.days} days")


def _outbox(opened: Database, now: datetime) -> Iterator[Finding]:
    with opened.reading() as session:
        backlog = outbox.get_backlog(session)
    told = f"{backlog.waiting} notices wait, {backlog.struggling} of them failed often"
    is_late = backlog.oldest_at is not None and now - backlog.oldest_at > _LATE
    if is_late or backlog.struggling:
        yield _warn("outbox", f"{told}: does the worker run?")
    else:
        yield _fine("outbox", told)


def _fine(subject: str, told: str) -> Finding:
    return Finding(level=Level.FINE, subject=subject, told=told)


def _warn(subject: str, told: str) -> Finding:
    return Finding(level=Level.WARNING, subject=subject, told=told)


def _wrong(subject: str, told: str) -> Finding:
    return Finding(level=Level.WRONG, subject=subject, told=told)
