"""An appeal against a red: who may decide it, and what may come of it."""

from collections.abc import Collection
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Caller


class AppealState(StrEnum):
    """Where an appeal stands; ``moot`` is one that a retest made needless."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    MOOT = "moot"


class Declaration(StrEnum):
    """Why an event is declared wrong: the reasons of CBV 2.0, section 7.5."""

    INCORRECT_DATA = "incorrect_data"
    DID_NOT_OCCUR = "did_not_occur"


class AppealOpenError(RegistryError):
    """An appeal against this red is open already."""

    code: ClassVar[str] = "appeal_open"
    kind: ClassVar[Kind] = Kind.CONFLICT


class AppealUnknownError(RegistryError):
    """There is no such appeal, or it is not the reader's to see."""

    code: ClassVar[str] = "appeal_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class AppealDecidedError(RegistryError):
    """The appeal was decided before, or needs no decision any more."""

    code: ClassVar[str] = "appeal_decided"
    kind: ClassVar[Kind] = Kind.CONFLICT


class NotIndependentError(RegistryError):
    """Who decides has inspected the battery, or their house has, or they filed it."""

    code: ClassVar[str] = "appeal_not_independent"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


def check_decider(
    caller: Caller,
    *,
    inspecting_organisations: Collection[UUID],
    inspectors: Collection[UUID],
    filed_by: tuple[str, str],
) -> None:
    """Let nobody decide about their own inspection, their house's, or their appeal.

    Args:
        caller: Who wants to decide.
        inspecting_organisations: Whose stations ever inspected the battery.
        inspectors: The people who ever inspected it.
        filed_by: Who filed the appeal: an organisation's code, and which of its
            people or keys (``Caller.actor``).

    Raises:
        NotIndependentError: The caller is one of them.
    """
    inspected = caller.person_id is not None and caller.person_id in inspectors
    filed = (caller.organisation_code, caller.actor) == filed_by
    if inspected or filed or caller.organisation_id in inspecting_organisations:
        raise NotIndependentError
