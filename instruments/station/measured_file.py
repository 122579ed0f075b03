"""``NAME.measured``: what ``battery-station measure --out`` kept, a line each.

Every line is one JSON object of which three entries count here: ``made_at``,
``inspection`` with the fields of an inspection that the measurement fills, and
``claim`` where a battery management system spoke. Whatever else stands there is
for people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any, Never

from instruments.reading import ReadingError, ResistanceMethod
from instruments.station.measurement import Measurement

SUFFIX = ".measured"
_MOST_BYTES = 1024 * 1024
_MOST_CELLS = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """What a line may give: numbers with their decimals, and a word with one."""

    decimals: Mapping[str, int]
    word: str
    word_of: str
    words: frozenset[str]


_MEASURED = _Kind(
    decimals={"ocv_v": 4, "internal_resistance_mohm": 3},
    word="resistance_method",
    word_of="internal_resistance_mohm",
    words=frozenset(ResistanceMethod) - {ResistanceMethod.BMS},
)
# a claim never gives a voltage of the pack, a resistance or a capacity
_TOLD = _Kind(
    decimals={
        "cycle_count": 0,
        "cell_count_series": 0,
        "soc_pct": 3,
        "cell_voltage_min_v": 4,
        "cell_voltage_max_v": 4,
    },
    word="soc_source",
    word_of="soc_pct",
    words=frozenset({"bms"}),
)
_AGAIN = "Measure again into a new file, or take that line out."


def read_measured(path: Path) -> tuple[Measurement, ...]:
    """Every measurement of a file, in the order they were made.

    Args:
        path: At most 1 MiB of JSON lines.

    Raises:
        ReadingError: The file cannot be read, is too large or empty, or one
            of its lines is no measurement or tells that there was none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        message = f"{path.name} cannot be opened: {error.strerror}."
        raise ReadingError("not_opened", message) from error
    if len(data) > _MOST_BYTES:
        raise ReadingError("too_large", f"{path.name} is larger than 1 MiB.")
    lines = [line.strip() for line in data.split(b"\n")]
    found = tuple(
        _read_line(line, f"{path.name} line {number}")
        for number, line in enumerate(lines, start=1)
        if line
    )
    if not found:
        raise ReadingError("no_records", f"{path.name} holds no measurement.", _AGAIN)
    return found


def _read_line(line: bytes, name: str) -> Measurement:
    try:
        document = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _damaged(name, "it is not one whole JSON object") from error
    if not isinstance(document, dict):
        raise _damaged(name, "it is not one whole JSON object")
    if "error" in document:
        raise _failed(name, document["error"])
    fields = document.get("inspection")
    if not isinstance(fields, dict):
        raise _damaged(name, "it is no measurement of battery-station")
    _check_time(document.get("made_at"), name)
    claim = document.get("claim")
    kind = _MEASURED if claim is None else _TOLD
    read = {field: _value(field, fields[field], kind, name) for field in fields}
    if len(read.keys() & {kind.word, kind.word_of}) == 1:
        raise _damaged(name, f"{kind.word_of} and {kind.word} do not stand together")
    return Measurement(name=name, fields=read, cells_v=_cells_v(claim, name))


def _value(field: str, value: object, kind: _Kind, name: str) -> Any:
    """One field's value, rounded.

    Raises:
        ReadingError: Such a line does not give this field, or not this value.
    """
    if field == kind.word:
        if not isinstance(value, str) or value not in kind.words:
            raise _damaged(name, f"{field} is {value!r:.40}")
        return value
    if field not in kind.decimals:
        raise _damaged(name, f"it gives {field!r:.60}, which it cannot know")
    number = _number(value, field, name)
    if field == "internal_resistance_mohm" and number <= 0:
        raise _damaged(name, f"{field} is not above zero")
    return round(number, kind.decimals[field]) if isinstance(number, float) else number


def _cells_v(claim: object, name: str) -> tuple[float, ...]:
    cells = claim.get("cells_v", []) if isinstance(claim, dict) else []
    if not isinstance(cells, list) or len(cells) > _MOST_CELLS:
        raise _damaged(name, "cells_v is no list of cells")
    return tuple(float(_number(volts, "cells_v", name)) for volts in cells)


def _number(value: object, field: str, name: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _damaged(name, f"{field} is no number")
    # an integer may be longer than any float
    if not abs(value) < 1e12 or not isfinite(value):
        raise _damaged(name, f"{field} is no number of an instrument")
    return value


def _check_time(value: object, name: str) -> None:
    try:
        is_aware = datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        is_aware = False
    if not is_aware:
        raise _damaged(name, "made_at is no time with its offset")


def _failed(name: str, error: object) -> ReadingError:
    said = error.get("message") if isinstance(error, dict) else None
    message = f"{name} is an error, not a measurement: {said or 'no reason told'}"
    return ReadingError("failed_measurement", message, _AGAIN)


def _damaged(name: str, reason: str) -> ReadingError:
    return ReadingError("unreadable", f"{name} cannot be used: {reason}.", _AGAIN)


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not a number JSON knows")
