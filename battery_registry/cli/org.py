"""``org``: organisations that take part."""

import click

from battery_registry.cli import runtime
from battery_registry.cli.listing import show
from battery_registry.domain.roles import OrganisationKind
from battery_registry.services import enrolment


@click.group()
def org() -> None:
    """Organisations that take part."""


@org.command()
@click.argument("code")
@click.option("--name", required=True)
@click.option(
    "--kind", required=True, type=click.Choice([k.value for k in OrganisationKind])
)
@click.option("--licence", help="Number of its licence.")
def add(code: str, name: str, kind: str, licence: str | None) -> None:
    """Enrol an organisation under CODE, such as greencell-recycling."""
    with runtime.opened() as opened, opened.database.writing() as session:
        enrolment.add_organisation(
            session,
            code=code,
            name=name,
            kind=OrganisationKind(kind),
            licence_number=licence,
            now=opened.clock(),
        )
    click.echo(f"organisation {code} added")


@org.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List all organisations."""
    with runtime.opened() as opened, opened.database.reading() as session:
        found = enrolment.list_organisations(session)
    show(found, columns=("code", "kind", "name", "disabled_at"), as_json=as_json)


@org.command()
@click.argument("code")
def disable(code: str) -> None:
    """Disable an organisation with its people and keys."""
    with runtime.opened() as opened, opened.database.writing() as session:
        enrolment.disable_organisation(session, code=code, now=opened.clock())
    click.echo(f"organisation {code} disabled")
