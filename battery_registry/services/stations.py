"""Stations, and the instruments that they measure with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import OrganisationKind
from battery_registry.services import enrolment
from battery_registry.services.enrolment import check_optional, check_text
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import instrument, organisation, station

_STATION_CODE = r"[A-Z0-9][A-Z0-9-]{0,30}[A-Z0-9]"
_INSTRUMENT_CODE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}[A-Za-z0-9]"

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
_INSTRUMENTS = select(
    instrument.c.instrument_id,
    station.c.code.label("station_code"),
    instrument.c.code,
    instrument.c.model,
    instrument.c.serial,
    instrument.c.calibrated_on,
    instrument.c.calibrated_until,
    instrument.c.disabled_at,
).join(station)


class UnknownStationError(RegistryError):
    """There is no such station, or it is disabled."""

    code = "station_unknown"
    kind = Kind.NOT_FOUND


class NoStationOperatorError(RegistryError):
    """Only a station operator has stations."""

    code = "organisation_runs_no_station"


class InstrumentNotFoundError(RegistryError):
    """The station has no such instrument, or it is disabled."""

    code = "instrument_not_found"
    kind = Kind.NOT_FOUND


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


def add_instrument(
    session: Session,
    *,
    station_code: str,
    code: str,
    model: str,
    calibrated_on: date,
    calibrated_until: date,
    now: datetime,
    serial: str | None = None,
) -> Instrument:
    """Enrol an instrument of a station.

    Args:
        session: A transaction that writes.
        station_code: Whose.
        code: 2 to 32 letters, digits, dots, hyphens; one's own at its station.
        model: Maker and model, at most 64 signs.
        calibrated_on: First day of the calibration.
        calibrated_until: Its last day, included.
        now: The time of the request.
        serial: At most 64 signs.

    Raises:
        EnrolmentValueError: A value is spelled wrong.
        UnknownStationError: There is no such station.
        DuplicateError: The station has one of that code.
        DatesReversedError: The calibration ends before it begins.
    """
    enrolment.check_spelling(code, field="code", pattern=_INSTRUMENT_CODE)
    enrolment.check_days(calibrated_on, calibrated_until, field="calibrated_until")
    home = get_station(session, code=station_code)
    key = {instrument.c.station_id: home.station_id, instrument.c.code: code}
    enrolment.refuse_duplicate(session, key, field="code")
    values: dict[str, Any] = {
        "instrument_id": new_id(now),
        "code": code,
        "model": check_text(model, field="model", most=64),
        "serial": check_optional(serial, field="serial", most=64),
        "calibrated_on": calibrated_on,
        "calibrated_until": calibrated_until,
    }
    session.execute(insert(instrument).values(**values, station_id=home.station_id))
    return Instrument(**values, station_code=home.code, disabled_at=None)


def list_instruments(
    session: Session, *, station_code: str | None = None
) -> tuple[Instrument, ...]:
    """List the instruments of one station or of all, by station and code."""
    wanted = _INSTRUMENTS.order_by(station.c.code, instrument.c.code)
    if station_code is not None:
        wanted = wanted.where(station.c.code == station_code)
    return tuple(Instrument(**row) for row in session.execute(wanted).mappings())


def calibrate_instrument(
    session: Session,
    *,
    station_code: str,
    code: str,
    calibrated_on: date,
    calibrated_until: date,
) -> None:
    """Note a new calibration, which takes the place of the last one.

    Raises:
        InstrumentNotFoundError: The station has none of that code.
        DatesReversedError: The calibration ends before it begins.
    """
    enrolment.check_days(calibrated_on, calibrated_until, field="calibrated_until")
    _change_instrument(
        session,
        station_code,
        code,
        {"calibrated_on": calibrated_on, "calibrated_until": calibrated_until},
    )


def disable_instrument(
    session: Session, *, station_code: str, code: str, now: datetime
) -> None:
    """Disable an instrument: inspections that name it are refused from now on.

    Raises:
        InstrumentNotFoundError: The station has none of that code.
    """
    _change_instrument(session, station_code, code, {"disabled_at": now})


def _change_instrument(
    session: Session, station_code: str, code: str, values: Mapping[str, object]
) -> None:
    home = select(station.c.station_id).where(station.c.code == station_code)
    changed = session.execute(
        update(instrument)
        .where(instrument.c.station_id == home.scalar_subquery())
        .where(instrument.c.code == code)
        .where(instrument.c.disabled_at.is_(None))
        .values(**values)
        .returning(instrument.c.instrument_id)
    )
    if changed.one_or_none() is None:
        raise InstrumentNotFoundError(
            field="code", instrument=code, station=station_code
        )
