"""What must not happen to a battery any more, or cannot have happened. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.custody_edges import State

TOO_FAST: Final = timedelta(minutes=30)
"""No pack is tested in two districts of the city within half an hour."""


class Sighting(StrEnum):
    """How a code was met."""

    SCAN = "scan"
    READING = "reading"
    SALE_CHECK = "sale_check"
    CUSTODY = "custody"


class End(StrEnum):
    """Why a code should not be met on a living battery."""

    DESTROYED = "destroyed"
    MISSING = "missing"
    DECOMMISSIONED = "decommissioned"


class BatteryDestroyedError(RegistryError):
    """The battery's destruction was proven: this label is on no living one."""

    code = "battery_destroyed"
    kind = Kind.GONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """Where and when a battery was tested."""

    district_code: str
    at: datetime


def end_of(*, destroyed: bool, case_state: State | None, replaced: bool) -> End | None:
    """Say why a label should not be met; None for one that may.

    Args:
        destroyed: A case of its battery ended with proven destruction.
        case_state: The state of the battery's newest case.
        replaced: The label was replaced by another.
    """
    if destroyed:
        return End.DESTROYED
    if case_state is State.MISSING:
        return End.MISSING
    return End.DECOMMISSIONED if replaced else None


def is_too_fast(one: Tested, other: Tested) -> bool:
    """Whether one battery cannot have been at both places."""
    elsewhere = one.district_code != other.district_code
    return elsewhere and abs(one.at - other.at) < TOO_FAST


def changed_maker_data(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[str, ...]:
    """Name what the label says otherwise than when the battery was registered.

    What one of the two leaves out is no contradiction; neither are case and
    blanks of a name, which hands write as they please.
    """
    return tuple(
        name
        for name, was in before.items()
        if (said := after.get(name)) is not None
        and was is not None
        and _plain(said) != _plain(was)
    )


def _plain(value: object) -> object:
    return "".join(value.casefold().split()) if isinstance(value, str) else value
