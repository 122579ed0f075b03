"""``doctor``: what is wrong with this registry, and what soon will be."""

import os
from collections.abc import Sequence

import click

from battery_registry.cli import checks, embedded, runtime
from battery_registry.cli.checks import Finding, Level
from battery_registry.cli.failure import FailedError
from battery_registry.cli.listing import show
from battery_registry.settings import SettingsError

_SICK = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Examine settings, database, schema, clock, fonts and calibrations.

    Exits 1 when something is wrong; a warning alone does not count.
    """
    found = examine()
    show(found, columns=("level", "subject", "told"), as_json=as_json)
    if any(finding.level is Level.WRONG for finding in found):
        ctx.exit(_SICK)


def examine() -> Sequence[Finding]:
    """Examine everything that can be reached."""
    findings = [*checks.drawing()]
    try:
        _refuse_nothing()
        options = runtime.read_settings()
        findings += checks.settings(options)
        with runtime.opened_database(options) as database:
            findings += checks.database(database, now=runtime.now())
            findings += checks.release(database, options)
    except (SettingsError, FailedError) as error:
        findings.append(Finding(level=Level.WRONG, subject="start", told=str(error)))
    return findings


def _refuse_nothing() -> None:
    """Refuse to make, by looking for it, a registry that is not there."""
    home = embedded.folder(os.environ)
    if embedded.is_embedded(os.environ) and not embedded.exists(home):
        raise FailedError(
            f"no registry in {home} yet: `battery-registry serve` makes one"
        )
