"""Look up stations, their rosters, keys, people and sign-ins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from battery_registry.domain.roles import Role
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.store.direct import Statement
from battery_registry.store.tables.parties import (
    api_key,
    instrument,
    organisation,
    person,
    sign_in_session,
    station,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitness:
    """An instrument or an inspector, and from when until when it is fit.

    For an instrument that is its calibration, for an inspector the training.
    Only an instrument has a class.
    """

    id: UUID
    fit_from: date | None
    fit_until: date | None
    instrument_class: InstrumentClass | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """Who and what a station may measure with, by its code or staff number."""

    instruments: Mapping[str, Fitness]
    inspectors: Mapping[str, Fitness]


def find_roster(session: Session, *, station_id: UUID, organisation_id: UUID) -> Roster:
    """Find a station's instruments and its organisation's inspectors."""
    rows = _ROSTER.run(session, of_station=station_id, of_organisation=organisation_id)
    instruments: dict[str, Fitness] = {}
    inspectors: dict[str, Fitness] = {}
    for is_instrument, code, one, fit_from, fit_until, grade in rows:
        listed = instruments if is_instrument else inspectors
        listed[code] = Fitness(
            id=one,
            fit_from=fit_from,
            fit_until=fit_until,
            instrument_class=InstrumentClass(grade) if is_instrument else None,
        )
    return Roster(instruments=instruments, inspectors=inspectors)


_ROSTER = Statement(
    union_all(
        select(
            literal(True).label("is_instrument"),
            instrument.c.code,
            instrument.c.instrument_id,
            instrument.c.calibrated_on,
            instrument.c.calibrated_until,
            instrument.c.instrument_class,
        )
        .where(instrument.c.station_id == bindparam("of_station"))
        .where(instrument.c.disabled_at.is_(None)),
        select(
            literal(False),
            person.c.staff_number,
            person.c.person_id,
            person.c.training_valid_from,
            person.c.training_valid_until,
            null(),
        )
        .where(person.c.organisation_id == bindparam("of_organisation"))
        .where(person.c.role == Role.INSPECTOR.value)
        .where(person.c.disabled_at.is_(None)),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRow:
    """A key with its organisation and station, as they are kept."""

    secret_sha256: bytes
    role: str
    expires_at: datetime | None
    disabled_at: datetime | None
    organisation_id: UUID
    organisation_code: str
    organisation_kind: str
    organisation_disabled_at: datetime | None
    station_id: UUID | None
    station_code: str | None
    district_code: str | None
    station_disabled_at: datetime | None


def find_api_key(session: Session, *, prefix: str) -> KeyRow | None:
    """Find a key with its organisation and station."""
    rows = _API_KEY.run(session, of_prefix=prefix)
    return KeyRow(**dict(zip(_API_KEY_COLUMNS, rows[0], strict=True))) if rows else None


_API_KEY_COLUMNS = {
    "secret_sha256": api_key.c.secret_sha256,
    "role": api_key.c.role,
    "expires_at": api_key.c.expires_at,
    "disabled_at": api_key.c.disabled_at,
    "organisation_id": api_key.c.organisation_id,
    "organisation_code": organisation.c.code,
    "organisation_kind": organisation.c.kind,
    "organisation_disabled_at": organisation.c.disabled_at,
    "station_id": api_key.c.station_id,
    "station_code": station.c.code,
    "district_code": func.coalesce(api_key.c.district_code, station.c.district_code),
    "station_disabled_at": station.c.disabled_at,
}
_API_KEY = Statement(
    select(*(column.label(name) for name, column in _API_KEY_COLUMNS.items()))
    .join(organisation, organisation.c.organisation_id == api_key.c.organisation_id)
    .outerjoin(station, station.c.station_id == api_key.c.station_id)
    .where(api_key.c.prefix == bindparam("of_prefix"))
)


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
