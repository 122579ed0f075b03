"""All suites in one table, each deviation with its reason.

Reasons are data (``deviations.json``): a failure without one is news, and so is
a reason for a case that passes by now. Both fail the run.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from battery_registry.conformance import (
    battery_pass,
    battery_pass_declared,
    digital_link,
    epcis,
    epcis_told,
    guideline,
    linksets,
    merkle,
    signatures,
    webhooks,
)
from battery_registry.conformance.suite import Suite

RUNS: Final[tuple[Callable[[Path], tuple[Suite, ...]], ...]] = (
    epcis.run,
    epcis_told.run,
    digital_link.run,
    linksets.run,
    battery_pass.run,
    battery_pass_declared.run,
    signatures.run,
    webhooks.run,
    merkle.run,
    guideline.run,
)
_FOLDERS: Final = frozenset(
    {
        "batterypass-data-model",
        "cn-health-assessment",
        "epcis-event-hash",
        "gs1-digital-link",
        "gs1-epcis-2.0",
        "gs1-link-types",
        "gs1-linkset",
        "jose-cookbook",
        "merkle",
        "standard-webhooks",
        "wycheproof",
    }
)
# What is not run, and why; a folder that neither has nor needs a suite is news.
NOT_RUN: Final[Mapping[str, str]] = {
    "battery-data-format": "Schemas of laboratory metadata; readings come in by "
    "`docs/wire-format.md`, and the station's reader of that format has its own tests.",
    "mot-history": "One example answer of another country's register, for its shape.",
    "merkle/testdata/subtree…": "Proofs about subtrees are no part of RFC 9162, and "
    "the ledger gives none.",
    "epcis-event-hash, 7 vectors": "Hashes of XML documents, which are not read here.",
    "jose-cookbook/jwk…": "Keys alone; those of the signatures are used with them.",
}
_REASONS: Final = "deviations.json"
_HEAD: Final = """# Conformance

What `battery-registry conformance` found: the rules of this registry held
against vectors that others published. A case counts as passed only when it came
out as its vector says; each of the others is listed with the reason. The run
fails when a case fails without a reason here, or passes with one. The vectors
are not part of the project; `--data` says where they are.

| suite | against | cases | passed |
| --- | --- | ---: | ---: |
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """Cases of one suite that come out otherwise for one reason."""

    suite: str
    reason: str
    cases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """What all suites found.

    Args:
        suites: In the order of the table.
        deviations: With reasons, in the order of their suites.
        unexplained: Failures nobody has given a reason for, ``suite: case``.
        stale: Reasons for cases that pass, or are no more, ``suite: case``.
    """

    suites: tuple[Suite, ...]
    deviations: tuple[Deviation, ...]
    unexplained: tuple[str, ...]
    stale: tuple[str, ...]


def run(folder: Path) -> Matrix:
    """Run all suites.

    Args:
        folder: The folder of all vectors.

    Raises:
        VectorsMissingError: A file is missing or cannot be read.
    """
    suites = [suite for each in RUNS for suite in each(folder)]
    found = {each.name for each in folder.iterdir() if each.is_dir()}
    unknown = sorted(found - _FOLDERS - NOT_RUN.keys())
    return judge(suites, deviations(), unknown=unknown)


def deviations() -> tuple[Deviation, ...]:
    """The deviations that are known, with their reasons."""
    text = files("battery_registry.conformance").joinpath(_REASONS).read_text("utf-8")
    listed: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(text)
    return tuple(
        Deviation(suite=suite, reason=each["reason"], cases=tuple(each["cases"]))
        for suite, groups in listed.items()
        for each in groups
    )


def judge(
    suites: Sequence[Suite], known: Sequence[Deviation], *, unknown: Sequence[str] = ()
) -> Matrix:
    """Put failures and reasons together.

    Args:
        suites: What was run.
        known: Deviations on record.
        unknown: Folders of vectors that nobody runs.
    """
    failed = {(s.id, failure.case) for s in suites for failure in s.failures}
    explained = {(each.suite, case) for each in known for case in each.cases}
    order = [suite.id for suite in suites]
    mine = [each for each in known if each.suite in order]
    return Matrix(
        suites=tuple(suites),
        deviations=tuple(sorted(mine, key=lambda each: order.index(each.suite))),
        unexplained=(
            *(
                f"{suite.id}: {failure.case} ({failure.detail})"
                for suite in suites
                for failure in suite.failures
                if (suite.id, failure.case) not in explained
            ),
            *(f"{folder}: no suite" for folder in unknown),
        ),
        stale=tuple(sorted(": ".join(each) for each in explained - failed)),
    )


def write(matrix: Matrix) -> str:
    """Write the table and the reasons, Markdown."""
    rows = [
        f"| `{suite.id}` | {suite.title} | {suite.cases} | {suite.passed} |"
        for suite in matrix.suites
    ]
    cases = sum(suite.cases for suite in matrix.suites)
    passed = sum(suite.passed for suite in matrix.suites)
    rows.append(f"| | **all** | **{cases}** | **{passed}** |")
    parts = [_HEAD + "\n".join(rows), "## Deviations"]
    for each in matrix.deviations:
        listed = ", ".join(f"`{_plain(case)}`" for case in each.cases)
        parts.append(f"**{each.suite}** ({len(each.cases)}): {each.reason}\n{listed}.")
    parts.append("## Not run")
    parts.append("\n".join(f"- `{what}`: {why}" for what, why in NOT_RUN.items()))
    return "\n\n".join(parts) + "\n"


def _plain(case: str) -> str:
    """Keep a case from breaking out of its code span."""
    return case.replace("`", "'").replace("\n", " ")
