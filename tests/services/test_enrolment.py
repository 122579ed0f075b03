from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import (
    accounts,
    enrolment,
    equipment,
    key_list,
    people,
    stations,
)
from battery_registry.services.accounts import SignedIn
from battery_registry.services.people import NewPerson
from battery_registry.store.db import Database
from battery_registry.store.tables.parties import person, sign_in_session
from battery_registry.store.vault import Vault
from tests.builders import NOW, Registry

VAULT = Vault(data_key=b"d" * 32, lookup_key=b"l" * 32)
PASSWORD = "a long enough password"  # noqa: S105 - of test people only
TRAINING = (date(2026, 1, 1), date(2027, 1, 1))


def add_operator(session: Session, code: str = "north-checks") -> None:
    enrolment.add_organisation(
        session,
        code=code,
        name="北检",
        kind=OrganisationKind.STATION_OPERATOR,
        now=NOW,
    )


def add_station(session: Session, **changes: Any) -> stations.Station:
    values = {
        "code": "N-01",
        "organisation_code": "north-checks",
        "district_code": "110105",
        "name_zh": "北一站",
        "name_en": "North 1",
        "now": NOW,
    }
    return stations.add_station(session, **{**values, **changes})


def add_instrument(session: Session, **changes: Any) -> equipment.Instrument:
    values = {
        "station_code": "N-01",
        "code": "EBC-1",
        "model": "EBC-B20H",
        "calibrated_on": date(2026, 1, 1),
        "calibrated_until": date(2027, 1, 1),
        "now": NOW,
    }
    return equipment.add_instrument(session, **{**values, **changes})


def add_person(
    session: Session, password: str = PASSWORD, **changes: Any
) -> people.Person:
    values = {
        "sign_in": "li.wei",
        "role": Role.INSPECTOR,
        "organisation_code": "north-checks",
        "staff_number": "N-0001",
        "station_code": "N-01",
        "name": "李伟",
        "training": TRAINING,
    }
    new = NewPerson(**{**values, **changes})
    return people.add_person(session, new=new, password=password, vault=VAULT, now=NOW)


def fill(session: Session) -> None:
    add_operator(session)
    add_station(session)
    add_instrument(session)
    add_person(session)


def test_what_is_enrolled_is_listed(database: Database) -> None:
    with database.writing() as session:
        add_operator(session)
        made = (add_station(session), add_instrument(session), add_person(session))
    with database.reading() as session:
        listed = (
            stations.list_stations(session),
            equipment.list_instruments(session, station_code="N-01"),
            people.list_people(session),
        )
        assert [o.code for o in enrolment.list_organisations(session)] == [
            "north-checks"
        ]
        assert equipment.list_instruments(session, station_code="N-02") == ()
        assert len(equipment.list_instruments(session)) == 1
    assert listed == tuple((one,) for one in made)


def sign_in(session: Session) -> SignedIn:
    found = accounts.recognise(
        session, name="li.wei", password=PASSWORD, address="::1", now=NOW
    )
    assert found is not None
    return accounts.open_session(session, found=found, hours=1, now=NOW)


def test_a_new_person_can_sign_in_and_their_name_is_sealed(database: Database) -> None:
    with database.writing() as session:
        fill(session)
        signed_in = sign_in(session)
        found = accounts.find_caller(
            session, token=signed_in.token, now=NOW, vault=VAULT
        )
        sealed = session.scalar(select(person.c.name_encrypted))
    assert found is not None
    assert (found.name, found.station_code) == ("李伟", "N-01")
    assert sealed is not None
    assert "李伟".encode() not in sealed


OTHER = {"sign_in": "wang", "staff_number": "N-2"}
# What is enrolled, how it is wrong, the refusal's code, the field it names.
WRONG: list[tuple[Callable[..., object], dict[str, Any], str, str]] = [
    (add_operator, {}, "enrolment_duplicate", "code"),
    (add_operator, {"code": "North"}, "enrolment_value", "code"),
    (add_operator, {"code": "a"}, "enrolment_value", "code"),
    (add_operator, {"code": "ab\n"}, "enrolment_value", "code"),
    (add_station, {}, "enrolment_duplicate", "code"),
    (add_station, {"code": "n-02"}, "enrolment_value", "code"),
    (
        add_station,
        {"code": "N-02", "organisation_code": "nobody"},
        "organisation_unknown",
        "organisation",
    ),
    (
        add_station,
        {"code": "N-02", "district_code": "999999"},
        "district_unknown",
        "district",
    ),
    (add_station, {"code": "N-02", "name_zh": " "}, "enrolment_value", "name_zh"),
    (add_station, {"code": "N-02", "name_en": "a\0b"}, "enrolment_value", "name_en"),
    (
        add_station,
        {"code": "N-02", "address_zh": "x" * 129},
        "enrolment_value",
        "address_zh",
    ),
    (add_instrument, {}, "enrolment_duplicate", "code"),
    (add_instrument, {"station_code": "N-09"}, "station_unknown", "station"),
    (
        add_instrument,
        {"calibrated_until": date(2025, 12, 31)},
        "dates_reversed",
        "calibrated_until",
    ),
    (add_person, {}, "enrolment_duplicate", "sign_in"),
    (add_person, {"sign_in": "wang"}, "enrolment_duplicate", "staff_number"),
    (add_person, OTHER | {"sign_in": "Wang"}, "enrolment_value", "sign_in"),
    (add_person, OTHER | {"staff_number": "王"}, "enrolment_value", "staff_number"),
    (add_person, OTHER | {"role": Role.ADMIN}, "role_of_other_kind", "role"),
    (add_person, OTHER | {"station_code": "N-9"}, "station_unknown", "station"),
    (add_person, OTHER | {"district_code": "1"}, "district_unknown", "district"),
    (
        add_person,
        OTHER | {"training": TRAINING[::-1]},
        "dates_reversed",
        "training_until",
    ),
    (add_person, OTHER | {"password": "x" * 11}, "password_too_weak", "password"),
    (add_person, OTHER | {"password": "x" * 257}, "password_too_weak", "password"),
    (
        add_person,
        OTHER | {"sign_in": "wang.longname", "password": "WANG.LONGNAME"},
        "password_too_weak",
        "password",
    ),
]


def test_a_wrong_enrolment_names_its_field(database: Database) -> None:
    with database.writing() as session:
        fill(session)
        for enrol, changes, code, field in WRONG:
            with pytest.raises(RegistryError) as refused:
                enrol(session, **changes)
            told = (refused.value.code, refused.value.field)
            assert told == (code, field), (enrol.__name__, changes)


def test_a_password_of_twelve_signs_will_do(database: Database) -> None:
    with database.writing() as session:
        add_operator(session)
        made = add_person(session, "x" * 12, station_code=None, name=None)
    assert made.station_code is None


def test_a_made_password_is_long_enough_and_another_each_time() -> None:
    first, second = people.make_password(), people.make_password()
    people.check_password(first, sign_in="li.wei")
    assert first != second


def test_only_station_operators_have_stations(database: Database) -> None:
    with database.writing() as session:
        enrolment.add_organisation(
            session,
            code="greencell",
            name="G",
            kind=OrganisationKind.RECYCLER,
            licence_number="R-1",
            now=NOW,
        )
        with pytest.raises(stations.NoStationOperatorError):
            add_station(session, organisation_code="greencell")


def test_somebody_is_not_bound_to_another_organisations_station(
    database: Database,
) -> None:
    with database.writing() as session:
        fill(session)
        add_operator(session, "south-checks")
        with pytest.raises(stations.StationOfOtherError):
            add_person(session, organisation_code="south-checks", sign_in="wang.fang")


def test_every_role_has_a_kind_of_organisation() -> None:
    assert set(enrolment.ORGANISATIONS_OF) == set(Role)
    assert all(enrolment.ORGANISATIONS_OF.values())


def test_a_disabled_organisation_is_gone_but_listed(database: Database) -> None:
    with database.writing() as session:
        fill(session)
        enrolment.disable_organisation(session, code="north-checks", now=NOW)
        (found,) = enrolment.list_organisations(session)
        assert found.disabled_at == NOW
        with pytest.raises(enrolment.UnknownOrganisationError):
            enrolment.disable_organisation(session, code="north-checks", now=NOW)
        with pytest.raises(stations.UnknownStationError):
            stations.get_station(session, code="N-01")


def test_a_disabled_station_takes_no_more_instruments(database: Database) -> None:
    with database.writing() as session:
        fill(session)
        stations.disable_station(session, code="N-01", now=NOW)
        with pytest.raises(stations.UnknownStationError):
            add_instrument(session, code="EBC-2")
        assert stations.list_stations(session)[0].disabled_at == NOW


def test_an_instrument_is_calibrated_anew_and_disabled(database: Database) -> None:
    span = {"calibrated_on": date(2027, 1, 1), "calibrated_until": date(2028, 1, 1)}
    with database.writing() as session:
        fill(session)
        equipment.calibrate_instrument(
            session, station_code="N-01", code="EBC-1", **span
        )
        equipment.disable_instrument(
            session, station_code="N-01", code="EBC-1", now=NOW
        )
        (found,) = equipment.list_instruments(session)
        assert found.calibrated_until == date(2028, 1, 1)
        assert found.disabled_at == NOW
        with pytest.raises(equipment.InstrumentNotFoundError):
            equipment.calibrate_instrument(
                session, station_code="N-01", code="EBC-1", **span
            )
        with pytest.raises(equipment.InstrumentNotFoundError):
            equipment.disable_instrument(
                session, station_code="N-09", code="EBC-1", now=NOW
            )


def test_a_person_is_trained_anew(database: Database) -> None:
    later = (date(2027, 1, 1), date(2028, 1, 1))
    with database.writing() as session:
        fill(session)
        people.train_person(session, sign_in="li.wei", training=later)
        (found,) = people.list_people(session)
        assert (found.training_valid_from, found.training_valid_until) == later
        with pytest.raises(enrolment.DatesReversedError):
            people.train_person(session, sign_in="li.wei", training=later[::-1])


@pytest.mark.parametrize("way", ["disable", "password"])
def test_a_changed_sign_in_ends_what_is_open(database: Database, way: str) -> None:
    with database.writing() as session:
        fill(session)
        sign_in(session)
    later = NOW + timedelta(minutes=1)
    with database.writing() as session:
        if way == "disable":
            people.disable_person(session, sign_in="li.wei", now=later)
        else:
            people.set_password(
                session, sign_in="li.wei", password=PASSWORD[::-1], now=later
            )
        still_open = session.scalar(
            select(func.count())
            .select_from(sign_in_session)
            .where(sign_in_session.c.revoked_at.is_(None))
        )
        old = accounts.check_password(session, sign_in="li.wei", password=PASSWORD)
    assert (still_open, old) == (0, None)


def test_nobody_is_not_found(database: Database) -> None:
    with database.writing() as session, pytest.raises(people.PersonNotFoundError):
        people.disable_person(session, sign_in="nobody", now=NOW)


def test_keys_are_listed_without_their_secrets(registry: Registry) -> None:
    with registry.runtime.database.reading() as session:
        listed = key_list.list_keys(session)
    at_station = {key.station_code for key in listed if key.role is Role.INSPECTOR}
    assert at_station == {"XC-01", "HD-01"}
    assert len(listed) == len(registry.keys)
    # br_live_<prefix>_<secret>, and the secret may hold underscores of its own.
    secret = registry.keys["XC-01"].split("_", 3)[3]
    assert len(secret) == 43
    assert not any(secret in repr(key) for key in listed)
