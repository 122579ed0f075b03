"""What every command works with: settings, database, vault, rules, clock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.exc import ArgumentError, DBAPIError

from battery_registry import scoring, settings
from battery_registry.cli import embedded, words
from battery_registry.cli.failure import FailedError, WrongSettingsError
from battery_registry.context import Runtime
from battery_registry.scoring.document import RuleSetError
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import releases
from battery_registry.services.releases import NotInForceError, NotSignedOffError
from battery_registry.settings import Settings
from battery_registry.store import schema
from battery_registry.store.db import Database
from battery_registry.store.vault import Vault


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def read_settings() -> Settings:
    """Read the settings; an embedded registry's folder is made where missing.

    Raises:
        SettingsError: Something is missing or wrong; all of it is named.
        FailedError: The embedded registry's folder cannot be used.
    """
    if embedded.is_embedded(os.environ):
        embedded.prepare(embedded.folder(os.environ))
    return settings.from_environment(embedded.complete(os.environ))


@contextmanager
def opened_database(options: Settings) -> Iterator[Database]:
    """Open the database, whatever its schema is.

    Raises:
        WrongSettingsError: Its address cannot be understood.
        FailedError: It cannot be reached, or it refused.
    """
    try:
        database = Database(options.database_url)
    except (ArgumentError, ValueError):
        # It may hold a password, and so may what the driver says about it.
        raise WrongSettingsError("DATABASE_URL cannot be understood") from None
    try:
        yield database
    except DBAPIError as error:
        raise FailedError(f"the database: {first_line(error)}") from error
    finally:
        database.dispose()


@contextmanager
def opened() -> Iterator[Runtime]:
    """Open everything, on a database of the newest schema.

    Raises:
        SettingsError: Something is missing or wrong.
        WrongSettingsError: There is no such rule set.
        FailedError: The database cannot be reached, or is of another schema.
    """
    options = read_settings()
    with opened_database(options) as database:
        bring_up(database)
        yield Runtime(
            settings=options,
            database=database,
            vault=Vault(data_key=options.data_key, lookup_key=options.lookup_key),
            ruleset=load_ruleset(options.ruleset_id),
            clock=now,
        )


def load_ruleset(ruleset_id: str) -> RuleSet:
    """Load a rule set that was released.

    Raises:
        WrongSettingsError: There is no such rule set, or it is damaged.
    """
    try:
        return scoring.load(ruleset_id)
    except RuleSetError as error:
        raise WrongSettingsError(f"rule set {ruleset_id}: {error}") from error


def check_live(database: Database, ruleset: RuleSet) -> None:
    """Refuse to judge by a rule set that is not signed off, or not in force.

    Raises:
        WrongSettingsError: It is not in force today, or it is not the built-in
            one and no second person has signed it off.
    """
    try:
        with database.reading() as session:
            releases.check_live(session, ruleset=ruleset, now=now())
    except (NotInForceError, NotSignedOffError) as refusal:
        raise WrongSettingsError(words.in_words(refusal)) from refusal


def bring_up(database: Database) -> None:
    """Bring SQLite to the newest schema; on PostgreSQL that is asked for.

    Many programs share a PostgreSQL, and old ones must have ended before its
    schema changes.

    Raises:
        FailedError: The schema is older, or newer than this program.
    """
    current, newest = schema.current(database), schema.newest()
    if current == newest:
        return
    if current is not None and not schema.is_known(current):
        raise FailedError(
            f"the database's schema {current} is newer than this program's {newest};"
            " install the program that made it"
        )
    if not database.is_sqlite:
        raise FailedError(
            f"the database's schema is {current or 'empty'}, this program needs"
            f" {newest}: run `battery-registry db upgrade`"
        )
    schema.upgrade(database)


def first_line(error: DBAPIError) -> str:
    """Say in one line what a database said."""
    said = str(error.orig).strip() or type(error.orig).__name__
    return said.splitlines()[0]
