"""How ``battery-station measure`` answers: values, or an error with its name."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from instruments.drivers.interface import DriverError, Measured
from instruments.drivers.kept import check_place, keep
from instruments.reading import ReadingError

EXIT_NO_VALUE = 2


@contextmanager
def named_errors(*, as_json: bool) -> Iterator[None]:
    """End the command with the name of what went wrong."""
    try:
        yield
    except ReadingError as error:
        # a plug-in may raise what ours is made of
        if as_json:
            click.echo(json.dumps({"error": error.as_json()}, ensure_ascii=False))
        else:
            click.echo(f"{error.code}: {error}", err=True)
        sys.exit(EXIT_NO_VALUE)


def make_finish(out: Path | None, *, as_json: bool) -> Callable[[Measured], None]:
    """What shows a measurement and, with a file, keeps it before.

    Args:
        out: Where to keep it; looked at now, before an instrument is asked.
        as_json: One JSON object instead of lines.

    Raises:
        DriverError: ``not_kept``; a measurement is told on stderr all the same.
    """
    if out is not None:
        check_place(out)

    def finish(measured: Measured) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        document = {"made_at": at, **measured.as_json()}
        if out is not None:
            _keep(out, document)
        print_document(document, as_json=as_json)

    return finish


def _keep(out: Path, document: dict[str, Any]) -> None:
    try:
        keep(out, document)
    except DriverError:
        # not on stdout, where programs look for one answer
        click.echo(json.dumps(document, ensure_ascii=False), err=True)
        raise
    if not document["inspection"]:
        click.echo("Warning: it fills no field of an inspection", err=True)


def print_document(document: dict[str, Any], *, as_json: bool) -> None:
    """Show an answer: one JSON object, or a line for each value."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for name, value in document.items():
        if isinstance(value, dict):
            for inner, part in value.items():
                click.echo(f"{name}.{inner}: {_short(part)}")
        elif value not in ([], ""):
            click.echo(f"{name}: {_short(value)}")


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_short(item) for item in value)
    if isinstance(value, dict):
        return "(" + ", ".join(f"{k} {v}" for k, v in value.items()) + ")"
    return str(value)
