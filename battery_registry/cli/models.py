"""``models``: what new packs of each model read."""

import click

from battery_registry.cli import runtime
from battery_registry.services import models as model_references


@click.group()
def models() -> None:
    """What new packs of each model read, against which an older one is judged."""


@models.command()
def refresh() -> None:
    """Work the new values out again from the registry's own young packs.

    Inspections from then on are judged against them; earlier verdicts stay.
    """
    with runtime.opened() as opened, opened.database.writing() as session:
        count = model_references.refresh(session, now=opened.clock())
    click.echo(f"{count} values of new packs")
