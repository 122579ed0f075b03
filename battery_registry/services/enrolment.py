"""Who takes part: the organisations, and what every enrolment checks.

Stations are enrolled in ``stations``, people in ``people``, keys in
``api_keys``. Nothing is ever deleted, since inspections point at it; it is
disabled.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, RowMapping, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import district, organisation

_CODE = r"[a-z0-9][a-z0-9-]{0,30}[a-z0-9]"

# What sort of organisation a role can belong to. A carrier's drivers are
# collectors; an auditor sits with those who watch, an admin with those who run.
ORGANISATIONS_OF: Final[Mapping[Role, frozenset[OrganisationKind]]] = MappingProxyType(
    {
        Role.INSPECTOR: frozenset({OrganisationKind.STATION_OPERATOR}),
        Role.COLLECTOR: frozenset(
            {OrganisationKind.COLLECTOR, OrganisationKind.CARRIER}
        ),
        Role.RECYCLER: frozenset({OrganisationKind.RECYCLER}),
        Role.DEALER: frozenset({OrganisationKind.DEALER}),
        Role.REGULATOR: frozenset({OrganisationKind.REGULATOR}),
        Role.AUDITOR: frozenset(
            {OrganisationKind.REGULATOR, OrganisationKind.REGISTRY_OPERATOR}
        ),
        Role.ADMIN: frozenset({OrganisationKind.REGISTRY_OPERATOR}),
    }
)


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


class UnknownDistrictError(RegistryError):
    """There is no such district."""

    code = "district_unknown"


class RoleOfOtherKindError(RegistryError):
    """This sort of organisation has nobody in that role."""

    code = "role_of_other_kind"


class DatesReversedError(RegistryError):
    """The last day lies before the first."""

    code = "dates_reversed"


_COLUMNS = select(
    organisation.c.organisation_id,
    organisation.c.code,
    organisation.c.name,
    organisation.c.kind,
    organisation.c.licence_number,
    organisation.c.disabled_at,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """An organisation that takes part."""

    organisation_id: UUID
    code: str
    name: str
    kind: OrganisationKind
    licence_number: str | None
    disabled_at: datetime | None


def add_organisation(
    session: Session,
    *,
    code: str,
    name: str,
    kind: OrganisationKind,
    now: datetime,
    licence_number: str | None = None,
) -> Organisation:
    """Enrol an organisation.

    Args:
        session: A transaction that writes.
        code: 2 to 32 small letters, digits and hyphens; it is public.
        name: At most 128 signs.
        kind: What it is in the registry for.
        now: The time of the request.
        licence_number: At most 64 signs.

    Raises:
        EnrolmentValueError: A value is spelled wrong.
        DuplicateError: The code is taken.
    """
    check_spelling(code, field="code", pattern=_CODE)
    refuse_duplicate(session, {organisation.c.code: code}, field="code")
    made = Organisation(
        organisation_id=new_id(now),
        code=code,
        name=check_text(name, field="name", most=128),
        kind=kind,
        licence_number=check_optional(licence_number, field="licence_number", most=64),
        disabled_at=None,
    )
    session.execute(
        insert(organisation).values(
            organisation_id=made.organisation_id,
            code=made.code,
            name=made.name,
            kind=made.kind.value,
            licence_number=made.licence_number,
            created_at=now,
        )
    )
    return made


def list_organisations(session: Session) -> tuple[Organisation, ...]:
    """List all organisations, the disabled ones too, by code."""
    rows = session.execute(_COLUMNS.order_by(organisation.c.code))
    return tuple(_organisation(row) for row in rows.mappings())


def get_organisation(
    session: Session, *, code: str, field: str = "organisation"
) -> Organisation:
    """Get an organisation that takes part.

    Raises:
        UnknownOrganisationError: There is none of that code.
    """
    row = (
        session.execute(
            _COLUMNS.where(organisation.c.code == code).where(
                organisation.c.disabled_at.is_(None)
            )
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise UnknownOrganisationError(field=field, organisation=code)
    return _organisation(row)


def disable_organisation(session: Session, *, code: str, now: datetime) -> None:
    """Disable an organisation: its people and keys are refused from now on.

    Raises:
        UnknownOrganisationError: There is none of that code.
    """
    found = get_organisation(session, code=code, field="code")
    session.execute(
        update(organisation)
        .where(organisation.c.organisation_id == found.organisation_id)
        .values(disabled_at=now)
    )


def enable_organisation(session: Session, *, code: str) -> None:
    """Let a disabled organisation take part again; another one stays as it is.

    Raises:
        UnknownOrganisationError: There never was one of that code.
    """
    done = session.execute(
        update(organisation)
        .where(organisation.c.code == code)
        .values(disabled_at=None)
        .returning(organisation.c.code)
    )
    if done.one_or_none() is None:
        raise UnknownOrganisationError(field="code", organisation=code)


def check_spelling(value: str, *, field: str, pattern: str) -> str:
    """Refuse a code that is spelled wrong.

    Raises:
        EnrolmentValueError: It does not match the pattern as a whole.
    """
    if re.fullmatch(pattern, value, re.ASCII) is None:
        raise EnrolmentValueError(field=field, needed=pattern)
    return value


def check_text(value: str, *, field: str, most: int) -> str:
    """Refuse a text that is blank, too long, or holds control characters.

    Raises:
        EnrolmentValueError: It does.
    """
    text = value.strip()
    if not 1 <= len(text) <= most or not text.isprintable():
        raise EnrolmentValueError(field=field, needed=f"1 to {most} printable signs")
    return text


def check_optional(value: str | None, *, field: str, most: int) -> str | None:
    """Check a text that may be left out.

    Raises:
        EnrolmentValueError: It is there and wrong.
    """
    return None if value is None else check_text(value, field=field, most=most)


def check_days(first: date, last: date, *, field: str) -> None:
    """Refuse a span of days that ends before it begins.

    Raises:
        DatesReversedError: It does.
    """
    if last < first:
        raise DatesReversedError(field=field, first=first.isoformat())


def check_district(session: Session, *, code: str) -> str:
    """Refuse a district that is not one of the city's.

    Raises:
        UnknownDistrictError: It is not.
    """
    known = select(district.c.district_code).where(district.c.district_code == code)
    if session.scalar(known) is None:
        raise UnknownDistrictError(field="district", district=code)
    return code


def check_role(role: Role, *, kind: OrganisationKind) -> None:
    """Refuse a role in an organisation that has nobody in it.

    Raises:
        RoleOfOtherKindError: It has none.
    """
    if kind not in ORGANISATIONS_OF[role]:
        raise RoleOfOtherKindError(field="role", role=role.value, kind=kind.value)


def refuse_duplicate(
    session: Session, key: Mapping[Column[Any], object], *, field: str
) -> None:
    """Refuse what is there already.

    Args:
        session: The transaction that is to add it.
        key: The columns that must be one's own, and their values.
        field: The field to name.

    Raises:
        DuplicateError: It is there.
    """
    same = [column == value for column, value in key.items()]
    if session.execute(select(*key).where(*same)).first() is not None:
        raise DuplicateError(field=field)


def _organisation(row: RowMapping) -> Organisation:
    return Organisation(**{**row, "kind": OrganisationKind(row["kind"])})
