"""Read JSON, and refuse what no honest client sends."""

import json
from typing import Any, NoReturn

from battery_registry.domain import Kind, RegistryError

_DEEPEST = 20


class MalformedBodyError(RegistryError):
    """The text is not the JSON that is taken here."""

    code = "body_malformed"
    kind = Kind.MALFORMED


def parse(raw: bytes | str) -> Any:
    """Parse JSON strictly.

    Python's own reader takes NaN and the last of two equal keys, and runs out
    of stack on deep nesting; none of that gets past here.

    Raises:
        MalformedBodyError: Not JSON, nested deeper than 20, duplicate keys,
            NaN or infinity, a number too long, or not UTF-8.
    """
    try:
        value = json.loads(
            raw, object_pairs_hook=_object, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise MalformedBodyError(why="nested too deep") from None
    except ValueError as error:
        raise MalformedBodyError(why=str(error)[:100]) from None
    _check_depth(value, _DEEPEST)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedBodyError(why=f"duplicate key {twice!a}"[:100])
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBodyError(why=f"{name} is not JSON")


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise MalformedBodyError(why="nested too deep")
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            if isinstance(child, dict | list):
                _check_depth(child, left - 1)
