"""What an admin page is made of: a list, forms that add, buttons that change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from battery_registry.context import Session
from battery_registry.domain import RegistryError

Told = Mapping[str, str]


class AdminFieldError(RegistryError):
    """A field is empty that must not be, or holds no day."""

    code: ClassVar[str] = "admin_field"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of a form.

    Args:
        name: Its name; ``admin.field.<name>`` says it.
        options: Pairs of value and words to choose from; without them it is typed.
        kind: ``text`` or ``date``.
        required: Whether it must be filled in.
        hint: The key of a line of help.
    """

    name: str
    options: Sequence[tuple[str, str]] = ()
    kind: str = "text"
    required: bool = True
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing of a list.

    Args:
        key: What it is called when something is done to it.
        cells: What is shown, in the order of the columns.
        is_ended: Whether it is disabled.
        acts: What can be done to it now.
        warning: A line that needs somebody's attention.
    """

    key: str
    cells: Sequence[str]
    is_ended: bool = False
    acts: Sequence[str] = ()
    warning: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form and what it does; a secret that it gives is shown once."""

    name: str
    fields: Callable[[Session], Sequence[Field]]
    run: Callable[[Session, Told], str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An admin page.

    Args:
        name: Its place in the address; ``admin.<name>.title`` says it.
        columns: Keys of columns; ``admin.column.<name>`` says each.
        rows: Reads the list.
        forms: What can be added or changed.
        acts: What a row's button does.
        undo: Which act takes back which.
    """

    name: str
    columns: Sequence[str]
    rows: Callable[[Session], Sequence[Row]]
    forms: Sequence[Form] = ()
    acts: Mapping[str, Callable[[Session, str], str | None]] = field(
        default_factory=dict
    )
    undo: Mapping[str, str] = field(default_factory=dict)


def needed(told: Told, name: str) -> str:
    """Get what was filled in.

    Raises:
        AdminFieldError: Nothing was.
    """
    value = told.get(name, "").strip()
    if not value:
        raise AdminFieldError(field=name)
    return value


def optional(told: Told, name: str) -> str | None:
    """Get what was filled in, None for nothing."""
    return told.get(name, "").strip() or None


def day(told: Told, name: str) -> date:
    """Get a day.

    Raises:
        AdminFieldError: It is none.
    """
    try:
        return date.fromisoformat(needed(told, name))
    except ValueError:
        raise AdminFieldError(field=name) from None


def chosen(told: Told, name: str, options: Sequence[str]) -> str:
    """Get what was chosen.

    Raises:
        AdminFieldError: It is none of the choices.
    """
    value = needed(told, name)
    if value not in options:
        raise AdminFieldError(field=name)
    return value
