"""People: who they are, what they may do, since when they are trained."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import accounts, enrolment, stations
from battery_registry.services.enrolment import Organisation
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import (
    organisation,
    person,
    sign_in_session,
    station,
)
from battery_registry.store.vault import Vault

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

_SIGN_IN = r"[a-z0-9][a-z0-9._@+-]{1,62}[a-z0-9]"
_STAFF_NUMBER = r"[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]"
_GENERATED_BYTES = 15

_PEOPLE = (
    select(
        person.c.person_id,
        person.c.sign_in,
        person.c.role,
        organisation.c.code.label("organisation_code"),
        station.c.code.label("station_code"),
        person.c.staff_number,
        person.c.district_code,
        person.c.training_valid_from,
        person.c.training_valid_until,
        person.c.disabled_at,
    )
    .join(organisation, organisation.c.organisation_id == person.c.organisation_id)
    .outerjoin(station, station.c.station_id == person.c.station_id)
)


class PasswordTooWeakError(RegistryError):
    """The password is shorter than twelve signs, longer than 256, or the name."""

    code = "password_too_weak"


class PersonNotFoundError(RegistryError):
    """Nobody signs in by that name, or no longer."""

    code = "person_not_found"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who may sign in; their name stays sealed."""

    person_id: UUID
    sign_in: str
    role: Role
    organisation_code: str
    station_code: str | None
    staff_number: str
    district_code: str | None
    training_valid_from: date | None
    training_valid_until: date | None
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """Somebody to enrol.

    Args:
        sign_in: 3 to 64 small letters, digits and ``. _ @ + -``.
        role: What they may do.
        organisation_code: Whom they act for.
        staff_number: 2 to 32 letters, digits, hyphens. It stands in
            inspections and in the ledger, so it must not be a name.
        station_code: The station they are bound to, of that organisation.
        district_code: What a regulator answers for; None is the whole city.
        name: What to call them, at most 64 signs.
        training: First and last day of their training's validity.
    """

    sign_in: str
    role: Role
    organisation_code: str
    staff_number: str
    station_code: str | None = None
    district_code: str | None = None
    name: str | None = None
    training: tuple[date, date] | None = None


def make_password() -> str:
    """Make a password of 120 random bits."""
    return secrets.token_urlsafe(_GENERATED_BYTES)


def add_person(
    session: Session, *, new: NewPerson, password: str, vault: Vault, now: datetime
) -> Person:
    """Enrol somebody.

    Args:
        session: A transaction that writes.
        new: Who.
        password: 12 to 256 signs; only its argon2id hash is kept.
        vault: Seals the name.
        now: The time of the request.

    Raises:
        EnrolmentValueError: A value is spelled wrong.
        PasswordTooWeakError: The password is.
        DuplicateError: The name to sign in by, or the staff number, is taken.
        UnknownOrganisationError: There is no such organisation.
        RoleOfOtherKindError: That sort of organisation has no such role.
        UnknownStationError: There is no such station.
        StationOfOtherError: The station is another organisation's.
        UnknownDistrictError: There is no such district.
        DatesReversedError: The training ends before it begins.
    """
    employer = enrolment.get_organisation(session, code=new.organisation_code)
    _check(session, new, employer)
    check_password(password, sign_in=new.sign_in)
    name = enrolment.check_optional(new.name, field="name", most=64)
    home = stations.find_own(session, code=new.station_code, owner=employer)
    begin, end = new.training or (None, None)
    values: dict[str, Any] = {
        "person_id": new_id(now),
        "sign_in": new.sign_in,
        "staff_number": new.staff_number,
        "district_code": new.district_code,
        "training_valid_from": begin,
        "training_valid_until": end,
    }
    session.execute(
        insert(person).values(
            **values,
            organisation_id=employer.organisation_id,
            station_id=home.station_id if home else None,
            role=new.role.value,
            password_hash=accounts.hash_password(password),
            name_encrypted=vault.seal(name) if name else None,
            created_at=now,
        )
    )
    return Person(
        **values,
        role=new.role,
        organisation_code=employer.code,
        station_code=new.station_code,
        disabled_at=None,
    )


def check_password(password: str, *, sign_in: str) -> None:
    """Refuse a weak password: length is what counts (NIST SP 800-63B, 3.1.1).

    Raises:
        PasswordTooWeakError: It is too short, too long, or just the name.
    """
    is_long_enough = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    if not is_long_enough or password.casefold() == sign_in.casefold():
        raise PasswordTooWeakError(
            field="password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD
        )


def list_people(session: Session) -> tuple[Person, ...]:
    """List everybody, the disabled ones too, by the name they sign in by."""
    rows = session.execute(_PEOPLE.order_by(person.c.sign_in))
    return tuple(
        Person(**{**row, "role": Role(row["role"])}) for row in rows.mappings()
    )


def train_person(
    session: Session, *, sign_in: str, training: tuple[date, date]
) -> None:
    """Note a new training, which takes the place of the last one.

    Raises:
        PersonNotFoundError: Nobody signs in by that name.
        DatesReversedError: The training ends before it begins.
    """
    enrolment.check_days(*training, field="training_until")
    begin, end = training
    _change(session, sign_in, training_valid_from=begin, training_valid_until=end)


def set_password(
    session: Session, *, sign_in: str, password: str, now: datetime
) -> None:
    """Give somebody a new password, and end their open sessions.

    Raises:
        PersonNotFoundError: Nobody signs in by that name.
        PasswordTooWeakError: The password is.
    """
    check_password(password, sign_in=sign_in)
    hashed = accounts.hash_password(password)
    person_id = _change(session, sign_in, password_hash=hashed)
    _end_sessions(session, person_id, now)


def disable_person(session: Session, *, sign_in: str, now: datetime) -> None:
    """Disable somebody, and end their open sessions.

    Raises:
        PersonNotFoundError: Nobody signs in by that name.
    """
    _end_sessions(session, _change(session, sign_in, disabled_at=now), now)


def enable_person(session: Session, *, sign_in: str) -> None:
    """Let somebody sign in again; who is not disabled stays as they are.

    Raises:
        PersonNotFoundError: Nobody ever signed in by that name.
    """
    again = update(person).where(person.c.sign_in == sign_in).values(disabled_at=None)
    if session.scalar(again.returning(person.c.person_id)) is None:
        raise PersonNotFoundError(field="sign_in", sign_in=sign_in)


def change_role(session: Session, *, sign_in: str, role: Role, now: datetime) -> None:
    """Give somebody another role of their organisation, and end their open sessions.

    Raises:
        PersonNotFoundError: Nobody signs in by that name.
        RoleOfOtherKindError: That sort of organisation has no such role.
    """
    kind = session.scalar(
        select(organisation.c.kind)
        .join(person, person.c.organisation_id == organisation.c.organisation_id)
        .where(person.c.sign_in == sign_in)
    )
    if kind is None:
        raise PersonNotFoundError(field="sign_in", sign_in=sign_in)
    enrolment.check_role(role, kind=OrganisationKind(kind))
    _end_sessions(session, _change(session, sign_in, role=role.value), now)


def _check(session: Session, new: NewPerson, employer: Organisation) -> None:
    enrolment.check_spelling(new.sign_in, field="sign_in", pattern=_SIGN_IN)
    enrolment.check_spelling(
        new.staff_number, field="staff_number", pattern=_STAFF_NUMBER
    )
    enrolment.check_role(new.role, kind=employer.kind)
    enrolment.refuse_duplicate(
        session, {person.c.sign_in: new.sign_in}, field="sign_in"
    )
    enrolment.refuse_duplicate(
        session,
        {
            person.c.organisation_id: employer.organisation_id,
            person.c.staff_number: new.staff_number,
        },
        field="staff_number",
    )
    if new.district_code is not None:
        enrolment.check_district(session, code=new.district_code)
    if new.training is not None:
        enrolment.check_days(*new.training, field="training_until")


def _change(session: Session, sign_in: str, **values: object) -> UUID:
    changed: UUID | None = session.scalar(
        update(person)
        .where(person.c.sign_in == sign_in)
        .where(person.c.disabled_at.is_(None))
        .values(**values)
        .returning(person.c.person_id)
    )
    if changed is None:
        raise PersonNotFoundError(field="sign_in", sign_in=sign_in)
    return changed


def _end_sessions(session: Session, person_id: UUID, now: datetime) -> None:
    session.execute(
        update(sign_in_session)
        .where(sign_in_session.c.person_id == person_id)
        .where(sign_in_session.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
