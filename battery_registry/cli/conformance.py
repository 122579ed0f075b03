"""``conformance``: hold the rules against vectors from outside, and say how it went."""

from pathlib import Path
from typing import Final

import click

from battery_registry.cli.failure import FailedError
from battery_registry.conformance.suite import VectorsMissingError

_DATA: Final = Path("..") / "shared" / "data" / "conformance"
_PAGE: Final = Path("docs") / "conformance.md"


@click.command()
@click.option(
    "--data",
    default=_DATA,
    show_default=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the vectors, each suite in a folder of its own.",
)
@click.option(
    "-o",
    "--output",
    default=_PAGE,
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the table goes, Markdown.",
)
def conformance(*, data: Path, output: Path) -> None:
    """Run all vectors and write the matrix.

    Exits 1 when a case comes out otherwise than its vector says and no reason
    is on record, or when one with a reason passes.
    """
    try:
        # Needs what serving a registry does not: the extra `conformance`.
        from battery_registry.conformance import matrix  # noqa: PLC0415 - as said above
    except ModuleNotFoundError as error:
        raise FailedError(
            f"{error.name} is missing: install battery-registry[conformance]"
        ) from error
    try:
        found = matrix.run(data)
    except VectorsMissingError as error:
        raise FailedError(str(error)) from error
    try:
        output.write_text(matrix.write(found), encoding="utf-8")
    except OSError as error:
        raise FailedError(f"{output}: {error.strerror}") from error
    for suite in found.suites:
        click.echo(f"{suite.id}: {suite.passed} of {suite.cases}")
    for each in found.unexplained:
        click.echo(f"without a reason: {each}", err=True)
    for each in found.stale:
        click.echo(f"passes by now: {each}", err=True)
    if found.unexplained or found.stale:
        raise FailedError("the deviations on record are not those that were found")
