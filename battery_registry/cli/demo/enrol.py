"""Enrol the simulated city, through the same services as the commands do."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from battery_registry.cli.demo import city
from battery_registry.cli.demo.city import OrganisationPlan, PersonPlan, StationPlan
from battery_registry.cli.demo.record import (
    Access,
    OrganisationRecord,
    PersonRecord,
    StationRecord,
)
from battery_registry.context import Runtime
from battery_registry.domain.city_time import city_date
from battery_registry.domain.roles import Role
from battery_registry.services import api_keys, enrolment, equipment, people, stations
from battery_registry.services.people import NewPerson

# Calibration and training cover every test of the plan, which reaches back half
# a year; the expired ones ended before.
_VALID = timedelta(days=365)
_PURPOSE = "demo"


def enrol(opened: Runtime) -> Access:
    """Enrol everybody in one transaction, and tell their keys and passwords."""
    now = opened.clock()
    with opened.database.writing() as session:
        owners = tuple(
            made
            for plan in city.ORGANISATIONS
            if (made := _organisation(session, plan, now))
        )
        places = tuple(_station(session, plan, now) for plan in city.STATIONS)
        everybody = tuple(_person(session, plan, opened) for plan in city.PEOPLE)
    return Access(stations=places, organisations=owners, people=everybody)


def _organisation(
    session: Session, plan: OrganisationPlan, now: datetime
) -> OrganisationRecord | None:
    made = enrolment.add_organisation(
        session, code=plan.code, name=plan.name, kind=plan.kind, now=now
    )
    if plan.key_role is None:
        return None
    key = api_keys.make(
        session,
        organisation_id=made.organisation_id,
        station_id=None,
        role=plan.key_role,
        purpose=_PURPOSE,
        now=now,
    )
    return OrganisationRecord(
        id=plan.code,
        kind=plan.kind.value,
        role=plan.key_role.value,
        key=key.text,
    )


def _station(session: Session, plan: StationPlan, now: datetime) -> StationRecord:
    made = stations.add_station(
        session,
        code=plan.code,
        organisation_code=plan.operator,
        district_code=plan.district,
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        address_zh=plan.address_zh,
        address_en=plan.address_en,
        opening_hours="09:00-18:00",
        now=now,
    )
    _instrument(session, plan.code, city.EBC, now=now)
    if plan.code == city.EXPIRED_AT:
        _instrument(session, plan.code, city.EBC_EXPIRED, now=now - 2 * _VALID)
    key = api_keys.make(
        session,
        organisation_id=made.organisation_id,
        station_id=made.station_id,
        role=Role.INSPECTOR,
        purpose=_PURPOSE,
        now=now,
    )
    return StationRecord(id=plan.code, key=key.text, district=plan.district)


def _instrument(session: Session, station: str, code: str, *, now: datetime) -> None:
    equipment.add_instrument(
        session,
        station_code=station,
        code=code,
        model="ZKETECH EBC-B20H, RC3563",
        serial=f"{station}-{code}",
        calibrated_on=city_date(now - _VALID),
        calibrated_until=city_date(now + _VALID),
        now=now,
    )


def _person(session: Session, plan: PersonPlan, opened: Runtime) -> PersonRecord:
    now = opened.clock()
    password = people.make_password()
    trained = (city_date(now - _VALID), city_date(now + _VALID))
    people.add_person(
        session,
        new=NewPerson(
            sign_in=plan.sign_in,
            role=plan.role,
            organisation_code=plan.organisation,
            staff_number=plan.staff_number,
            station_code=plan.station,
            district_code=plan.district,
            name=plan.name,
            training=trained if plan.is_trained else None,
        ),
        password=password,
        vault=opened.vault,
        now=now,
    )
    return PersonRecord(role=plan.role.value, sign_in=plan.sign_in, password=password)
