"""``rescore``: the whole registry under another rule set, and what it changes."""

import gc
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO

import click

from battery_registry.cli import new_file, rescore_report, runtime
from battery_registry.cli.failure import FailedError
from battery_registry.cli.new_file import NewFile
from battery_registry.cli.rescore_report import Found
from battery_registry.context import Runtime
from battery_registry.domain.score_today import Rescored
from battery_registry.queries.rescoring.run import Rescore, rescored
from battery_registry.queries.rescoring.tallies import green_to_red
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import releases, score_today
from battery_registry.services.releases import Report

_IN_MEMORY_BYTES = 1 << 20


@click.command()
@click.option("--ruleset", "ruleset_id", required=True, help="The rule set to try.")
@click.option(
    "--report",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything that changes to this new file; a release needs it.",
)
def rescore(*, ruleset_id: str, file: Path | None) -> None:
    """Judge every battery under another rule set, beside its legal code.

    Legal codes and earlier verdicts stay as they are. What each battery would
    be today is kept, and shown beside its legal code, until the next rescore.
    """
    ruleset = runtime.load_ruleset(ruleset_id)
    with (
        _begun(file) as report,
        runtime.opened() as opened,
        tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, "w+") as reddened,
    ):
        found = _run(opened, ruleset, reddened)
        told = None if report is None else _report(opened, found, report, reddened)
    for line in rescore_report.lines(found):
        click.echo(line)
    if told is not None:
        click.echo(f"report {file}, sha256 {told}")


def _begun(file: Path | None) -> AbstractContextManager[NewFile | None]:
    """Begin the report before anything runs: a rescore can take minutes."""
    return nullcontext() if file is None else new_file.beginning(file)


def _run(opened: Runtime, ruleset: RuleSet, reddened: IO[str]) -> Found:
    """Judge block by block; the reddened packs' codes go to a file."""
    began_at, count = opened.clock(), 0
    whole = Rescore(
        opened.database.reading, ruleset=ruleset, legal=runtime.load_ruleset
    )

    def keep(block: Rescored) -> None:
        with opened.database.writing() as session:
            score_today.replace(session, rescored=block, ruleset=ruleset, now=began_at)

    # The database writes a block while the next one is judged.
    with _collector_rests(), ThreadPoolExecutor(max_workers=1) as behind:
        kept = behind.submit(_nothing)
        for judged in whole.run():
            codes = green_to_red(judged)
            count += len(codes)
            reddened.writelines(f"{code}\n" for code in codes)
            kept.result()
            kept = behind.submit(keep, rescored(judged))
            gc.collect()
        kept.result()
    return Found(
        rescore=whole,
        ruleset=ruleset,
        green_to_red=count,
        began_at=began_at,
        ended_at=opened.clock(),
    )


def _nothing() -> None:
    """Keep nothing, as before the first block."""


@contextmanager
def _collector_rests() -> Iterator[None]:
    """Let the garbage collector look only when it is asked, once a block.

    Else it looks through a block's million values again and again.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _report(opened: Runtime, found: Found, new: NewFile, reddened: IO[str]) -> str:
    """Write the report, and remember it; gives its SHA-256."""
    reddened.seek(0)
    try:
        sha256 = rescore_report.write(new.out, found, codes=_lines_of(reddened))
        new.keep()
    except OSError as error:
        raise FailedError(f"{new.file}: {error.strerror}") from error
    report = Report(
        sha256=sha256,
        packs=found.rescore.tally.packs,
        green_to_red=found.green_to_red,
    )
    with opened.database.writing() as session:
        releases.record(
            session, report=report, ruleset=found.ruleset, now=found.ended_at
        )
    return sha256


def _lines_of(file: IO[str]) -> Iterator[str]:
    return (line.rstrip("\n") for line in file)
