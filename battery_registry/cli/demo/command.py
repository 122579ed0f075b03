"""``demo``: fill an empty database with a simulated city, and serve it."""

import json
import os
import signal
import sys
from pathlib import Path

import click

from battery_registry.cli import runtime
from battery_registry.cli.demo import (
    check,
    example,
    fill,
    listing,
    record,
    server,
    stations,
)
from battery_registry.cli.supervision import stop_on_signals


@click.command()
@click.option("--packs", type=click.IntRange(1, 5000), default=300, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--no-serve", is_flag=True, help="End when the database is filled.")
@click.option("--json", "as_json", is_flag=True, help="Print keys, people and packs.")
@click.option("--check", "is_check", is_flag=True, help="Walk the whole path once.")
@click.option("--example", "is_example", is_flag=True, help="Print one inspection.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="Folder of its database, keys and recordings.",
)
def demo(
    packs: int,
    seed: int,
    port: int,
    data: Path,
    *,
    no_serve: bool,
    as_json: bool,
    is_check: bool,
    is_example: bool,
) -> None:
    """Fill an empty database with a simulated city, and serve it.

    Simulated instruments write real bytes, stations read and send them over
    HTTP, and red packs are handed over until every state has a case. A folder
    that was filled before is served as it is.
    """
    if is_example:
        _print_json(example.example(runtime.now()))
    elif is_check:
        told = check.check(os.environ, seed=seed)
        _print_json(told)
        sys.exit(0 if told["ok"] else 1)
    else:
        sys.exit(
            _demo(
                data.resolve(),
                count=packs,
                seed=seed,
                port=port,
                as_json=as_json,
                stays=not no_serve,
            )
        )


def _demo(
    data: Path, *, count: int, seed: int, port: int, as_json: bool, stays: bool
) -> int:
    environ = fill.environment(os.environ, data=data, port=port)
    known = record.find(data)
    with fill.opened(environ) as registry:
        if known is not None:
            _say(f"{data} was filled before; it is used as it is")
            if not stays:
                _tell(listing.as_json(registry, known), as_json=as_json)
                return 0
        else:
            fill.refuse_filled(registry)
        # Labels point at the port that will be served, wherever it is filled.
        at = port if stays else server.free_port()
        # Either signal ends a filling half-way, and its server with it.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        log = data / "server.log"
        with server.running(environ, port=at, log=log, stays=stays) as running:
            made = known or fill.fill(
                registry, url=running.url, data=data, count=count, seed=seed, say=_say
            )
            # From now on the stations send where people will find the registry.
            stations.set_up(data, made.access, url=registry.settings.base_url)
            _tell(listing.as_json(registry, made), as_json=as_json)
            if not stays:
                return 0
            _say(f"serving on {running.url}; Ctrl-C ends it")
            return running.wait(stop_on_signals())


def _tell(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        _print_json(told)
    else:
        click.echo("\n".join(listing.lines(told)))
        sys.stdout.flush()


def _print_json(told: dict[str, object]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    # Other programs wait for it while the server goes on.
    sys.stdout.flush()


def _say(text: str) -> None:
    click.echo(f"demo: {text}", err=True)
