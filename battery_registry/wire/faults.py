"""Faults of single fields, told in a form that any language can put into words.

A fault is a key of the catalogues and what its sentence needs, joined by
``|``: ``wire.out_of_range|1|150``.
"""

from collections.abc import Iterator
from typing import Any

from battery_registry.domain import RegistryError

Path = tuple[str, ...]

_LONGEST_SHOWN = 100


class InvalidInputError(RegistryError):
    """Fields are missing or wrong; ``extra["errors"]`` names each of them."""

    code = "input_invalid"


def refuse(messages: dict[str, Any] | list[Any]) -> InvalidInputError:
    """Make the refusal of marshmallow's messages."""
    faults = [
        {
            "field": ".".join(path),
            "pointer": _pointer(path),
            "detail": detail,
        }
        for path, detail in _flatten(messages, ())
    ]
    faults.sort(key=lambda fault: fault["field"])
    return InvalidInputError(field=faults[0]["field"], extra={"errors": faults})


def _pointer(path: Path) -> str:
    """Spell a JSON Pointer (RFC 6901, section 3)."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _flatten(messages: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, dict):
        for name, below in messages.items():
            is_whole = name == "_schema"
            yield from _flatten(below, path if is_whole else (*path, _part(name)))
        return
    for message in messages:
        yield path, str(message)


def _part(name: object) -> str:
    # A stranger's own name for a field: half a character cannot be sent back,
    # and a long one need not be.
    shown = str(name).encode(errors="replace").decode()
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
