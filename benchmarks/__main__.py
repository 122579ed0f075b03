"""``python -m benchmarks [case …] [--quick] [--json [FILE]] [--check]``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import engines, report
from benchmarks.cases import ALONE, CASES
from benchmarks.rounds import Plan
from benchmarks.run import Options, run

_EVERY = (*CASES, *ALONE)
_QUICK = Options(
    cases=_EVERY,
    engine="postgresql",
    batteries=20_000,
    packs=100_000,
    plan=Plan(rounds=3, seconds=1.5),
)
_FULL = Options(
    cases=_EVERY,
    engine="postgresql",
    batteries=100_000,
    packs=1_000_000,
    plan=Plan(rounds=7, seconds=2.5),
)
_MISSED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, report, and give the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if unknown := set(asked.cases) - CASES.keys() - ALONE.keys():
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    usual = _QUICK if asked.quick else _FULL
    options = Options(
        cases=asked.cases or usual.cases,
        engine=asked.engine,
        batteries=asked.batteries or usual.batteries,
        packs=asked.packs or usual.packs,
        plan=Plan(
            rounds=asked.rounds or usual.plan.rounds,
            seconds=asked.seconds or usual.plan.seconds,
        ),
    )
    machine, results = run(options, _say)
    if asked.json != "-":
        sys.stdout.writelines(f"{line}\n" for line in report.as_table(machine, results))
    if asked.json:
        text = json.dumps(report.as_json(machine, results), indent=2) + "\n"
        if asked.json == "-":
            sys.stdout.write(text)
        else:
            Path(asked.json).write_text(text, encoding="utf-8")
    missed = not all(result.is_met for result in results)
    return _MISSED if asked.check and missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure ours and its limit in one run, in turns.",
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(_EVERY))
    parser.add_argument("--quick", action="store_true", help="fewer, shorter rounds")
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE")
    parser.add_argument("--engine", choices=engines.ENGINES, default="postgresql")
    parser.add_argument("--batteries", type=int, help="tested before the run")
    parser.add_argument("--packs", type=int, help="of which a rescore is measured")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of one turn")
    parser.add_argument("--check", action="store_true", help="fail on a missed goal")
    return parser


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
