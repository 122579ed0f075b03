"""Bring the schema to this version, or say how it differs."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from battery_registry.store.db import Database
from battery_registry.store.tables import metadata

_SCRIPTS = Path(__file__).parent.parent / "migrations"

# One upgrade at a time on PostgreSQL; any fixed number does.
_ADVISORY_LOCK = 7_305_211


def config(connection: Connection | None = None) -> Config:
    """Make Alembic's settings for our scripts, bound to a connection."""
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    if connection is not None:
        settings.attributes["connection"] = connection
    return settings


def upgrade(database: Database) -> None:
    """Run every migration that is missing, in one transaction."""
    engine = database.engine.execution_options(begin_immediate=True)
    with engine.begin() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql(
                f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"
            )
        command.upgrade(config(connection), "head")


def current(database: Database) -> str | None:
    """Find the revision that the database is at."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Get the revision that this version of the program needs."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        msg = "the package holds no migrations"
        raise RuntimeError(msg)
    return head


def is_known(revision: str) -> bool:
    """Whether this version of the program holds the migration to a revision."""
    scripts = ScriptDirectory.from_config(config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def differences(database: Database) -> list[object]:
    """List how the database's tables differ from the program's."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))
