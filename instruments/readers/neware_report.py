"""Neware's nested csv report: cycle, step and record rows in one file.

BTSDA's ordinary export. Three header rows name the columns of the three levels;
an empty first field marks a step row, two empty ones a record row; the very
first data row carries a cycle and a step at once. The vendor's own capacity per
cycle is kept beside our integral.

The records are parsed all at once; only cycle and step rows are walked through.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from instruments.readers.clocks import read_clock, read_time
from instruments.readers.delimited import parse
from instruments.readers.interface import Hints, Match
from instruments.readers.neware_levels import (
    Levels,
    UpperStep,
    find_levels,
    split_levels,
    upper_rows,
)
from instruments.readers.record_table import Table
from instruments.readers.roles import QUANTITIES, Role, kind_of
from instruments.readers.segments import signed
from instruments.readers.tables.neware import VENDOR
from instruments.readers.text import (
    decodings,
    encoding_notes,
    encodings_of,
    has_decimal_comma,
)
from instruments.readers.titles import (
    Place,
    Title,
    find_columns,
    place_columns,
    require,
)
from instruments.reading import ReadingError
from instruments.recording import Floats, Recording, Step, StepKind

_HEAD_BYTES = 256 * 1024
_PIECE_BYTES = 16 * 1024 * 1024


class NewareReport:
    """The nested three-level csv of Neware's BTSDA."""

    name = "neware_report"

    def sniff(self, head: bytes, file_name: str) -> Match:
        """Three header rows, each deeper by one empty field."""
        if any(find_levels(text) for text, _ in decodings(head, cut=True)):
            return Match(score=95, reason="three header rows: cycle, step, record")
        return Match(score=0, reason="no three header rows of cycle, step, record")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read the three levels.

        Raises:
            ReadingError: A needed column is missing, or a row is damaged.
        """
        data = path.read_bytes()
        error = ReadingError(
            "not_a_report", "The three header rows of a Neware report are missing."
        )
        for number, (levels, encoding) in enumerate(_levels(data)):
            notes = encoding_notes(encoding)
            try:
                places = place_columns(list(levels.record), VENDOR, notes)
                require(places, list(levels.record))
                body = data if data.isascii() else _decoded(data, encoding)
            except ReadingError as refused:
                # a wrong encoding shows as a unit or a column that nobody knows
                error = error if number else refused
                continue
            return _read(body, levels, places, notes, hints)
        raise error


def _levels(data: bytes) -> list[tuple[Levels, str]]:
    """In every encoding that takes the head; the one with most columns first."""
    head, cut = data[:_HEAD_BYTES], len(data) > _HEAD_BYTES
    found = [
        (levels, encoding)
        for text, encoding in decodings(head, cut=cut, encodings=encodings_of(data))
        if (levels := find_levels(text)) is not None
    ]
    return sorted(
        found, key=lambda pair: -len(find_columns(list(pair[0].record), VENDOR))
    )


def _decoded(data: bytes, encoding: str) -> bytes:
    """The file in UTF-8.

    Raises:
        ReadingError: It is in another encoding.
    """
    try:
        return data.decode(encoding).encode("utf-8", "replace")
    except UnicodeDecodeError as error:
        raise ReadingError("bad_unit", f"The file is not in {encoding}.") from error


def _read(
    body: bytes,
    levels: Levels,
    places: dict[Role, Place],
    notes: list[str],
    hints: Hints,
) -> Recording:
    records, upper = split_levels(body, levels)
    cycles, steps = upper_rows(upper, levels)
    columns, kept = _columns(records, levels, places)
    table = Table(columns=columns, places=places, comma=_has_comma(levels, places))
    month_first = VENDOR.month_first if hints.month_first is None else hints.month_first
    found = _steps(steps, kept, notes)
    _check_layers(found, kept)
    starts = np.array([step.start for step in found], dtype=np.int64)
    clock, started_at = read_clock(table, month_first, notes)
    time = read_time(table, starts, clock, month_first=month_first)
    measured: dict[Role, Floats] = {
        role: table.measured(role)
        for role in (Role.VOLTAGE, Role.CURRENT, Role.CAPACITY)
        if role in places
    }
    _require_numbers(measured | {Role.TIME: time}, kept)
    return Recording(
        reader=NewareReport.name,
        time_s=time - time[0],
        first_time_s=float(time[0]),
        voltage_v=measured[Role.VOLTAGE],
        current_a=signed(
            measured[Role.CURRENT], [step.kind for step in found], starts, notes
        ),
        steps=found,
        capacity_ah=_counter(measured),
        temperature_c=table.temperature_c(notes),
        clock_s=clock,
        vendor_summary=cycles,
        warnings=tuple(dict.fromkeys(notes)),
        started_at=started_at,
        extra_columns=_extra(levels.record, places),
    )


def _has_comma(levels: Levels, places: dict[Role, Place]) -> bool:
    """Whether the records are written with decimal commas."""
    return has_decimal_comma(
        levels.sample,
        levels.record_header,
        [places[role].index for role in (Role.VOLTAGE, Role.CURRENT)],
        [place.index for role, place in places.items() if role in QUANTITIES],
    )


def _check_layers(found: tuple[Step, ...], kept: Floats) -> None:
    """Refuse a report without its record layer or its step layer.

    Raises:
        ReadingError: Naming the layer.
    """
    if not len(kept):
        raise ReadingError(
            "no_records",
            "The report holds no records.",
            "Export the record layer too, after the test has run.",
        )
    if not found or found[0].start:
        raise ReadingError(
            "bad_steps",
            "Records stand before the first step's row.",
            "Export the report with its step layer.",
        )


def _columns(
    records: Sequence[memoryview], levels: Levels, places: dict[Role, Place]
) -> tuple[dict[Role, pl.Series], Floats]:
    """The columns of the records as text, and each record's place in the file."""
    width = max(len(levels.record), *(p.index for p in places.values())) + 1
    wanted = sorted({place.index for place in places.values()})
    try:
        # in pieces: the file's bytes are not held twice
        frames = [
            parse(levels.separator, width, wanted, *piece) for piece in _pieces(records)
        ]
    except pl.exceptions.PolarsError as error:
        raise ReadingError(
            "bad_table", "The file's records cannot be told apart."
        ) from error
    frame = pl.concat(frames, rechunk=False)
    blank = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    kept = np.flatnonzero(~blank.to_numpy())
    if len(kept) < frame.height:
        frame = frame.filter(~blank)
    columns = {role: frame[f"c{place.index}"] for role, place in places.items()}
    return columns, kept.astype(np.float64)


def _pieces(records: Sequence[memoryview]) -> Iterator[list[memoryview]]:
    """The runs in groups of about the same size; one group at least."""
    piece: list[memoryview] = []
    size = 0
    for run in records:
        piece.append(run)
        size += len(run)
        if size > _PIECE_BYTES:
            yield piece
            piece, size = [], 0
    yield piece


def _steps(
    steps: Sequence[UpperStep], kept: Floats, notes: list[str]
) -> tuple[Step, ...]:
    """Steps over the records that are kept; those without a record are left out."""
    starts = np.searchsorted(kept, [step.start for step in steps])
    stops = np.append(starts[1:], len(kept))
    found = []
    for step, start, stop in zip(steps, starts, stops, strict=False):
        kind = kind_of(step.label, VENDOR.states)
        if kind is StepKind.OTHER:
            notes.append(f"step {step.number} has an unknown type {step.label!r}")
        if stop > start:
            found.append(
                Step(
                    number=step.number,
                    kind=kind,
                    label=step.label,
                    start=int(start),
                    stop=int(stop),
                    cycle=step.cycle,
                )
            )
    return tuple(found)


def _require_numbers(columns: dict[Role, Floats], kept: Floats) -> None:
    """Refuse a record with a field that should be a number and is none.

    Raises:
        ReadingError: Naming the record and the quantity.
    """
    for role, values in columns.items():
        bad = np.flatnonzero(np.isnan(values))
        if len(bad):
            raise ReadingError(
                "bad_row",
                f"Record {int(kept[bad[0]]) + 1} is damaged: its {role.value} is no "
                "number.",
                "Export the report again.",
            )


def _counter(measured: dict[Role, Floats]) -> Floats | None:
    counter = measured.get(Role.CAPACITY)
    return None if counter is None else np.abs(counter)


def _extra(titles: Sequence[Title], places: dict[Role, Place]) -> tuple[str, ...]:
    used = {place.index for place in places.values()}
    return tuple(
        title.text.strip()
        for index, title in enumerate(titles)
        if title.text.strip() and index not in used
    )
