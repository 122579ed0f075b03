"""The station's command line: ``battery-station``."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from instruments.capacity import Declared
from instruments.checks import Check, Severity, run_checks
from instruments.drivers import commands as driver_commands
from instruments.evaluate import evaluate
from instruments.readers import READERS, read_file, score
from instruments.readers.interface import Hints
from instruments.reading import Reading, ReadingError
from instruments.recording import Recording
from instruments.station import commands as station_commands

# every module here offers COMMANDS
COMMAND_MODULES = (station_commands, driver_commands)
EXIT_UNREADABLE = 2
_POSITIVE = click.FloatRange(min=0, min_open=True)


@click.group()
@click.version_option(package_name="battery-registry")
def main() -> None:
    """Measure e-bike batteries at a field station and send the readings."""


@main.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice([reader.name for reader in READERS]),
    help="Take this reader instead of detecting one.",
)
@click.option("--explain", is_flag=True, help="Show how sure each reader is, and why.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@click.option("--rated-ah", type=_POSITIVE, help="Rated capacity in Ah.")
@click.option(
    "--c-rate",
    type=_POSITIVE,
    default=0.5,
    show_default=True,
    help="Rate the rated capacity refers to, in 1/h.",
)
@click.option("--cutoff-v", type=_POSITIVE, help="Discharge cut-off voltage.")
@click.option("--charge-limit-v", type=_POSITIVE, help="Charge limit voltage.")
@click.option(
    "--frame-period-s",
    type=_POSITIVE,
    help="Seconds between the reports of a log that has no time.",
)
def read(
    files: tuple[Path, ...],
    format_name: str | None,
    explain: bool,
    as_json: bool,
    rated_ah: float | None,
    c_rate: float,
    cutoff_v: float | None,
    charge_limit_v: float | None,
    frame_period_s: float | None,
) -> None:
    """Read instrument files and show what they say about the battery."""
    declared = Declared(
        rated_ah=rated_ah,
        c_rate=c_rate,
        cutoff_v=cutoff_v,
        charge_limit_v=charge_limit_v,
    )
    hints = Hints(frame_period_s=frame_period_s)
    failed = False
    for path in files:
        try:
            if explain:
                _print_scores(path)
            recording = read_file(path, name=format_name, hints=hints)
        except ReadingError as error:
            failed = True
            _print_error(path, error, as_json=as_json)
            continue
        reading, checks = evaluate(recording, declared), run_checks(recording)
        if as_json:
            _print_json(_document(path, recording, reading, checks))
        else:
            _print_table(path, recording, reading, checks)
    if failed:
        sys.exit(EXIT_UNREADABLE)


for _module in COMMAND_MODULES:
    for _command in _module.COMMANDS:
        main.add_command(_command)


def _document(
    path: Path, recording: Recording, reading: Reading, checks: tuple[Check, ...]
) -> dict[str, Any]:
    return {
        "file": path.name,
        "reader": recording.reader,
        "recording": recording.as_json(),
        "reading": reading.as_json(),
        "checks": [check.as_json() for check in checks],
    }


def _print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _print_error(path: Path, error: ReadingError, *, as_json: bool) -> None:
    click.echo(f"{path.name}: {error}", err=True)
    if as_json:
        _print_json({"file": path.name, "error": error.as_json()})


def _print_scores(path: Path) -> None:
    """To stderr, so that the JSON stays alone on stdout."""
    click.echo(f"{path.name}:", err=True)
    for candidate in score(path):
        click.echo(
            f"  {candidate.match.score:3d}  {candidate.reader.name}: "
            f"{candidate.match.reason}",
            err=True,
        )


def _print_table(
    path: Path, recording: Recording, reading: Reading, checks: tuple[Check, ...]
) -> None:
    table = Table(title=path.name, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for label, value in _lines(recording, reading):
        table.add_row(label, value)
    for check in checks:
        if check.severity is not Severity.OK:
            table.add_row(f"{check.severity}: {check.code}", check.sentence)
    Console().print(table)


def _lines(recording: Recording, reading: Reading) -> list[tuple[str, str]]:
    lines = [
        ("reader", recording.reader),
        ("records", f"{recording.rows} in {recording.duration_s:.0f} s"),
        ("capacity", _capacity(reading)),
        ("fade", _fade(reading)),
    ]
    lines += [("capacity is not valid", reason) for reason in reading.capacity_reasons]
    lines += [
        (
            "resistance",
            f"{r.resistance_mohm:.2f} mOhm at {r.dt_s:g} s, {r.di_a:.3f} A ({r.method})",
        )
        for r in reading.resistances
    ]
    if reading.max_voltage_v is not None:
        volts = f"{reading.max_voltage_v:.3f} V ({reading.max_voltage_method})"
        lines.append(("highest voltage", volts))
    lines += [("note", note) for note in (*reading.notes, *recording.warnings)]
    return lines


def _capacity(reading: Reading) -> str:
    if reading.discharge_capacity_ah is None:
        return "none"
    rate = "" if reading.c_rate is None else f", {reading.c_rate:.2f} C"
    return (
        f"{reading.discharge_capacity_ah:.4f} Ah (step {reading.step}, "
        f"{reading.discharge_current_a:.3f} A{rate})"
    )


def _fade(reading: Reading) -> str:
    if reading.capacity_fade_pct is None:
        return f"none: {reading.fade_reason}"
    return f"{reading.capacity_fade_pct:.2f} %"
