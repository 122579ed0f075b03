"""``import``: readings from a file."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from battery_registry.cli import runtime
from battery_registry.cli.failed_file import FailedFile
from battery_registry.cli.failure import FailedError
from battery_registry.cli.listing import show_json
from battery_registry.cli.words import faults
from battery_registry.context import Runtime
from battery_registry.services.imports import Run
from battery_registry.wire import json_text
from battery_registry.wire.importing import mapping as mappings
from battery_registry.wire.importing import run
from battery_registry.wire.importing.failed_rows import FailedRow
from battery_registry.wire.importing.mapping import ColumnMapping
from battery_registry.wire.importing.run import Block, Opened, Wish
from battery_registry.wire.importing.sheets import File
from battery_registry.wire.importing.taking_in import Fate, Taken

_REFUSED = 1
_MOST_TOLD = 100
_MOST_LISTED = 1000


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@click.option("--station", help="Code of the station; else each row's station_id.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='JSON: {"columns": {"their column": "field"}, "constants": {"field": value}}.',
)
@click.option("--save-mapping", is_flag=True, help="Keep --mapping for the station.")
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
    mapping_file: Path | None,
    save_mapping: bool,
    failed: Path | None,
    as_json: bool,
) -> None:
    """Import readings from FILE: CSV, XLSX, one JSON object a line, or signed.

    Columns and members are the fields of docs/wire-format.md, or what the
    mapping says, or what was saved for the station. Rows go the same way as
    readings sent to the API, so a file can be imported again after some of its
    rows were mended, and one that was broken off goes on. A signed file is one
    of `battery-station queue export`. Exits 1 when a row was refused.
    """
    wish = Wish(
        station=station,
        mapping=_read_mapping(mapping_file),
        save=save_mapping,
        dry_run=dry_run,
    )
    _check_apart(failed, (file, mapping_file))
    with runtime.opened() as opened:
        runtime.check_live(opened.database, opened.ruleset)
        named = File(name=file.name, open=lambda: file.open("rb"))
        prepared = run.prepare(opened, named, wish)
        told = _Told(as_json=as_json)
        failed_file = FailedFile(failed)
        if not failed_file.goes_on(prepared.sheet, prepared.run):
            click.echo(f"begins anew: {failed} lacks rows that failed", err=True)
            prepared = replace(prepared, run=Run())
        _take_in(opened, prepared, told, failed=failed_file, dry_run=dry_run)
    told.end(prepared, dry_run=dry_run)
    if told.run.refused:
        ctx.exit(_REFUSED)


def _check_apart(failed: Path | None, read: Iterable[Path | None]) -> None:
    """Refuse to write failed rows over a file that is being read."""
    if failed is None or not failed.exists():
        return
    for path in read:
        if path is not None and failed.samefile(path):
            raise FailedError(f"--failed would overwrite {path}; name another file")


def _read_mapping(path: Path | None) -> ColumnMapping | None:
    return None if path is None else mappings.parse(json_text.parse(path.read_bytes()))


def _take_in(
    opened: Runtime,
    prepared: Opened,
    told: "_Told",
    *,
    failed: FailedFile,
    dry_run: bool,
) -> None:
    if prepared.run.rows_done > 0:
        click.echo(f"goes on after row {prepared.run.rows_done}", err=True)
    told.run = prepared.run
    with closing(failed) as file:
        for block in run.take_in(opened, prepared, dry_run=dry_run):
            file.write(prepared.sheet, list(_failed(block.taken)))
            told.tell(block)


def _failed(taken: Iterable[Taken]) -> Iterator[FailedRow]:
    for one in taken:
        if one.refusal is not None:
            yield FailedRow(row=one.row, faults=tuple(faults(one.refusal)))


@dataclass(slots=True)
class _Told:
    """What is told of an import while it runs and at its end.

    Args:
        as_json: All of it at the end, as one object.
        run: How far it has come.
        rows: What is listed; of a long file only what was refused.
    """

    as_json: bool
    run: Run = field(default_factory=Run)
    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: int = 0

    def tell(self, block: Block) -> None:
        """Tell what became of a block."""
        self.run = block.run
        for one in block.taken:
            if self.as_json:
                self._list(one)
            elif one.refusal is not None:
                self._say(one)

    def end(self, prepared: Opened, *, dry_run: bool) -> None:
        """Tell what became of the whole."""
        counts = {fate.value: getattr(self.run, fate.value) for fate in Fate}
        encoding = prepared.sheet.encoding
        if self.as_json:
            told = {"dry_run": dry_run, "encoding": encoding, **counts}
            show_json({**told, "rows": self.rows})
            return
        if self.lines > _MOST_TOLD:
            click.echo(f"and {self.lines - _MOST_TOLD} faults more", err=True)
        spelled = ", ".join(f"{number} {fate}" for fate, number in counts.items())
        kept = " (dry run, nothing kept)" if dry_run else ""
        total = sum(counts.values())
        click.echo(f"{total} rows read as {encoding}: {spelled}{kept}")

    def _say(self, one: Taken) -> None:
        for fields, fault in _faults(one):
            self.lines += 1
            if self.lines <= _MOST_TOLD:
                click.echo(
                    f"row {one.row.number}: {fields or 'row'}: {fault}", err=True
                )

    def _list(self, one: Taken) -> None:
        if one.refusal is None and len(self.rows) >= _MOST_LISTED:
            return
        self.rows.append(
            {
                "row": one.row.number,
                "status": one.fate.value,
                "code": one.receipt.public_code if one.receipt else None,
                "verdict": one.receipt.verdict["code"] if one.receipt else None,
                "faults": [
                    {"field": name, "fault": fault} for name, fault in _faults(one)
                ],
            }
        )


def _faults(taken: Taken) -> list[tuple[str, str]]:
    return list(faults(taken.refusal)) if taken.refusal is not None else []
