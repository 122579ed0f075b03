"""Stations: where batteries are measured."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import OrganisationKind
from battery_registry.services import enrolment
from battery_registry.services.enrolment import (
    Organisation,
    check_optional,
    check_text,
)
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import organisation, station

_STATION_CODE = r"[A-Z0-9][A-Z0-9-]{0,30}[A-Z0-9]"

_STATIONS = select(
    station.c.station_id,
    station.c.code,
    station.c.organisation_id,
    organisation.c.code.label("organisation_code"),
    station.c.district_code,
    station.c.name_zh,
    station.c.name_en,
    station.c.address_zh,
    station.c.address_en,
    station.c.opening_hours,
    station.c.disabled_at,
).join(organisation)


class UnknownStationError(RegistryError):
    """There is no such station, or it is disabled."""

    code = "station_unknown"
    kind = Kind.NOT_FOUND


class NoStationOperatorError(RegistryError):
    """Only a station operator has stations."""

    code = "organisation_runs_no_station"


class StationOfOtherError(RegistryError):
    """The station belongs to another organisation."""

    code = "station_of_other"


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


def add_station(
    session: Session,
    *,
    code: str,
    organisation_code: str,
    district_code: str,
    name_zh: str,
    name_en: str,
    now: datetime,
    address_zh: str | None = None,
    address_en: str | None = None,
    opening_hours: str | None = None,
) -> Station:
    """Enrol a station.

    Args:
        session: A transaction that writes.
        code: 2 to 32 capitals, digits and hyphens, such as ``XC-01``.
        organisation_code: The station operator.
        district_code: GB/T 2260, six digits.
        name_zh: Chinese name, at most 64 signs.
        name_en: English name, at most 64 signs.
        now: The time of the request.
        address_zh: At most 128 signs.
        address_en: At most 128 signs.
        opening_hours: At most 64 signs.

    Raises:
        EnrolmentValueError: A value is spelled wrong.
        DuplicateError: The code is taken.
        UnknownOrganisationError: There is no such organisation.
        NoStationOperatorError: The organisation is of another kind.
        UnknownDistrictError: There is no such district.
    """
    enrolment.check_spelling(code, field="code", pattern=_STATION_CODE)
    enrolment.refuse_duplicate(session, {station.c.code: code}, field="code")
    owner = enrolment.get_organisation(session, code=organisation_code)
    if owner.kind is not OrganisationKind.STATION_OPERATOR:
        raise NoStationOperatorError(field="organisation", kind=owner.kind.value)
    values: dict[str, Any] = {
        "station_id": new_id(now),
        "code": code,
        "organisation_id": owner.organisation_id,
        "district_code": enrolment.check_district(session, code=district_code),
        "name_zh": check_text(name_zh, field="name_zh", most=64),
        "name_en": check_text(name_en, field="name_en", most=64),
        "address_zh": check_optional(address_zh, field="address_zh", most=128),
        "address_en": check_optional(address_en, field="address_en", most=128),
        "opening_hours": check_optional(opening_hours, field="opening_hours", most=64),
    }
    session.execute(insert(station).values(**values, created_at=now))
    return Station(**values, organisation_code=owner.code, disabled_at=None)


def list_stations(session: Session) -> tuple[Station, ...]:
    """List all stations, the disabled ones too, by code."""
    rows = session.execute(_STATIONS.order_by(station.c.code))
    return tuple(Station(**row) for row in rows.mappings())


def get_station(session: Session, *, code: str, field: str = "station") -> Station:
    """Get a station that takes part.

    Raises:
        UnknownStationError: There is none of that code.
    """
    row = (
        session.execute(
            _STATIONS.where(station.c.code == code)
            .where(station.c.disabled_at.is_(None))
            .where(organisation.c.disabled_at.is_(None))
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UnknownStationError(field=field, station=code)
    return Station(**row)


def disable_station(session: Session, *, code: str, now: datetime) -> None:
    """Disable a station: its keys are refused from now on.

    Raises:
        UnknownStationError: There is none of that code.
    """
    found = get_station(session, code=code, field="code")
    session.execute(
        update(station)
        .where(station.c.station_id == found.station_id)
        .values(disabled_at=now)
    )


def find_own(
    session: Session, *, code: str | None, owner: Organisation
) -> Station | None:
    """Find the station that somebody of an organisation is bound to, if any.

    Raises:
        UnknownStationError: There is none of that code.
        StationOfOtherError: It is another organisation's.
    """
    if code is None:
        return None
    found = get_station(session, code=code)
    if found.organisation_id != owner.organisation_id:
        raise StationOfOtherError(field="station", station=code)
    return found


def enable_station(session: Session, *, code: str) -> None:
    """Let a disabled station take part again; another one stays as it is.

    Raises:
        UnknownStationError: There never was one of that code.
    """
    done = session.execute(
        update(station)
        .where(station.c.code == code)
        .values(disabled_at=None)
        .returning(station.c.code)
    )
    if done.one_or_none() is None:
        raise UnknownStationError(field="code", station=code)
