"""A small city, and a body of batteries that were tested in it."""

import random
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.app import create_app
from battery_registry.context import EXTENSION, Runtime
from battery_registry.domain import code
from battery_registry.domain.code import PublicCode
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import api_keys, enrolment, equipment, people, stations
from battery_registry.services.people import NewPerson
from battery_registry.settings import Settings
from battery_registry.store.tables.parties import district
from benchmarks import bodies
from benchmarks.bodies import Bodies
from benchmarks.filling import Filling, Place, find_pattern

_CODES_KEPT = 5_000
_OPERATOR, _MARKET = "city-checks", "city-market"


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """What a case needs to know of the city.

    Args:
        station_key: Key of the station that hands in.
        regulator_key: Key that may read everything.
        pattern: The battery whose rows are the pattern of a new one.
        tables: The tables that hold its rows, in the order of writing.
        codes: Public codes of some batteries.
        districts: Districts whose red list fills a page.
    """

    station_key: str
    regulator_key: str
    pattern: UUID
    tables: tuple[str, ...]
    codes: tuple[str, ...]
    districts: tuple[str, ...]


def build(settings: Settings, *, batteries: int, now: datetime) -> City:
    """Fill a migrated, empty database.

    Args:
        settings: Of the registry that is measured.
        batteries: How many were tested before.
        now: The time of the run, aware.
    """
    app = create_app(settings, clock=lambda: now)
    runtime: Runtime = app.extensions[EXTENSION]
    with runtime.database.writing() as session:
        places = _enrol(session, runtime, now)
        keys = _make_keys(session, places[0], now)
    client = app.test_client()
    healthy = _hand_in(client, Bodies(now), keys[0])
    red = _hand_in(client, Bodies(now, internal_resistance_mohm=500.1), keys[0])
    with runtime.database.writing() as session:
        pattern = find_pattern(session, public_code=healthy)
        others = find_pattern(session, public_code=red)
        filling = Filling(session, healthy=pattern, red=others, places=places)
        codes = filling.fill(batteries, now=now)
    runtime.database.dispose()
    return City(
        station_key=keys[0],
        regulator_key=keys[1],
        pattern=pattern.battery_id,
        tables=pattern.tables,
        codes=tuple(random.sample(codes, min(len(codes), _CODES_KEPT))),
        districts=tuple(place.district_code for place in places),
    )


def _enrol(session: Session, runtime: Runtime, now: datetime) -> list[Place]:
    for name, kind in (
        (_OPERATOR, OrganisationKind.STATION_OPERATOR),
        (_MARKET, OrganisationKind.REGULATOR),
    ):
        enrolment.add_organisation(session, code=name, name=name, kind=kind, now=now)
    districts = session.execute(select(district).order_by(district.c.district_code))
    made = [
        stations.add_station(
            session,
            code=f"ST-{row.district_code}",
            organisation_code=_OPERATOR,
            district_code=row.district_code,
            name_zh=f"{row.name_zh}检测站",
            name_en=f"{row.name_en} station",
            address_zh="示范街1号",
            address_en="1 Example Street",
            opening_hours="09:00-18:00",
            now=now,
        )
        for row in districts.all()
    ]
    _equip(session, made[0].code, runtime, now)
    return [
        Place(station_id=one.station_id, district_code=one.district_code)
        for one in made
    ]


def _equip(session: Session, station: str, runtime: Runtime, now: datetime) -> None:
    """Give a station an instrument and an inspector, both fit."""
    equipment.add_instrument(
        session,
        station_code=station,
        code=bodies.INSTRUMENT,
        model="EBC-B20H",
        calibrated_on=date(now.year - 1, 1, 1),
        calibrated_until=date(now.year + 1, 12, 31),
        now=now,
    )
    people.add_person(
        session,
        new=NewPerson(
            sign_in="inspector",
            role=Role.INSPECTOR,
            organisation_code=_OPERATOR,
            staff_number=bodies.INSPECTOR,
            training=(date(now.year - 1, 1, 1), date(now.year + 1, 12, 31)),
        ),
        password=people.make_password(),
        vault=runtime.vault,
        now=now,
    )


def _make_keys(session: Session, place: Place, now: datetime) -> tuple[str, str]:
    made = []
    for owner, role, station_id in (
        (_OPERATOR, Role.INSPECTOR, place.station_id),
        (_MARKET, Role.REGULATOR, None),
    ):
        organisation = enrolment.get_organisation(session, code=owner)
        key = api_keys.make(
            session,
            organisation_id=organisation.organisation_id,
            station_id=station_id,
            role=role,
            purpose="benchmark",
            now=now,
        )
        made.append(key.text)
    return made[0], made[1]


def _hand_in(client: FlaskClient, some: Bodies, key: str) -> PublicCode:
    """Hand in one inspection; gives its battery's public code."""
    answer = client.post(
        "/api/v1/inspections",
        data=some.one(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    if answer.status_code != HTTPStatus.CREATED:
        raise RuntimeError(answer.text)
    shown: str = answer.get_json()["battery"]["code"]
    return code.parse(shown)
