"""Admin pages of who takes part: organisations, people, keys of machines."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.city_time import city_date
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.queries import districts
from battery_registry.services import (
    enrolment,
    people,
    stations,
)
from battery_registry.services.people import NewPerson
from battery_registry.web.admin_parts import (
    Field,
    Form,
    Row,
    Subject,
    Told,
    chosen,
    day,
    needed,
    optional,
)
from battery_registry.web.showing import city_day, local, plain


class OwnAccountError(RegistryError):
    """Nobody disables their own account: they could not undo it."""

    code: ClassVar[str] = "admin_own_account"
    kind: ClassVar[Kind] = Kind.CONFLICT


_UNDO = {"disable": "enable", "enable": "disable"}
ROLES = tuple(role.value for role in Role)
_KINDS = tuple(kind.value for kind in OrganisationKind)


def kind_words(kind: str) -> str:
    """Say what an organisation is in the registry for."""
    return context.text(f"admin.kind.{kind}")


def organisation_options(session: Session) -> list[tuple[str, str]]:
    """List the organisations that take part, to choose from."""
    return [
        (one.code, f"{one.name} ({one.code})")
        for one in enrolment.list_organisations(session)
        if one.disabled_at is None
    ]


def station_options(session: Session) -> list[tuple[str, str]]:
    """List the stations that take part, to choose from."""
    return [
        (one.code, f"{local(one, 'name')} ({one.code})")
        for one in stations.list_stations(session)
        if one.disabled_at is None
    ]


def district_options(session: Session) -> list[tuple[str, str]]:
    """List the districts, to choose from."""
    return [
        (one.district_code, str(local(one, "name")))
        for one in districts.list_all(session)
    ]


def role_options() -> list[tuple[str, str]]:
    """List the roles, to choose from."""
    return [(role, context.text(f"role.{role}")) for role in ROLES]


def toggles(disabled_at: datetime | None, *more: str) -> Sequence[str]:
    """List what can be done to something that is disabled or not."""
    return (*more, "disable") if disabled_at is None else ("enable",)


def _organisations(session: Session) -> list[Row]:
    return [
        Row(
            key=one.code,
            cells=(one.code, one.name, kind_words(one.kind), plain(one.licence_number)),
            is_ended=one.disabled_at is not None,
            acts=toggles(one.disabled_at),
        )
        for one in enrolment.list_organisations(session)
    ]


def _organisation_fields(_session: Session) -> list[Field]:
    kinds = [(kind, kind_words(kind)) for kind in _KINDS]
    return [
        Field(name="code", hint="admin.hint.code"),
        Field(name="name"),
        Field(name="kind", options=kinds),
        Field(name="licence_number", required=False),
    ]


def _add_organisation(session: Session, told: Told) -> None:
    enrolment.add_organisation(
        session,
        code=needed(told, "code"),
        name=needed(told, "name"),
        kind=OrganisationKind(chosen(told, "kind", _KINDS)),
        licence_number=optional(told, "licence_number"),
        now=context.now(),
    )


def _people(session: Session) -> list[Row]:
    today = city_date(context.now())
    return [
        Row(
            key=one.sign_in,
            cells=(
                one.sign_in,
                context.text(f"role.{one.role}"),
                one.organisation_code,
                plain(one.station_code),
                one.staff_number,
                city_day(one.training_valid_until),
            ),
            is_ended=one.disabled_at is not None,
            acts=toggles(one.disabled_at, "password"),
            warning=(
                context.text("admin.training_over")
                if one.training_valid_until and one.training_valid_until < today
                else ""
            ),
        )
        for one in people.list_people(session)
    ]


def _person_fields(session: Session) -> list[Field]:
    return [
        Field(name="sign_in", hint="admin.hint.sign_in"),
        Field(name="role", options=role_options()),
        Field(name="organisation", options=organisation_options(session)),
        Field(name="staff_number", hint="admin.hint.staff_number"),
        Field(name="station", options=station_options(session), required=False),
        Field(name="district", options=district_options(session), required=False),
        Field(name="person_name", required=False),
        Field(name="training_from", kind="date", required=False),
        Field(name="training_until", kind="date", required=False),
    ]


def _add_person(session: Session, told: Told) -> str:
    password = people.make_password()
    has_training = optional(told, "training_from") or optional(told, "training_until")
    new = NewPerson(
        sign_in=needed(told, "sign_in"),
        role=Role(chosen(told, "role", ROLES)),
        organisation_code=needed(told, "organisation"),
        staff_number=needed(told, "staff_number"),
        station_code=optional(told, "station"),
        district_code=optional(told, "district"),
        name=optional(told, "person_name"),
        training=(
            (day(told, "training_from"), day(told, "training_until"))
            if has_training
            else None
        ),
    )
    people.add_person(
        session,
        new=new,
        password=password,
        vault=context.runtime().vault,
        now=context.now(),
    )
    return password


def _role_fields(session: Session) -> list[Field]:
    names = [
        (one.sign_in, f"{one.sign_in} ({context.text(f'role.{one.role}')})")
        for one in people.list_people(session)
        if one.disabled_at is None
    ]
    return [
        Field(name="sign_in", options=names),
        Field(name="role", options=role_options()),
    ]


def _change_role(session: Session, told: Told) -> None:
    people.change_role(
        session,
        sign_in=needed(told, "sign_in"),
        role=Role(chosen(told, "role", ROLES)),
        now=context.now(),
    )


def _disable_person(session: Session, key: str) -> None:
    mine = context.caller().person_id
    if any(
        one.sign_in == key and one.person_id == mine
        for one in people.list_people(session)
    ):
        raise OwnAccountError(field="sign_in")
    people.disable_person(session, sign_in=key, now=context.now())


def _new_password(session: Session, key: str) -> str:
    password = people.make_password()
    people.set_password(session, sign_in=key, password=password, now=context.now())
    return password


ORGANISATIONS = Subject(
    name="organisations",
    columns=("code", "name", "kind", "licence_number"),
    rows=_organisations,
    forms=(Form(name="add", fields=_organisation_fields, run=_add_organisation),),
    acts={
        "disable": lambda session, key: enrolment.disable_organisation(
            session, code=key, now=context.now()
        ),
        "enable": lambda session, key: enrolment.enable_organisation(session, code=key),
    },
    undo=_UNDO,
)
PEOPLE = Subject(
    name="people",
    columns=(
        *("sign_in", "role", "organisation", "station", "staff_number"),
        "training_until",
    ),
    rows=_people,
    forms=(
        Form(name="add", fields=_person_fields, run=_add_person),
        Form(name="role", fields=_role_fields, run=_change_role),
    ),
    acts={
        "disable": _disable_person,
        "enable": lambda session, key: people.enable_person(session, sign_in=key),
        "password": _new_password,
    },
    undo=_UNDO,
)
