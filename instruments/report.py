"""What ``battery-station read`` prints: a table for people, JSON for programs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from instruments.capacity import Declared
from instruments.checks import Check, Facts, Severity, run_checks
from instruments.evaluate import evaluate
from instruments.readers import read_file, score
from instruments.readers.interface import Hints
from instruments.reading import Reading, ReadingError
from instruments.recording import Recording


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """The options of the command, as typed; see its help."""

    format_name: str | None = None
    explain: bool = False
    as_json: bool = False
    rated_ah: float | None = None
    c_rate: float = 0.5
    cutoff_v: float | None = None
    charge_limit_v: float | None = None
    frame_period_s: float | None = None
    as_table: bool = False
    mapping: Path | None = None
    month_first: bool | None = None
    reference_ah: float | None = None
    nominal_v: float | None = None
    cells: int | None = None
    calibrated_on: datetime | None = None
    measured_on: datetime | None = None

    @property
    def declared(self) -> Declared:
        """What the operator states about the battery."""
        return Declared(
            rated_ah=self.rated_ah,
            c_rate=self.c_rate,
            cutoff_v=self.cutoff_v,
            charge_limit_v=self.charge_limit_v,
            reference_ah=self.reference_ah,
        )

    @property
    def hints(self) -> Hints:
        """What the operator knows of the files."""
        return Hints(
            frame_period_s=self.frame_period_s,
            month_first=self.month_first,
            mapping=self.mapping,
        )

    @property
    def facts(self) -> Facts:
        """What the checks need beside the recording."""
        return Facts(
            nominal_v=self.nominal_v,
            cells_in_series=self.cells,
            calibrated_on=self.calibrated_on.date() if self.calibrated_on else None,
            measured_on=self.measured_on.date() if self.measured_on else None,
        )


def report_files(files: tuple[Path, ...], request: Request) -> bool:
    """Print what each file says; whether all could be read."""
    if request.as_table:
        return overview(files, request)
    readable = [_report(path, request) for path in files]
    return all(readable)


def overview(files: tuple[Path, ...], request: Request) -> bool:
    """Print one line per file; whether all could be read."""
    table = Table("file", "reader", "records", "capacity", "checks raised")
    readable = True
    for path in files_in(files):
        try:
            row = _overview_row(path, request)
        except ReadingError as error:
            readable = False
            row = ("refused", "", "", f"{error.code}: {error.message}")
        table.add_row(path.name, *row)
    Console().print(table)
    return readable


def _overview_row(path: Path, request: Request) -> tuple[str, str, str, str]:
    recording = read_file(path, name=request.format_name, hints=request.hints)
    reading = evaluate(recording, request.declared)
    raised = [
        f"{check.severity}: {check.code}"
        for check in run_checks(recording, request.facts)
        if check.severity is not Severity.OK
    ]
    capacity = "none"
    if reading.discharge_capacity_ah is not None:
        capacity = f"{reading.discharge_capacity_ah:.6g} Ah"
        capacity += "" if reading.capacity_valid else " (not valid)"
    return recording.reader, str(recording.rows), capacity, ", ".join(raised) or "none"


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, and of a folder those that may be recordings.

    A folder that lists its files in an ``expected.json`` gives these; no JSON is a
    recording.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        listing = path / "expected.json"
        if listing.is_file():
            names = json.loads(listing.read_text(encoding="utf-8")).get("files", {})
            inside = [path / name for name in names if (path / name).is_file()]
        else:
            inside = sorted(path.iterdir())
            # beside folders with a list, other folders are not meant
            listed = [p for p in inside if (p / "expected.json").is_file()]
            inside = listed or inside
        yield from files_in(p for p in inside if p.suffix != ".json")


def _report(path: Path, request: Request) -> bool:
    try:
        if request.explain:
            _print_scores(path)
        recording = read_file(path, name=request.format_name, hints=request.hints)
    except ReadingError as error:
        _print_error(path, error, as_json=request.as_json)
        return False
    reading = evaluate(recording, request.declared)
    checks = run_checks(recording, request.facts)
    if request.as_json:
        _print_json(_document(path, recording, reading, checks))
    else:
        _print_table(path, recording, reading, checks)
    return True


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
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))


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
            f"{r.resistance_mohm:.2f} mOhm at {r.dt_s:g} s, {r.di_a:.3f} A, {r.method}",
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
