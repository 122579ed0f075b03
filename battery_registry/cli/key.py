"""``key``: keys of machines."""

from datetime import date, datetime, time, timedelta

import click

from battery_registry.cli import runtime
from battery_registry.cli.days import DAY
from battery_registry.cli.listing import show
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.domain.roles import Role
from battery_registry.services import api_keys, enrolment, key_list, stations


@click.group()
def key() -> None:
    """Keys that machines use at the API."""


@key.command()
@click.option("--organisation", required=True, help="Code of whose key it is.")
@click.option("--station", help="Code of the station it is bound to.")
@click.option("--district", help="The district a regulator's key answers for.")
@click.option("--role", required=True, type=click.Choice([r.value for r in Role]))
@click.option("--purpose", required=True, help="What uses it, and where.")
@click.option("--last-day", type=DAY, help="The last day it works.")
def add(
    organisation: str,
    station: str | None,
    district: str | None,
    role: str,
    purpose: str,
    last_day: date | None,
) -> None:
    """Make a key and show it, once."""
    with runtime.opened() as opened, opened.database.writing() as session:
        owner = enrolment.get_organisation(session, code=organisation)
        enrolment.check_role(Role(role), kind=owner.kind)
        home = stations.find_own(session, code=station, owner=owner)
        made = api_keys.make(
            session,
            organisation_id=owner.organisation_id,
            station_id=home.station_id if home else None,
            district_code=(
                enrolment.check_district(session, code=district) if district else None
            ),
            role=Role(role),
            purpose=enrolment.check_text(purpose, field="purpose", most=64),
            expires_at=_end_of(last_day) if last_day else None,
            now=opened.clock(),
        )
    click.echo(f"key {made.prefix} added")
    click.echo(f"key (shown once): {made.text}")


@key.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List all keys, without their secrets."""
    with runtime.opened() as opened, opened.database.reading() as session:
        found = key_list.list_keys(session)
    columns = (
        "prefix",
        "organisation_code",
        "station_code",
        "role",
        "purpose",
        "expires_at",
        "disabled_at",
    )
    show(found, columns=columns, as_json=as_json)


@key.command()
@click.argument("prefix")
def disable(prefix: str) -> None:
    """Disable the key that begins with PREFIX, at once."""
    with runtime.opened() as opened, opened.database.writing() as session:
        api_keys.disable(session, prefix=prefix, now=opened.clock())
    click.echo(f"key {prefix} disabled")


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.min, CITY_ZONE) + timedelta(days=1)
