"""What is measured of a rescore: the command as an operator runs it, whole.

The limit reads the same rows and writes as many, and judges nothing. Of memory
the limit is the command when it only says how it is used.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from battery_registry.domain.score_today import Rescored
from battery_registry.queries.rescoring import blocks
from battery_registry.queries.rescoring.run import BLOCK_PACKS
from battery_registry.scoring import load
from battery_registry.scoring.evaluation import Code
from battery_registry.services import score_today
from battery_registry.store.db import Database
from benchmarks.load import Pace
from benchmarks.rounds import Turns

RULESET = "cn-2024-strict"
ROUNDS = 2
_KIB = 1024


class RescoreFailedError(Exception):
    """The command did not do what is measured."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What one run of a program took."""

    seconds: float
    peak_mib: float


def take_turns(
    database: Database, environ: Mapping[str, str], *, now: datetime
) -> tuple[Turns, Turns]:
    """Rescore the registry and only read it, in turns; gives time and memory."""
    times: list[list[Pace]] = [[], []]
    peaks: list[list[Pace]] = [[], []]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            file = str(Path(folder) / f"report-{number}.json")
            bare = _run(["--help"], environ)
            ours = _run(["--ruleset", RULESET, "--report", file], environ)
            seconds = _bare(database, now)
            for told, one in zip(times, (ours.seconds, seconds), strict=True):
                told.append(_pace(one))
            for told, spent in zip(peaks, (ours, bare), strict=True):
                # so many in a second, since a pace knows nothing else
                told.append(_pace(1 / spent.peak_mib))
    return (
        Turns(ours=times[0], limit=times[1]),
        Turns(ours=peaks[0], limit=peaks[1]),
    )


def _pace(seconds: float) -> Pace:
    return Pace(requests=1, seconds=seconds, latencies_s=[seconds])


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> Spent:
    command = [sys.executable, "-m", "battery_registry.cli", "rescore", *arguments]
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own
        command, env=dict(environ), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RescoreFailedError(f"rescore ended with {process.returncode}")
    seconds = time.perf_counter() - begun
    # Linux counts the memory of the process that starts it, too: an upper bound.
    return Spent(seconds=seconds, peak_mib=usage.ru_maxrss / _KIB)


def _bare(database: Database, now: datetime) -> float:
    """Read every block and write as many rows."""
    ruleset, after = load(RULESET), blocks.BEGINNING
    begun = time.perf_counter()
    while True:
        with database.reading() as session:
            block = blocks.read(session, after=after, size=BLOCK_PACKS)
        if block is None:
            return time.perf_counter() - begun
        with database.writing() as session:
            told = Rescored(
                after=after,
                upto=block.upto,
                battery_ids=block.ruling.battery_id,
                inspection_ids=block.ruling.inspection_id,
                codes=[Code.GREEN.value] * block.size,
                scores_tenths=[0] * block.size,
            )
            score_today.replace(session, rescored=told, ruleset=ruleset, now=now)
        after = block.upto
