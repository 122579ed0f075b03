"""``scoring propose`` and ``sign-off``: two people let a rule set go live."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from battery_registry.cli import runtime, words
from battery_registry.cli.failure import FailedError
from battery_registry.cli.rescore_report import sha256_of
from battery_registry.domain import RegistryError
from battery_registry.services import releases

_STEP = (
    click.option("--ruleset", "ruleset_id", required=True, help="Which rule set."),
    click.option(
        "--report",
        "file",
        required=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="What `rescore --report` wrote, unchanged.",
    ),
    click.option(
        "--by",
        required=True,
        metavar="PERSON",
        help="A regulator or an admin, by the name they sign in with.",
    ),
)


def _a_step(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_STEP):
        command = option(command)
    return command


@click.command()
@_a_step
def propose(*, ruleset_id: str, file: Path, by: str) -> None:
    """Propose that a rule set go live, with the report of its rescore."""
    _do(releases.propose, ruleset_id, file, by)
    click.echo(f"{ruleset_id} is proposed by {by}; a second person has to sign off")


@click.command("sign-off")
@_a_step
def sign_off(*, ruleset_id: str, file: Path, by: str) -> None:
    """Sign off a proposed rule set; who proposed it cannot."""
    _do(releases.sign_off, ruleset_id, file, by)
    click.echo(
        f"{ruleset_id} is signed off by {by};"
        f" it judges once BATTERY_REGISTRY_RULESET={ruleset_id} is set"
    )


def _do(step: Callable[..., None], ruleset_id: str, file: Path, by: str) -> None:
    ruleset = runtime.load_ruleset(ruleset_id)
    try:
        sha256 = sha256_of(file)
    except OSError as error:
        raise FailedError(f"{file}: {error.strerror}") from error
    with runtime.opened() as opened:
        given: dict[str, Any] = {"report_sha256": sha256, "by": by}
        try:
            with opened.database.writing() as session:
                step(session, ruleset=ruleset, now=opened.clock(), **given)
        except RegistryError as refusal:
            raise FailedError(words.in_words(refusal)) from refusal
