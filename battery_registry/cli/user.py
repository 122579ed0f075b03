"""``user``: people who sign in."""

import sys
from datetime import date

import click

from battery_registry.cli import runtime
from battery_registry.cli.days import DAY
from battery_registry.cli.listing import show
from battery_registry.domain.roles import Role
from battery_registry.services import people
from battery_registry.services.people import NewPerson

_password = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input; without it one is made.",
)


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@click.argument("sign_in")
@click.option("--role", required=True, type=click.Choice([r.value for r in Role]))
@click.option("--organisation", required=True, help="Code of whom they act for.")
@click.option(
    "--staff-number", required=True, help="Stands in inspections; not a name."
)
@click.option("--station", help="Code of the station they are bound to.")
@click.option("--district", help="What a regulator answers for.")
@click.option("--name", help="What to call them; kept encrypted.")
@click.option(
    "--training", type=DAY, nargs=2, help="First and last day of their training."
)
@_password
def add(
    sign_in: str,
    role: str,
    organisation: str,
    staff_number: str,
    station: str | None,
    district: str | None,
    name: str | None,
    training: tuple[date, date] | None,
    *,
    password_stdin: bool,
) -> None:
    """Enrol somebody who signs in as SIGN_IN."""
    password = _read_password() if password_stdin else people.make_password()
    new = NewPerson(
        sign_in=sign_in,
        role=Role(role),
        organisation_code=organisation,
        staff_number=staff_number,
        station_code=station,
        district_code=district,
        name=name,
        training=training,
    )
    with runtime.opened() as opened, opened.database.writing() as session:
        people.add_person(
            session,
            new=new,
            password=password,
            vault=opened.vault,
            now=opened.clock(),
        )
    click.echo(f"user {sign_in} added")
    if not password_stdin:
        _show_once(password)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List everybody, without their names."""
    with runtime.opened() as opened, opened.database.reading() as session:
        found = people.list_people(session)
    columns = (
        "sign_in",
        "role",
        "organisation_code",
        "station_code",
        "staff_number",
        "training_valid_until",
        "disabled_at",
    )
    show(found, columns=columns, as_json=as_json)


@user.command()
@click.argument("sign_in")
@click.argument("first_day", type=DAY)
@click.argument("last_day", type=DAY)
def train(sign_in: str, first_day: date, last_day: date) -> None:
    """Note a new training of somebody, and the days it is valid."""
    with runtime.opened() as opened, opened.database.writing() as session:
        people.train_person(session, sign_in=sign_in, training=(first_day, last_day))
    click.echo(f"user {sign_in} trained until {last_day}")


@user.command()
@click.argument("sign_in")
@_password
def password(sign_in: str, *, password_stdin: bool) -> None:
    """Give somebody a new password and end their sessions."""
    new = _read_password() if password_stdin else people.make_password()
    with runtime.opened() as opened, opened.database.writing() as session:
        people.set_password(session, sign_in=sign_in, password=new, now=opened.clock())
    click.echo(f"user {sign_in} has a new password")
    if not password_stdin:
        _show_once(new)


@user.command()
@click.argument("sign_in")
def disable(sign_in: str) -> None:
    """Disable somebody and end their sessions."""
    with runtime.opened() as opened, opened.database.writing() as session:
        people.disable_person(session, sign_in=sign_in, now=opened.clock())
    click.echo(f"user {sign_in} disabled")


def _read_password() -> str:
    # Never an argument: those can be read in the list of processes.
    return sys.stdin.readline().rstrip("\r\n")


def _show_once(password: str) -> None:
    click.echo(f"password (shown once): {password}")
