"""Neware's nested csv report: cycle, step and record rows in one file.

BTSDA's ordinary export. Three header rows name the columns of the three levels;
an empty first field marks a step row, two empty ones a record row; the very
first data row carries a cycle and a step at once. The vendor's own capacity per
cycle is kept beside our integral.
"""

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from instruments.readers.interface import Hints, Match
from instruments.readers.neware_words import KINDS, NAMES, QUANTITIES
from instruments.reading import ReadingError
from instruments.recording import Recording, Step, StepKind, VendorCycle
from instruments.units import UnitError, get_unit, parse_duration_s, split_header

ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")

_MARKS = ("cycle", "step_index", "record")
_NEEDED = (
    ("cycle", "charge", "discharge"),
    ("step_type",),
    ("record", "total_time", "voltage", "current", "capacity"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    place: int
    factor: float


@dataclass(kw_only=True, slots=True)
class _Rows:
    """What is gathered while the rows go by."""

    cycles: list[VendorCycle] = field(default_factory=list)
    steps: list[tuple[int, str, int, int]] = field(default_factory=list)
    records: list[tuple[float, float, float, float, float]] = field(
        default_factory=list
    )
    started_at: str | None = None


class NewareReport:
    """The nested three-level csv of Neware's BTSDA."""

    name = "neware_report"

    def sniff(self, head: bytes, file_name: str) -> Match:
        """Three header rows, each deeper by one empty field."""
        if any(_is_report(text) for text, _ in _readings(head)):
            return Match(score=95, reason="three header rows: cycle, step, record")
        return Match(score=0, reason="no three header rows of cycle, step, record")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read the three levels.

        Raises:
            ReadingError: A needed column is missing, or a row is damaged.
        """
        error = ReadingError(
            "not_a_report", "The three header rows of a Neware report are missing."
        )
        for text, encoding in _readings(path.read_bytes()):
            if not _is_report(text):
                continue
            try:
                return _read(text, encoding)
            except ReadingError as refused:
                # a wrong encoding shows as a unit nobody knows
                if refused.code != "bad_unit":
                    raise
                error = refused
        raise error


def _read(text: str, encoding: str) -> Recording:
    table = csv.reader(text.splitlines())
    headers = [next(table) for _ in range(3)]
    notes = [] if encoding == ENCODINGS[0] else [f"the text was read as {encoding}"]
    levels = [_columns(header, notes) for header in headers]
    for level, needed in zip(levels, _NEEDED, strict=True):
        missing = [NAMES[key][0] for key in needed if key not in level]
        if missing:
            raise ReadingError("missing_column", f"No column {missing[0]!r}.")
    rows = _Rows()
    for number, row in enumerate(table, start=4):
        try:
            _take(rows, row, levels, len(headers[0]))
        except (ValueError, IndexError) as error:
            raise ReadingError(
                "bad_row",
                f"Line {number} is damaged: {error}.",
                "Export the report again.",
            ) from error
    used = {column.place for column in levels[2].values()}
    extra = [h for place, h in enumerate(headers[2]) if h and place not in used]
    return _recording(rows, notes, tuple(extra))


def _recording(rows: _Rows, notes: list[str], extra: tuple[str, ...]) -> Recording:
    columns = np.array(rows.records, dtype=np.float64).reshape(-1, 5).T
    time, voltage, current, capacity, temperature = columns
    return Recording(
        reader=NewareReport.name,
        time_s=time - time[:1],
        voltage_v=voltage,
        current_a=current,
        steps=_steps(rows, notes),
        capacity_ah=np.abs(capacity),
        temperature_c=None if np.isnan(temperature).all() else temperature,
        vendor_summary=tuple(rows.cycles),
        warnings=tuple(notes),
        started_at=rows.started_at,
        extra_columns=extra,
    )


def _steps(rows: _Rows, notes: list[str]) -> tuple[Step, ...]:
    starts = [start for *_, start in rows.steps]
    stops = [*starts[1:], len(rows.records)]
    steps = []
    # without any step row `stops` is one longer
    for (number, label, cycle, start), stop in zip(rows.steps, stops, strict=False):
        if label not in KINDS:
            notes.append(f"step {number} has an unknown type {label!r}")
        steps.append(
            Step(
                number=number,
                kind=KINDS.get(label, StepKind.OTHER),
                label=label,
                start=start,
                stop=stop,
                cycle=cycle,
            )
        )
    return tuple(step for step in steps if step.stop > step.start)


def _readings(data: bytes) -> list[tuple[str, str]]:
    """Every encoding that takes these bytes, the likeliest first."""
    found = []
    for encoding in ENCODINGS:
        try:
            found.append((data.decode(encoding), encoding))
        except UnicodeDecodeError as error:
            # a head cut inside a character is not a wrong encoding
            if error.start >= len(data) - 3:
                found.append((data[: error.start].decode(encoding), encoding))
    return found


def _is_report(text: str) -> bool:
    lines = text.splitlines()[:3]
    return len(lines) == 3 and all(map(_is_level, lines, range(3), _MARKS))


def _is_level(line: str, depth: int, mark: str) -> bool:
    fields = [name.strip() for name in line.split(",")]
    return (
        len(fields) > depth
        and not any(fields[:depth])
        and split_header(fields[depth])[0] in NAMES[mark]
    )


def _columns(header: list[str], notes: list[str]) -> dict[str, _Column]:
    """Places and factors of the columns we use.

    Raises:
        ReadingError: A unit is missing or unknown.
    """
    found: dict[str, _Column] = {}
    for place, title in enumerate(header):
        name, token = split_header(title)
        key = next((k for k, words in NAMES.items() if name in words), None)
        if key is not None and key not in found:
            factor = _factor(key, title, token, notes)
            found[key] = _Column(place=place, factor=factor)
    return found


def _factor(key: str, title: str, token: str | None, notes: list[str]) -> float:
    if key == "temperature" and token in {None, "?"}:
        notes.append(f"the unit of {title!r} is lost: read as degrees Celsius")
        return 1.0
    quantity = QUANTITIES.get(key)
    if quantity is None:
        return 1.0
    try:
        unit = get_unit(token or "")
    except UnitError as error:
        raise ReadingError("bad_unit", f"Column {title!r}: {error}.") from error
    if unit.quantity is not quantity:
        raise ReadingError("bad_unit", f"Column {title!r} is not a {quantity}.")
    return unit.factor


def _take(
    rows: _Rows, row: list[str], levels: list[dict[str, _Column]], cycle_width: int
) -> None:
    """Sort one row into its level."""
    if not any(row):
        return
    if row[0].strip():
        _take_cycle(rows, row, levels[0])
        rest = row[cycle_width:]
        if any(rest):
            _take_step(rows, ["", *rest], levels[1])
    elif row[1].strip():
        _take_step(rows, row, levels[1])
    else:
        _take_record(rows, row, levels[2])


def _take_cycle(rows: _Rows, row: list[str], columns: dict[str, _Column]) -> None:
    rows.cycles.append(
        VendorCycle(
            cycle=int(row[columns["cycle"].place]),
            charge_ah=_value(row, columns, "charge"),
            discharge_ah=_value(row, columns, "discharge"),
        )
    )


def _take_step(rows: _Rows, row: list[str], columns: dict[str, _Column]) -> None:
    number = columns.get("step") or columns["step_index"]
    label = row[columns["step_type"].place].strip()
    cycle = rows.cycles[-1].cycle if rows.cycles else 1
    rows.steps.append((int(row[number.place]), label, cycle, len(rows.records)))


def _take_record(rows: _Rows, row: list[str], columns: dict[str, _Column]) -> None:
    rows.records.append(
        (
            parse_duration_s(row[columns["total_time"].place]),
            _value(row, columns, "voltage"),
            _value(row, columns, "current"),
            _value(row, columns, "capacity"),
            _value(row, columns, "temperature") if "temperature" in columns else np.nan,
        )
    )
    if rows.started_at is None and "date" in columns:
        rows.started_at = row[columns["date"].place]


def _value(row: list[str], columns: dict[str, _Column], key: str) -> float:
    column = columns[key]
    value = float(row[column.place]) * column.factor
    if not math.isfinite(value):
        raise ValueError(f"{row[column.place]!r} is no number")
    return value
