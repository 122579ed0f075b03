"""``db``: the schema of the database."""

import click

from battery_registry.cli import runtime
from battery_registry.cli.failure import FailedError
from battery_registry.store import schema


@click.group()
def db() -> None:
    """Bring the database's schema to this version, or check it."""


@db.command()
def upgrade() -> None:
    """Run the migrations that are missing, all or none of them."""
    options = runtime.read_settings()
    with runtime.opened_database(options) as database:
        before = schema.current(database)
        schema.upgrade(database)
        after = schema.current(database)
    if before == after:
        click.echo(f"schema {after}: nothing to do")
    else:
        click.echo(f"schema {after} (was {before or 'empty'})")


@db.command()
def check() -> None:
    """Check that the database answers and has the newest schema."""
    options = runtime.read_settings()
    with runtime.opened_database(options) as database:
        current, newest = schema.current(database), schema.newest()
    if current != newest:
        raise FailedError(f"schema {current or 'empty'}, this program needs {newest}")
    click.echo(f"schema {current}: the newest")
