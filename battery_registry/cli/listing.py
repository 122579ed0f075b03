"""Print records: a table for people, JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import Field, asdict
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

import click
from rich.cells import cell_len

_GAP = "  "


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def show(records: Sequence[Record], *, columns: Sequence[str], as_json: bool) -> None:
    """Print records, one a line or as one JSON list.

    Args:
        records: Frozen dataclasses of one kind.
        columns: The fields that the table shows; JSON has all of them.
        as_json: Print JSON.
    """
    if as_json:
        show_json([asdict(record) for record in records])
        return
    rows = [[_cell(getattr(record, name)) for name in columns] for record in records]
    table = [[name.removesuffix("_code") for name in columns], *rows]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = zip(line, widths, strict=True)
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in cells)
        click.echo(_GAP.join(padded).rstrip())


def show_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, default=_cell, ensure_ascii=False, indent=2))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
