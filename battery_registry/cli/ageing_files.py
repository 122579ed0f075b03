"""Read ageing sets: a folder of folders, each with its ``cycles.csv``."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import isfinite, nan
from pathlib import Path

import numpy as np

from battery_registry.cli.failure import FailedError
from battery_registry.scoring.validation import (
    NO_TIME,
    AgeingSet,
    Cell,
    NoReadingError,
    make_cell,
)

_FILE = "cycles.csv"
_CELL, _RETENTION, _RATIO, _CHEMISTRY = "cell_id", "q_ret", "r_ratio", "chem"
_FULL_CYCLES, _CYCLE = "efc", "cycle"


@dataclass(kw_only=True, slots=True)
class _Columns:
    """The readings of one cell as they are read; empty fields are NaN."""

    full_cycles: list[float] = field(default_factory=list)
    cycle: list[float] = field(default_factory=list)
    retention: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)


def read_folder(folder: Path) -> tuple[AgeingSet, ...]:
    """Read every ``*/cycles.csv``, in the order of their names.

    A file has ``cell_id``, ``q_ret`` (capacity against the cell's own first
    readings) and ``efc`` or ``cycle``; it may have ``r_ratio`` (resistance
    against the first readings) and ``chem``. Other columns are passed over. An
    empty field was not measured. A cell without a reading that has a time and a
    capacity is left out.

    Raises:
        FailedError: There is no such file, or one of them cannot be used; it
            names the file and the line.
    """
    files = sorted(folder.glob(f"*/{_FILE}"))
    if not files:
        raise FailedError(f"{folder} has no */{_FILE}")
    return tuple(read_set(file) for file in files)


def read_set(file: Path) -> AgeingSet:
    """Read one set; its name is its folder's.

    Raises:
        FailedError: A column is missing or there twice, a number is none or
            cannot be, or nothing was read.
    """
    content = file.read_bytes()
    try:
        lines = content.decode("utf-8-sig").splitlines()
        chemistries, cells = _read(file, csv.reader(lines, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FailedError(f"{file}: {error}") from error
    by_full_cycles = any(
        value == value for each in cells.values() for value in each.full_cycles
    )
    made = {
        name: _cell(name, each, each.full_cycles if by_full_cycles else each.cycle)
        for name, each in cells.items()
    }
    read = tuple(cell for cell in made.values() if cell is not None)
    if not read:
        raise FailedError(f"{file}: no cell has a reading with a time and a capacity")
    return AgeingSet(
        name=file.parent.name,
        cells=read,
        chemistry=", ".join(sorted(chemistries)),
        time_axis=_FULL_CYCLES if by_full_cycles else _CYCLE,
        sha256=sha256(content).hexdigest(),
        unread_cells=tuple(name for name, cell in made.items() if cell is None),
    )


def notes(sets: Sequence[AgeingSet]) -> Iterator[str]:
    """Tell which cells were left out, and of which sets the times say nothing."""
    for each in sets:
        for cell in each.unread_cells:
            yield (
                f"{each.name}: cell {cell} is left out: no reading has"
                f" both {each.time_axis} and {_RETENTION}"
            )
        if not each.has_time:
            yield f"{each.name} takes no part: {NO_TIME}"


def _cell(name: str, each: _Columns, times: list[float]) -> Cell | None:
    """One cell of what was read, None when nothing of it can be used."""
    try:
        return make_cell(
            cell_id=name,
            times=np.array(times),
            retention=np.array(each.retention),
            ratio=np.array(each.ratio),
        )
    except NoReadingError:
        return None


def _read(
    file: Path, rows: Iterator[list[str]]
) -> tuple[set[str], dict[str, _Columns]]:
    """All chemistries and cells of a file."""
    names = next(rows, [])
    _check_names(file, names)
    chemistries: set[str] = set()
    cells: dict[str, _Columns] = {}
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        where = f"{file}, line {number}"
        if len(row) != len(names):
            raise FailedError(f"{where}: {len(row)} fields, not {len(names)}")
        given = dict(zip(names, row, strict=True))
        if not given[_CELL].strip():
            raise FailedError(f"{where}: {_CELL} is empty")
        if given.get(_CHEMISTRY):
            chemistries.add(given[_CHEMISTRY])
        _add(cells.setdefault(given[_CELL], _Columns()), given, where)
    if not cells:
        raise FailedError(f"{file}: no readings")
    return chemistries, cells


def _check_names(file: Path, names: Sequence[str]) -> None:
    """Refuse a file that lacks a column, or has one twice."""
    missing = [name for name in (_CELL, _RETENTION) if name not in names]
    if not {_FULL_CYCLES, _CYCLE} & set(names):
        missing.append(f"{_FULL_CYCLES} or {_CYCLE}")
    if missing:
        raise FailedError(f"{file}: no column {', '.join(missing)}")
    # Spreadsheets end their lines with columns that have no name.
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise FailedError(f"{file}: column {', '.join(twice)} is there twice")


def _add(columns: _Columns, given: dict[str, str], where: str) -> None:
    """Add one line to its cell."""
    targets: Sequence[tuple[list[float], str]] = (
        (columns.full_cycles, _FULL_CYCLES),
        (columns.cycle, _CYCLE),
        (columns.retention, _RETENTION),
        (columns.ratio, _RATIO),
    )
    for target, name in targets:
        target.append(_number(given.get(name, ""), name, where))


def _number(text: str, name: str, where: str) -> float:
    """A field's number, NaN when it is empty."""
    if not text.strip():
        return nan
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not isfinite(value):
        raise FailedError(f"{where}: {name} is {text!r}, not a number")
    if value < 0:
        raise FailedError(f"{where}: {name} is {text!r}, below 0")
    if name == _RATIO and value == 0:
        raise FailedError(f"{where}: {name} is {text!r}, not above 0")
    return value
