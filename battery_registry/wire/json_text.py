"""Read JSON, and refuse what no honest client sends."""

import json
import math
from collections import Counter
from typing import Any, NoReturn

from battery_registry.domain import Kind, RegistryError

_DEEPEST = 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_SHOWN = 60


class MalformedBodyError(RegistryError):
    """The text is not the JSON that is taken here."""

    code = "body_malformed"
    kind = Kind.MALFORMED


def parse(raw: bytes | str) -> Any:
    """Parse JSON strictly.

    Python's own reader guesses the encoding, takes NaN, numbers beyond a
    float, and the last of two equal keys, and runs out of stack on deep
    nesting; none of that gets past here.

    Args:
        raw: Text, or bytes in UTF-8; a byte order mark before them is dropped.

    Raises:
        MalformedBodyError: Not JSON, nested deeper than 20, duplicate keys,
            NaN or infinity, a number too large or too long, or not UTF-8.
    """
    try:
        value = json.loads(
            _text(raw),
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise MalformedBodyError(why="nested too deep") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedBodyError(why=place) from None
    except ValueError:
        # Python reads no whole number of more than some thousand digits.
        raise MalformedBodyError(why="number too long") from None
    _check_depth(value, _DEEPEST)
    return value


def _text(raw: bytes | str) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedBodyError(why="not UTF-8") from None


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise MalformedBodyError(why=f"number {written[:_LONGEST_SHOWN]}")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise MalformedBodyError(why=f"duplicate key {twice!a}"[:100])
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBodyError(why=f"number {name}")


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise MalformedBodyError(why="nested too deep")
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            if isinstance(child, dict | list):
                _check_depth(child, left - 1)
