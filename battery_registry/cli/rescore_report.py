"""What a rescore found, as a JSON file and as lines for people.

The list of packs that would turn from green to red is as long as it is, so it
goes from file to file and never through memory.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from battery_registry.domain.code import PublicCode, show
from battery_registry.queries.rescoring.causes import Cause
from battery_registry.queries.rescoring.run import Rescore
from battery_registry.queries.rescoring.tallies import OTHERS, Group, Transition
from battery_registry.scoring.batch import CODES
from battery_registry.scoring.ruleset import RuleSet

FORMAT = "battery-registry rescore report 1"
_WIDTH = max(map(len, CODES)) + 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A rescore that has run.

    Args:
        rescore: With everything it counted.
        ruleset: The set that was tried.
        green_to_red: How many packs turned from green to red.
        began_at: When it began, aware.
        ended_at: When it ended, aware.
    """

    rescore: Rescore
    ruleset: RuleSet
    green_to_red: int
    began_at: datetime
    ended_at: datetime


def write(out: BinaryIO, found: Found, *, codes: Iterable[str]) -> str:
    """Write the report; gives the SHA-256 of what was written.

    Args:
        out: Where to.
        found: What was found.
        codes: The public codes of the packs that turned from green to red.

    Raises:
        OSError: It cannot be written.
    """
    digest = hashlib.sha256()
    for text in _pieces(found, codes):
        raw = text.encode()
        digest.update(raw)
        out.write(raw)
    return digest.hexdigest()


def sha256_of(file: Path) -> str:
    """SHA-256 of a file, hex.

    Raises:
        OSError: It cannot be read.
    """
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _pieces(found: Found, codes: Iterable[str]) -> Iterator[str]:
    head = json.dumps(_document(found), ensure_ascii=False, indent=1)
    # The list comes last, so it can be written while it is read.
    yield head.removesuffix("\n}") + ',\n "green_to_red_codes": ['
    for number, code in enumerate(codes):
        yield f'{"," if number else ""}\n  "{show(PublicCode(code))}"'
    yield "\n ]\n}\n"


def _document(found: Found) -> dict[str, Any]:
    tally, ruleset = found.rescore.tally, found.ruleset
    return {
        "format": FORMAT,
        "ruleset": {"id": ruleset.id, "sha256": ruleset.sha256},
        "began_at": found.began_at.isoformat(),
        "ended_at": found.ended_at.isoformat(),
        "packs": tally.packs,
        "transitions": _transitions(tally.transitions()),
        "score_changes": {
            "same": tally.same_score,
            "without_score": tally.without_score,
            "bins": [
                {"low": one.low, "high": one.high, "packs": one.packs}
                for one in tally.bins()
            ],
        },
        "causes": [_cause(one) for one in found.rescore.causes.told()],
        "stations": _groups(tally.stations.told(), ("station",)),
        "models": _groups(tally.models.told(), ("maker", "model")),
        "ages_years": _groups(tally.ages.told(), ("age",)),
        "green_to_red": found.green_to_red,
    }


def _transitions(some: Sequence[Transition]) -> list[dict[str, Any]]:
    return [
        {"from": one.old.value, "to": one.new.value, "packs": one.packs} for one in some
    ]


def _cause(one: Cause) -> dict[str, Any]:
    return {
        "part": one.part,
        "id": one.id,
        "from": one.old.value,
        "to": one.new.value,
        "packs": one.packs,
    }


def _groups(some: Iterable[Group], names: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            **(
                {"others": True}
                if one.named == (OTHERS,)
                else dict(zip(names, one.named, strict=True))
            ),
            "packs": one.packs,
            "changed": one.changed,
            "green_to_red": one.green_to_red,
            "transitions": _transitions(one.transitions),
        }
        for one in some
    ]


def lines(found: Found) -> Iterator[str]:
    """Tell the result in a few lines: from which code to which, and why."""
    tally = found.rescore.tally
    counts = {(one.old, one.new): one.packs for one in tally.transitions()}
    yield f"{tally.packs} packs under {found.ruleset.id} ({found.ruleset.sha256[:12]})"
    yield "from \\ to".ljust(_WIDTH) + "".join(f"{code:>{_WIDTH}}" for code in CODES)
    for old in CODES:
        row = [counts.get((old, new), 0) for new in CODES]
        if any(row):
            yield old.ljust(_WIDTH) + "".join(f"{one:>{_WIDTH}}" for one in row)
    yield f"green to red: {found.green_to_red}"
    for (part, named), packs in _by_cause(found.rescore.causes.told()):
        yield f"because of {part} {named}".rstrip() + f": {packs}"


def _by_cause(causes: Iterable[Cause]) -> list[tuple[tuple[str, str], int]]:
    counts: Counter[tuple[str, str]] = Counter()
    for one in causes:
        counts[one.part, one.id] += one.packs
    return counts.most_common()
