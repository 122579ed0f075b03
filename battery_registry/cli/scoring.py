"""``scoring``: validate the score on outside data, and say what came of it."""

from pathlib import Path

import click

from battery_registry import scoring as rules
from battery_registry.cli import (
    ageing_files,
    model_card,
    releases,
    validation_file,
    validation_tables,
)
from battery_registry.cli.failure import FailedError
from battery_registry.scoring.document import RuleSetError
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.validation import (
    Effort,
    NoCapacityFactorError,
    validate,
)

_DEFAULT = Effort()


@click.group()
def scoring() -> None:
    """The score: how well it foretells, and how a rule set goes live."""


scoring.add_command(releases.propose)
scoring.add_command(releases.sign_off)


@scoring.command("validate")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of ageing sets, each a folder with a cycles.csv.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything that was found to this file.",
)
@click.option("--ruleset", "ruleset_id", default="cn-2024", show_default=True)
@click.option(
    "--bootstraps",
    type=click.IntRange(min=0),
    default=_DEFAULT.bootstraps,
    show_default=True,
    help="Draws of cells behind each interval; 0 for none.",
)
@click.option(
    "--pairs",
    type=click.IntRange(min=1),
    default=_DEFAULT.pairs,
    show_default=True,
    help="Random pairs in which one pack is worse.",
)
def validate_(
    *,
    data: Path,
    json_file: Path | None,
    ruleset_id: str,
    bootstraps: int,
    pairs: int,
) -> None:
    """Validate a rule set's card on every */cycles.csv of a folder.

    The columns are cell_id, q_ret, efc or cycle, and where there are any
    r_ratio and chem. Exits 1 when a worse pack scored lower.
    """
    sets = ageing_files.read_folder(data)
    for note in ageing_files.notes(sets):
        click.echo(note, err=True)
    try:
        found = validate(
            sets, _load(ruleset_id), effort=Effort(bootstraps=bootstraps, pairs=pairs)
        )
    except NoCapacityFactorError as error:
        raise FailedError(str(error)) from error
    if json_file is not None:
        _write(json_file, validation_file.dump(found))
    for line in validation_tables.lines(found):
        click.echo(line)
    if found.monotonicity.violations:
        raise FailedError("a worse pack scored lower: the card is not monotone")


@scoring.command("model-card")
@click.option(
    "--json",
    "json_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `scoring validate --json` wrote.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The card, Markdown.",
)
def model_card_(*, json_file: Path, output: Path) -> None:
    """Write the model card from a validation's JSON."""
    try:
        found = validation_file.parse(json_file.read_text(encoding="utf-8"))
    except (validation_file.NoValidationError, UnicodeDecodeError) as error:
        raise FailedError(f"{json_file}: {error}") from error
    _write(output, model_card.write(found))


def _load(ruleset_id: str) -> RuleSet:
    """The rule set, or one line on why not."""
    try:
        return rules.load(ruleset_id)
    except RuleSetError as error:
        raise FailedError(f"rule set {ruleset_id}: {error}") from error


def _write(file: Path, text: str) -> None:
    """Write a file, or say in one line why not."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FailedError(f"{file}: {error.strerror}") from error
