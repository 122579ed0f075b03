"""``serve``: the web server, and on SQLite the worker beside it."""

import os
import sys
from pathlib import Path

import click

from battery_registry import settings
from battery_registry.cli import embedded, runtime
from battery_registry.cli.supervision import run_together
from battery_registry.store import durability
from battery_registry.store.db import Database

_APPLICATION = "battery_registry.app:from_environment()"
# What a request may still take after SIGTERM; a container has 30 s in all.
_GRACE_S = 8
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - for heartbeats, not for files

# Measured (ADR 9): intake is bound by the processor, and the threads of one
# process share one core; two processes a core even out who got how many callers.
WORKERS = 2 * (os.cpu_count() or 1)
THREADS = 2


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; 0.0.0.0 is all of them.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=WORKERS,
    show_default="two for each core",
    help="Processes that answer requests.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=THREADS,
    show_default=True,
    help="Threads in each of them.",
)
@click.option(
    "--with-worker/--without-worker",
    default=None,
    help="Deliver notices too.  [default: on SQLite]",
)
def serve(
    host: str, port: int, workers: int, threads: int, with_worker: bool | None
) -> None:
    """Serve the registry until SIGTERM.

    Without settings it is embedded: made, kept and migrated in its own
    folder. With DATABASE_URL every setting must be there, and PostgreSQL
    must have been brought up by `battery-registry db upgrade`.
    """
    environ = _environment(port)
    options = settings.from_environment(environ)
    ruleset = runtime.load_ruleset(options.ruleset_id)
    with runtime.opened_database(options) as database:
        runtime.bring_up(database)
        runtime.check_live(database, ruleset)
        _warn(database)
        is_alone = database.is_sqlite
    commands = [
        _gunicorn(bind=f"{host}:{port}", workers=workers, threads=threads),
    ]
    if is_alone if with_worker is None else with_worker:
        commands.append(_worker())
    click.echo(f"battery-registry: serving on http://{host}:{port}", err=True)
    if embedded.DATA in environ:
        click.echo(f"battery-registry: data in {environ[embedded.DATA]}", err=True)
    sys.exit(run_together(commands, environ=environ, grace_s=_GRACE_S + 1))


def _environment(port: int) -> dict[str, str]:
    if embedded.is_embedded(os.environ):
        embedded.prepare(embedded.folder(os.environ))
    return embedded.complete(os.environ, port=port)


def _warn(database: Database) -> None:
    for guarantee in durability.guarantees(database):
        if not guarantee.is_safe:
            click.echo(
                f"battery-registry: WARNING: {guarantee.name} is {guarantee.value};"
                " acknowledged inspections can be lost",
                err=True,
            )


def _gunicorn(*, bind: str, workers: int, threads: int) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config=python:battery_registry.cli.gunicorn_settings",
        f"--bind={bind}",
        "--worker-class=gthread",
        f"--workers={workers}",
        f"--threads={threads}",
        f"--graceful-timeout={_GRACE_S}",
        "--no-control-socket",
    ]
    if _SHARED_MEMORY.is_dir():
        # A slow disk must not look like a worker that hangs.
        command.append(f"--worker-tmp-dir={_SHARED_MEMORY}")
    return [*command, _APPLICATION]


def _worker() -> list[str]:
    return [
        sys.executable,
        "-m",
        "battery_registry.cli",
        "worker",
        f"--while-parent={os.getpid()}",
    ]
