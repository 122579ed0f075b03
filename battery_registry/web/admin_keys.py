"""The admin page of the keys that machines use at the API."""

from datetime import datetime, time, timedelta

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.domain.roles import Role
from battery_registry.services import api_keys, enrolment, key_list, stations
from battery_registry.web import admin_people
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
from battery_registry.web.showing import city_time, plain


def _keys(session: Session) -> list[Row]:
    now = context.now()
    return [
        Row(
            key=one.prefix,
            cells=(
                one.prefix,
                one.purpose,
                one.organisation_code,
                plain(one.station_code),
                context.text(f"role.{one.role}"),
                city_time(one.expires_at),
            ),
            is_ended=bool(
                one.disabled_at or (one.expires_at and one.expires_at <= now)
            ),
            acts=() if one.disabled_at else ("revoke",),
        )
        for one in key_list.list_keys(session)
    ]


def _key_fields(session: Session) -> list[Field]:
    places = admin_people.station_options(session)
    areas = admin_people.district_options(session)
    return [
        Field(name="purpose", hint="admin.hint.purpose"),
        Field(name="organisation", options=admin_people.organisation_options(session)),
        Field(name="role", options=admin_people.role_options()),
        Field(
            name="station",
            options=places,
            required=False,
        ),
        Field(
            name="district",
            options=areas,
            required=False,
        ),
        Field(name="last_day", kind="date", required=False),
    ]


def _add_key(session: Session, told: Told) -> str:
    owner = enrolment.get_organisation(session, code=needed(told, "organisation"))
    role = Role(chosen(told, "role", admin_people.ROLES))
    enrolment.check_role(role, kind=owner.kind)
    home = stations.find_own(session, code=optional(told, "station"), owner=owner)
    area = optional(told, "district")
    ends = day(told, "last_day") if optional(told, "last_day") else None
    made = api_keys.make(
        session,
        organisation_id=owner.organisation_id,
        station_id=home.station_id if home else None,
        district_code=enrolment.check_district(session, code=area) if area else None,
        role=role,
        purpose=enrolment.check_text(needed(told, "purpose"), field="purpose", most=64),
        expires_at=(
            datetime.combine(ends, time.min, CITY_ZONE) + timedelta(days=1)
            if ends
            else None
        ),
        now=context.now(),
    )
    return made.text


KEYS = Subject(
    name="keys",
    columns=("prefix", "purpose", "organisation", "station", "role", "expires"),
    rows=_keys,
    forms=(Form(name="add", fields=_key_fields, run=_add_key),),
    acts={
        "revoke": lambda session, key: api_keys.disable(
            session, prefix=key, now=context.now()
        )
    },
)
