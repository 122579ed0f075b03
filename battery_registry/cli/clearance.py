"""``clearance verify``: check a clearance without asking the registry."""

import json
from pathlib import Path

import click

from battery_registry.cli import key_set, runtime
from battery_registry.cli.failure import FailedError
from battery_registry.domain import clearance as clearances
from battery_registry.domain.clearance import ClearanceError
from battery_registry.domain.jws import JwsError
from battery_registry.domain.status_list import StatusListError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def clearance() -> None:
    """Clearances: the registry's signed word that a battery may be sold."""


@clearance.command()
@click.argument("file", type=_FILE)
@click.option(
    "--jwks", required=True, type=_FILE, help="/.well-known/jwks.json, as fetched."
)
@click.option(
    "--status-list",
    required=True,
    type=_FILE,
    help="/api/v1/status-list, fetched after the clearance was given.",
)
def verify(*, file: Path, jwks: Path, status_list: Path) -> None:
    """Check the clearance in FILE; nothing is asked over the network.

    Prints what it says as JSON; fails when it does not hold.
    """
    try:
        found = clearances.verify(
            _text(file),
            jwks=key_set.read(jwks),
            list_token=_text(status_list),
            now=runtime.now(),
        )
    except (ClearanceError, JwsError, StatusListError) as refusal:
        raise FailedError(f"not valid: {refusal.params['why']}") from refusal
    told = {
        "valid": True,
        "code": found.code,
        "answer": found.answer.value,
        "verdict": found.verdict,
        "reasons": list(found.reasons),
        "purpose": found.purpose.value,
        "issuer": found.issuer,
        "expires_at": found.expires_at.isoformat(),
    }
    click.echo(json.dumps(told, ensure_ascii=False))


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FailedError(f"{file} is no token") from error
