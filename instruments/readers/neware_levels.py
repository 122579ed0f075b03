"""The three levels of Neware's nested report: which line belongs to which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from instruments.readers.roles import Role
from instruments.readers.tables.neware import VENDOR
from instruments.readers.text import SEPARATORS, Header, split_line, split_lines
from instruments.readers.titles import Title, find_columns, key, take_apart
from instruments.reading import ReadingError
from instruments.recording import VendorCycle
from instruments.units import Quantity, find_spelled_unit

_MAX_PREAMBLE = 30
_SAMPLE_LINES = 60
_NEWLINE = ord("\n")
_PIECE_BYTES = 16 * 1024 * 1024
_CYCLE = ("Cycle Index", "Cycle", "Cycle ID", "循环号", "循环序号", "循环")
_CHARGE = (
    *("Chg. Cap.", "Charge Capacity", "Capacity of charge", "Cap_Chg", "充电容量"),
)
_DISCHARGE = (
    *("DChg. Cap.", "Discharge Capacity", "Capacity of discharge", "Cap_DChg"),
    "放电容量",
)
# the executed step before the programme's
_STEP = (
    *("Step Number", "工步序号", "Step Index", "Step ID", "Step"),
    *("工步号", "步次"),
)
_TYPE = ("Step Type", "Step Name", "Status", "工步类型", "工步状态", "状态", "步次类型")


@dataclass(frozen=True, kw_only=True, slots=True)
class UpperStep:
    """A step row: its number, label, cycle and first record."""

    number: int
    label: str
    cycle: int
    start: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Levels:
    """The header rows of the three levels.

    Args:
        line: Of the first of them, from 0.
        separator: Between fields.
        cycle: Titles of the cycle rows.
        step: Titles of the step rows, the empty first one included.
        record: Titles of the record rows, the two empty ones included.
        sample: The head's lines, for a look at the records.
    """

    line: int
    separator: str
    cycle: tuple[Title, ...]
    step: tuple[Title, ...]
    record: tuple[Title, ...]
    sample: tuple[str, ...]

    @property
    def record_header(self) -> Header:
        """The record level's header as the text engine knows it."""
        fields = tuple(title.text for title in self.record)
        return Header(line=self.line + 2, separator=self.separator, fields=fields)


def find_levels(text: str) -> Levels | None:
    """The three header rows, None when there are none near the top."""
    lines = split_lines(text)
    for number in range(min(len(lines) - 2, _MAX_PREAMBLE)):
        for separator in SEPARATORS:
            three = lines[number : number + 3]
            if all(separator in line for line in three):
                rows = [split_line(line, separator) for line in three]
                if _are_levels(rows):
                    return _levels(number, separator, rows, lines)
    return None


def _are_levels(rows: list[list[str]]) -> bool:
    for depth, row in enumerate(rows):
        filled = [bool(field.strip(' \ufeff"')) for field in row]
        if len(row) <= depth or any(filled[:depth]) or not filled[depth]:
            return False
    record = [take_apart(field) for field in rows[2]]
    first = [take_apart(field) for field in rows[0]]
    measured = find_columns(record, VENDOR).keys() & {Role.VOLTAGE, Role.CURRENT}
    return bool(measured) and _find(first, _CYCLE) is not None


def _levels(
    number: int, separator: str, rows: list[list[str]], lines: list[str]
) -> Levels:
    cycle, step, record = (tuple(take_apart(f) for f in row) for row in rows)
    sample = tuple(
        line
        for line in lines[: number + _SAMPLE_LINES]
        if line.startswith(2 * separator) or line in lines[: number + 3]
    )
    return Levels(
        line=number,
        separator=separator,
        cycle=cycle,
        step=step,
        record=record,
        sample=sample,
    )


def split_levels(
    body: bytes, levels: Levels
) -> tuple[list[memoryview], list[tuple[int, int, str]]]:
    """The record lines in runs, and the lines of the upper levels.

    Each upper line comes with its number in the file, from 1, and with how many
    records stand before it.
    """
    if b"\r" in body and b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    if b'\n"",' in body:
        body = body.replace(b'\n"","",', b"\n,,").replace(b'\n"",', b"\n,")
    bytes_ = np.frombuffer(body, dtype=np.uint8)
    ends = _line_ends(bytes_)
    starts = np.concatenate([[0], ends[:-1] + 1])
    starts, ends = starts[levels.line + 3 :], ends[levels.line + 3 :]
    separator = ord(levels.separator)
    last = len(body) - 1
    is_record = (bytes_[starts] == separator) & (
        bytes_[np.minimum(starts + 1, last)] == separator
    )
    before = np.cumsum(is_record)
    upper = [
        (
            int(place) + levels.line + 4,
            int(before[place]),
            body[starts[place] : ends[place]].decode("utf-8", "replace"),
        )
        for place in np.flatnonzero(~is_record)
    ]
    # a last line without its end: a slice past the file is the file's end
    edges = np.flatnonzero(np.diff(is_record, prepend=False, append=False))
    view = memoryview(body)
    runs = [
        view[starts[first] : ends[last - 1] + 1]
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]
    return runs, upper


def _line_ends(bytes_: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Where every line ends; the last one may end with the file."""
    found = [
        np.flatnonzero(bytes_[place : place + _PIECE_BYTES] == _NEWLINE) + place
        for place in range(0, len(bytes_), _PIECE_BYTES)
    ]
    ends = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    if not len(bytes_) or bytes_[-1] == _NEWLINE:
        return ends
    return np.append(ends, len(bytes_))


def upper_rows(
    upper: Sequence[tuple[int, int, str]], levels: Levels
) -> tuple[tuple[VendorCycle, ...], list[UpperStep]]:
    """The vendor's cycles and the steps.

    Raises:
        ReadingError: A column is missing, or a line is damaged.
    """
    reading = _UpperRows(levels)
    for number, before, line in _without_footer(upper, levels.separator):
        row = [field.strip() for field in split_line(line, levels.separator)]
        try:
            reading.take(row, before)
        except (ValueError, IndexError) as error:
            raise ReadingError(
                "bad_row",
                f"Line {number} is damaged: {error}.",
                "Export the report again.",
            ) from error
    return tuple(reading.cycles), reading.steps


def _without_footer(
    upper: Sequence[tuple[int, int, str]], separator: str
) -> Sequence[tuple[int, int, str]]:
    """Without the lines at the end that number neither a cycle nor a step."""
    stop = len(upper)
    records = upper[-1][1] if upper else 0
    while stop and upper[stop - 1][1] == records:
        fields = split_line(upper[stop - 1][2], separator)
        first = next((field for field in fields if field.strip()), "")
        if any(character.isdigit() for character in first):
            break
        stop -= 1
    return upper[:stop]


class _UpperRows:
    """What is gathered while the cycle and step rows go by."""

    def __init__(self, levels: Levels) -> None:
        self.cycles: list[VendorCycle] = []
        self.steps: list[UpperStep] = []
        self._width = len(levels.cycle)
        # the very first row has a comma less than the header where the last title
        # is empty
        while self._width > 1 and not levels.cycle[self._width - 1].text.strip():
            self._width -= 1
        self._cycle = _get(levels.cycle, _CYCLE)
        self._charge = _capacity(levels.cycle, _CHARGE)
        self._discharge = _capacity(levels.cycle, _DISCHARGE)
        self._step = _get(levels.step, _STEP)
        self._type = _get(levels.step, _TYPE)
        self._number = 1

    def take(self, row: list[str], before: int) -> None:
        if not any(row):
            return
        if not row[0]:
            self._take_step(row, before)
            return
        self._number = int(float(row[self._cycle]))
        if self._charge is not None and self._discharge is not None:
            self.cycles.append(
                VendorCycle(
                    cycle=self._number,
                    charge_ah=_amount(row, self._charge),
                    discharge_ah=_amount(row, self._discharge),
                )
            )
        rest = row[self._width :]
        if any(rest):
            self._take_step(["", *rest], before)

    def _take_step(self, row: list[str], before: int) -> None:
        self.steps.append(
            UpperStep(
                number=int(float(row[self._step])),
                label=row[self._type],
                cycle=self._number,
                start=before,
            )
        )


def _amount(row: list[str], column: tuple[int, float]) -> float:
    place, factor = column
    amount = float(row[place].replace(",", ".")) * factor
    if not np.isfinite(amount):
        raise ValueError(f"{row[place]!r} is no number")
    return amount


def _find(titles: Sequence[Title], words: tuple[str, ...]) -> int | None:
    for word in words:
        for index, title in enumerate(titles):
            if key(word) in title.names:
                return index
    return None


def _get(titles: Sequence[Title], words: tuple[str, ...]) -> int:
    place = _find(titles, words)
    if place is None:
        raise ReadingError(
            "missing_column",
            f"No column {words[0]!r} in the report's header.",
            "Export the report with its usual columns.",
        )
    return place


def _capacity(
    titles: Sequence[Title], words: tuple[str, ...]
) -> tuple[int, float] | None:
    place = _find(titles, words)
    if place is None:
        return None
    unit = find_spelled_unit(titles[place].unit or "", Quantity.CHARGE)
    if unit is None:
        raise ReadingError(
            "bad_unit", f"Column {titles[place].text!r} has no unit of charge we know."
        )
    return place, unit.factor
