"""Who takes part: organisations, their stations, and the stations' instruments.

People are enrolled in ``people``, machines' keys in ``api_keys``. Nothing is
ever deleted, since inspections point at it; it is disabled.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import (
    api_key,
    district,
    instrument,
    organisation,
    station,
)

ORGANISATION_CODE = r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])"
STATION_CODE = r"[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])"
_INSTRUMENT_CODE = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])"


class EnrolmentValueError(RegistryError):
    """A value is too short, too long or holds signs that it may not."""

    code = "enrolment_value"


class DuplicateError(RegistryError):
    """There is one of that name already, perhaps a disabled one."""

    code = "enrolment_duplicate"
    kind = Kind.CONFLICT


class UnknownOrganisationError(RegistryError):
    """There is no such organisation, or it is disabled."""

    code = "organisation_unknown"
    kind = Kind.NOT_FOUND


class UnknownStationError(RegistryError):
    """There is no such station, or it is disabled."""

    code = "station_unknown"
    kind = Kind.NOT_FOUND


class UnknownDistrictError(RegistryError):
    """There is no such district."""

    code = "district_unknown"


class UnknownStationInstrumentError(RegistryError):
    """The station has no such instrument."""

    code = "station_instrument_unknown"
    kind = Kind.NOT_FOUND


class DatesReversedError(RegistryError):
    """The last day lies before the first."""

    code = "dates_reversed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """An organisation that takes part."""

    organisation_id: UUID
    code: str
    name: str
    kind: OrganisationKind
    licence_number: str | None
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """A place where batteries are measured."""

    station_id: UUID
    code: str
    organisation_id: UUID
    organisation_code: str
    district_code: str
    name_zh: str
    name_en: str
    address_zh: str | None
    address_en: str | None
    opening_hours: str | None
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """What a station measures with; both calibration days are included."""

    instrument_id: UUID
    station_code: str
    code: str
    model: str
    serial: str | None
    calibrated_on: date
    calibrated_until: date
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A machine's key, without its secret, which nobody knows any more."""

    prefix: str
    organisation_code: str
    station_code: str | None
    role: Role
    purpose: str
    created_at: datetime
    expires_at: datetime | None
    disabled_at: datetime | None


def check_spelling(value: str, *, field: str, pattern: str) -> str:
    """Refuse a code that is spelled wrong.

    Raises:
        EnrolmentValueError: It does not match the pattern as a whole.
    """
    if re.fullmatch(pattern, value, re.ASCII) is None:
        raise EnrolmentValueError(field=field, pattern=pattern)
    return value


def check_text(value: str | None, *, field: str, most: int) -> str | None:
    """Refuse a text that is too long, blank, or holds control characters.

    Raises:
        EnrolmentValueError: It does.
    """
    if value is None:
        return None
    text = value.strip()
    if not 1 <= len(text) <= most or not text.isprintable():
        raise EnrolmentValueError(field=field, most=most)
    return text


def check_days(first: date, last: date, *, field: str) -> None:
    """Refuse a span of days that ends before it begins.

    Raises:
        DatesReversedError: It does.
    """
    if last < first:
        raise DatesReversedError(field=field, first=first.isoformat())


def refuse_duplicate(session: Session, *, field: str, **key: Any) -> None:
    """Refuse a name that is taken.

    Raises:
        DuplicateError: It is.
    """
    columns: dict[Column[Any], Any] = key["columns"]
    taken = select(*columns).where(*(c == value for c, value in columns.items()))
    if session.execute(taken).first() is not None:
        raise DuplicateError(field=field, value=str(next(reversed(columns.values()))))
