"""Faults of single fields, told in a form that any language can put into words.

A fault is a key of the catalogues and what its sentence needs, joined by
``|``: ``wire.out_of_range|1|150``.
"""

from collections.abc import Iterator
from typing import Any

from battery_registry.domain import RegistryError


class InvalidInputError(RegistryError):
    """Fields are missing or wrong; ``extra["errors"]`` names each of them."""

    code = "input_invalid"


def refuse(messages: dict[str, Any] | list[Any]) -> InvalidInputError:
    """Make the refusal of marshmallow's messages."""
    faults = [
        {
            "field": path,
            "pointer": "/" + path.replace(".", "/"),
            "detail": detail,
        }
        for path, detail in _flatten(messages, "")
    ]
    faults.sort(key=lambda fault: fault["field"])
    return InvalidInputError(field=faults[0]["field"], extra={"errors": faults})


def _flatten(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, below in messages.items():
            is_whole = name == "_schema"
            yield from _flatten(
                below, path if is_whole else f"{path}.{name}".strip(".")
            )
        return
    for message in messages:
        yield path, str(message)
