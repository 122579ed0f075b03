"""``import``: readings from a file."""

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from battery_registry.cli import runtime
from battery_registry.cli.failure import FailedError
from battery_registry.cli.listing import show_json
from battery_registry.cli.rows import NOTE, Sheet, read_sheet
from battery_registry.cli.taking_in import Fate, Taken, take_in
from battery_registry.cli.words import faults

# Notes of a file of failed rows; an import ignores them.
_NOTES = (f"{NOTE}row", f"{NOTE}field", f"{NOTE}fault")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_OWNER_ONLY = 0o600
_REFUSED = 1


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@click.option("--station", help="Code of the station; else each row's station_id.")
@click.option(
    "--failed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the refused rows there, to be mended and imported again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_file(
    ctx: click.Context,
    file: Path,
    *,
    dry_run: bool,
    station: str | None,
    failed: Path | None,
    as_json: bool,
) -> None:
    """Import readings from FILE, CSV or one JSON object a line.

    Columns and members are the fields of docs/wire-format.md. Rows go the same
    way as readings sent to the API, so a file can be imported again after
    some of its rows were mended. Exits 1 when a row was refused.
    """
    sheet = read_sheet(file)
    with runtime.opened() as opened:
        runtime.check_live(opened.database, opened.ruleset)
        taken = take_in(opened, rows=sheet.rows, station=station, dry_run=dry_run)
    refused = [one for one in taken if one.fate is Fate.REFUSED]
    if failed is not None and refused:
        _write_failed(failed, sheet, refused)
    if as_json:
        show_json(_report(sheet, taken, dry_run=dry_run))
    else:
        _tell(sheet, taken, dry_run=dry_run)
    if refused:
        ctx.exit(_REFUSED)


def _count(taken: Iterable[Taken]) -> dict[str, int]:
    counted = Counter(one.fate for one in taken)
    return {fate.value: counted[fate] for fate in Fate}


def _tell(sheet: Sheet, taken: Sequence[Taken], *, dry_run: bool) -> None:
    for one in taken:
        for field, fault in _faults(one):
            click.echo(f"row {one.row.number}: {field or 'row'}: {fault}", err=True)
    counts = ", ".join(f"{number} {fate}" for fate, number in _count(taken).items())
    kept = " (dry run, nothing kept)" if dry_run else ""
    click.echo(f"{len(taken)} rows read as {sheet.encoding}: {counts}{kept}")


def _report(sheet: Sheet, taken: Sequence[Taken], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "encoding": sheet.encoding,
        **_count(taken),
        "rows": [
            {
                "row": one.row.number,
                "status": one.fate.value,
                "code": one.receipt.public_code if one.receipt else None,
                "verdict": one.receipt.verdict["code"] if one.receipt else None,
                "faults": [
                    {"field": field, "fault": fault} for field, fault in _faults(one)
                ],
            }
            for one in taken
        ],
    }


def _faults(taken: Taken) -> list[tuple[str, str]]:
    return list(faults(taken.refusal)) if taken.refusal is not None else []


def _write_failed(path: Path, sheet: Sheet, refused: Sequence[Taken]) -> None:
    text = _as_csv(refused) if sheet.is_csv else _as_json_lines(refused)
    # Rows can hold names and telephone numbers.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        made = os.open(path, flags, _OWNER_ONLY)
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(made, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _noted(one: Taken) -> dict[str, Any]:
    told = _faults(one)
    fields = " ".join(field for field, _ in told)
    notes = (one.row.number, fields, "; ".join(fault for _, fault in told))
    return {**one.row.cells, **dict(zip(_NOTES, notes, strict=True))}


def _as_json_lines(refused: Sequence[Taken]) -> str:
    return "".join(
        json.dumps(_noted(one), ensure_ascii=False) + "\n" for one in refused
    )


def _as_csv(refused: Sequence[Taken]) -> str:
    rows = [_noted(one) for one in refused]
    names = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    # Excel takes UTF-8 for what it is only with this mark.
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_inert(row.get(name, "")) for name in names])
    return file.getvalue()


def _inert(cell: Any) -> Any:
    """Keep a spreadsheet from running what a stranger wrote into a cell."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
