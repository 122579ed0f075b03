"""Look up stations, their rosters, keys, people and sign-ins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.store.tables.parties import (
    api_key,
    instrument,
    organisation,
    person,
    sign_in_session,
    station,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentOnRoster:
    """An instrument of a station and how long its calibration holds."""

    instrument_id: UUID
    code: str
    calibrated_on: date
    calibrated_until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectorOnRoster:
    """An inspector of the station's organisation and their training."""

    person_id: UUID
    staff_number: str
    training_valid_from: date | None
    training_valid_until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """Who and what a station may measure with."""

    station_id: UUID
    station_code: str
    district_code: str
    organisation_id: UUID
    organisation_code: str
    organisation_kind: str
    instruments: Mapping[str, InstrumentOnRoster]
    inspectors: Mapping[str, InspectorOnRoster]


def find_roster(session: Session, *, station_id: UUID) -> Roster | None:
    """Find a station with its instruments and inspectors."""
    found = session.execute(
        select(station, organisation.c.code.label("organisation_code"))
        .add_columns(organisation.c.kind.label("organisation_kind"))
        .join(organisation)
        .where(station.c.station_id == station_id)
    ).one_or_none()
    if found is None:
        return None
    return Roster(
        station_id=found.station_id,
        station_code=found.code,
        district_code=found.district_code,
        organisation_id=found.organisation_id,
        organisation_code=found.organisation_code,
        organisation_kind=found.organisation_kind,
        instruments=_instruments(session, station_id),
        inspectors=_inspectors(session, found.organisation_id),
    )


def _instruments(session: Session, station_id: UUID) -> dict[str, InstrumentOnRoster]:
    rows = session.execute(
        select(
            instrument.c.instrument_id,
            instrument.c.code,
            instrument.c.calibrated_on,
            instrument.c.calibrated_until,
        )
        .where(instrument.c.station_id == station_id)
        .where(instrument.c.disabled_at.is_(None))
    )
    return {row["code"]: InstrumentOnRoster(**row) for row in rows.mappings()}


def _inspectors(
    session: Session, organisation_id: UUID
) -> dict[str, InspectorOnRoster]:
    rows = session.execute(
        select(
            person.c.person_id,
            person.c.staff_number,
            person.c.training_valid_from,
            person.c.training_valid_until,
        )
        .where(person.c.organisation_id == organisation_id)
        .where(person.c.role == "inspector")
        .where(person.c.disabled_at.is_(None))
    )
    return {row["staff_number"]: InspectorOnRoster(**row) for row in rows.mappings()}


def find_api_key(session: Session, *, prefix: str) -> Row[Any] | None:
    """Find a key with its organisation and station."""
    return session.execute(
        select(
            api_key,
            organisation.c.code.label("organisation_code"),
            organisation.c.kind.label("organisation_kind"),
            organisation.c.disabled_at.label("organisation_disabled_at"),
            station.c.code.label("station_code"),
            station.c.district_code,
            station.c.disabled_at.label("station_disabled_at"),
        )
        .join(organisation, organisation.c.organisation_id == api_key.c.organisation_id)
        .outerjoin(station, station.c.station_id == api_key.c.station_id)
        .where(api_key.c.prefix == prefix)
    ).one_or_none()


def find_signed_in(
    session: Session, *, token_sha256: bytes, now: datetime
) -> Row[Any] | None:
    """Find the person behind a session that is still good."""
    return session.execute(
        select(
            person,
            organisation.c.code.label("organisation_code"),
            organisation.c.kind.label("organisation_kind"),
            station.c.code.label("station_code"),
            station.c.district_code.label("station_district_code"),
        )
        .select_from(sign_in_session)
        .join(person, person.c.person_id == sign_in_session.c.person_id)
        .join(organisation, organisation.c.organisation_id == person.c.organisation_id)
        .outerjoin(station, station.c.station_id == person.c.station_id)
        .where(sign_in_session.c.token_sha256 == token_sha256)
        .where(sign_in_session.c.expires_at > now)
        .where(sign_in_session.c.revoked_at.is_(None))
        .where(person.c.disabled_at.is_(None))
        .where(organisation.c.disabled_at.is_(None))
    ).one_or_none()


def find_organisation(session: Session, *, code: str) -> Row[Any] | None:
    """Find an organisation that is taking part."""
    return session.execute(
        select(organisation)
        .where(organisation.c.code == code)
        .where(organisation.c.disabled_at.is_(None))
    ).one_or_none()
