"""``statement verify``: check a page's signed answer without asking the registry."""

import json
from pathlib import Path

import click

from battery_registry.cli import key_set, runtime
from battery_registry.cli.failure import FailedError
from battery_registry.domain import statement as statements
from battery_registry.domain.statement import StatementError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def statement() -> None:
    """Signed answers: what a battery's page said, and that it was ours."""


@statement.command()
@click.argument("file", type=_FILE)
@click.option(
    "--jwks", required=True, type=_FILE, help="/.well-known/jwks.json, as fetched."
)
def verify(*, file: Path, jwks: Path) -> None:
    """Check the answer in FILE; nothing is asked over the network.

    Prints what it says as JSON; fails when it does not hold.
    """
    try:
        found = statements.verify(
            file.read_text("ascii").strip(), jwks=key_set.read(jwks), now=runtime.now()
        )
    except (OSError, UnicodeDecodeError) as error:
        raise FailedError(f"{file} is no token") from error
    except StatementError as refusal:
        raise FailedError(f"not valid: {refusal.params['why']}") from refusal
    told = {"valid": True, **found.content()}
    click.echo(json.dumps(told, ensure_ascii=False))
