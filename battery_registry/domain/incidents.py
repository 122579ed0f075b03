"""What can go wrong so that somebody must look at it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from battery_registry.domain import Kind, RegistryError


class IncidentKind(StrEnum):
    """What went wrong."""

    MANIFEST_DIFFERENCE = "manifest_difference"
    PACK_MISSING = "pack_missing"
    STOCK_DAYS = "stock_days"
    STOCK_MASS = "stock_mass"
    SEEN_AFTER_END = "seen_after_end"
    LABEL_ON_TWO_PACKS = "label_on_two_packs"
    TWO_PLACES_TOO_FAST = "two_places_too_fast"
    MAKER_DATA_CHANGED = "maker_data_changed"


class SubjectKind(StrEnum):
    """What an incident is about."""

    BATTERY = "battery"
    MANIFEST = "manifest"
    ORGANISATION = "organisation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The one thing that an incident is about."""

    kind: SubjectKind
    subject_id: UUID


def about_battery(battery_id: UUID) -> Subject:
    """Name a battery as what an incident is about."""
    return Subject(kind=SubjectKind.BATTERY, subject_id=battery_id)


def about_manifest(manifest_id: UUID) -> Subject:
    """Name a manifest as what an incident is about."""
    return Subject(kind=SubjectKind.MANIFEST, subject_id=manifest_id)


def about_organisation(organisation_id: UUID) -> Subject:
    """Name an organisation as what an incident is about."""
    return Subject(kind=SubjectKind.ORGANISATION, subject_id=organisation_id)


class NoIncidentError(RegistryError):
    """There is no such incident, or it is not the reader's to see."""

    code: ClassVar[str] = "incident_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class IncidentClosedError(RegistryError):
    """The incident was closed before."""

    code: ClassVar[str] = "incident_closed"
    kind: ClassVar[Kind] = Kind.CONFLICT
