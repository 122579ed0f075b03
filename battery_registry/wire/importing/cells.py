"""What a cell of a table becomes: text, number, flag or list, by its field."""

import re
from collections.abc import Callable
from typing import Any, Final

from battery_registry.domain import RegistryError
from battery_registry.wire.fields import Flag, Listed, Number, Text, Whole
from battery_registry.wire.importing.mapping import FIELDS

_NUMBER = re.compile(r"[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,4})?", re.ASCII)
_FRACTION_SIGNS = frozenset(".eE")
# 123456789012 becomes this when a spreadsheet takes it for a number.
_SHORTENED = re.compile(r"[+-]?\d(\.\d+)?E\+\d{2,3}", re.ASCII | re.IGNORECASE)
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否"), False),
}
_LIST_SEPARATOR = ";"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_GUARDED: Final = tuple(f"'{start}" for start in _FORMULA_STARTS)


class CellShortenedError(RegistryError):
    """A spreadsheet has made a number of a text, and its digits are lost."""

    code = "cell_shortened"


def reader(name: str) -> Callable[[str], Any]:
    """Choose how a field's cells become JSON, once for a column.

    What does not fit stays text and is refused by name later. What is returned
    raises CellShortenedError.
    """
    wanted = FIELDS.get(name)
    if isinstance(wanted, Number | Whole):
        return _number
    if isinstance(wanted, Flag):
        return lambda cell: _FLAGS.get(cell.casefold(), cell)
    if isinstance(wanted, Listed):
        return lambda cell: [_text(part, name) for part in _parts(cell)]
    if isinstance(wanted, Text):
        return lambda cell: _text(cell, name)
    return str


def _text(cell: str, name: str) -> str:
    if _SHORTENED.fullmatch(cell):
        raise CellShortenedError(field=name)
    return cell


def _number(cell: str) -> float | int | str:
    if not _NUMBER.fullmatch(cell):
        return cell
    return float(cell) if set(cell) & _FRACTION_SIGNS else int(cell)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_LIST_SEPARATOR) if part.strip()]


def guard(cell: Any) -> Any:
    """Keep a spreadsheet from running what a stranger wrote into a cell."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def unguard(cell: str) -> str:
    """Undo ``guard``, so that a mended row says what the first one said."""
    return cell[1:] if cell.startswith(_GUARDED) else cell
