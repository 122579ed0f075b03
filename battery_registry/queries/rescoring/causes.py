"""What made codes others: each change of the rule set, asked by itself."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from battery_registry.queries.rescoring.judging import Judged, codes_of
from battery_registry.scoring.batch import CODES, score_frame
from battery_registry.scoring.differences import Change, differences
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.ruleset import RuleSet

KNOWN_SINCE = "known_since"
"""The old set would say otherwise today too: by later inspections of the battery,
new values of its model, or the way the new set reads a history."""
TOGETHER = "together"
"""No change alone does it."""

_Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """A cause of changed codes.

    Args:
        part: ``rule``, ``guard``, ``factor``, ``limit``, ``zone``,
            ``known_since`` or ``together``.
        id: Which one, empty for the last two.
        old: The legal code.
        new: The code under the other set.
        packs: How many; one pack can have several causes, each enough alone.
    """

    part: str
    id: str
    old: Code
    new: Code
    packs: int


class Causes:
    """Counts causes, block by block.

    Args:
        ruleset: The set that judges anew.
        legal: Finds the set that a legal verdict names.
    """

    def __init__(self, ruleset: RuleSet, legal: Callable[[str], RuleSet]) -> None:
        """Start with none."""
        self._ruleset = ruleset
        self._legal = legal
        self._changes: dict[str, tuple[Change, ...]] = {}
        self._counts: Counter[tuple[str, str, int, int]] = Counter()

    def add(self, judged: Judged) -> None:
        """Count why the codes of a block changed."""
        changed = judged.changed
        legal = np.array([judged.block.ruling.ruleset_id[at] for at in changed])
        for ruleset_id in dict.fromkeys(legal.tolist()):
            self._add(judged, changed[legal == ruleset_id], ruleset_id)

    def _add(self, judged: Judged, rows: _Rows, ruleset_id: str) -> None:
        old = self._legal(ruleset_id)
        rows = self._split(judged, rows, old)
        if not len(rows):
            return
        if ruleset_id not in self._changes:
            self._changes[ruleset_id] = differences(old, self._ruleset)
        frame = judged.frame.iloc[rows]
        explained = np.zeros(len(rows), np.bool_)
        for change in self._changes[ruleset_id]:
            verdicts = score_frame(frame, change.ruleset, contributions=False)
            does = codes_of(verdicts) == judged.new_code[rows]
            explained |= does
            self._count(change.part.value, change.id, judged, rows[does])
        self._count(TOGETHER, "", judged, rows[~explained])

    def _split(self, judged: Judged, rows: _Rows, old: RuleSet) -> _Rows:
        """Count what the old set, too, would judge otherwise today; the rest."""
        verdicts = score_frame(judged.frame.iloc[rows], old, contributions=False)
        same = codes_of(verdicts) == judged.old_code[rows]
        self._count(KNOWN_SINCE, "", judged, rows[~same])
        unexplained: _Rows = rows[same]
        return unexplained

    def _count(self, part: str, named: str, judged: Judged, rows: _Rows) -> None:
        pairs: Any = zip(
            judged.old_code[rows].tolist(), judged.new_code[rows].tolist(), strict=True
        )
        for (old, new), packs in Counter(pairs).items():
            self._counts[part, named, old, new] += packs

    def told(self) -> Iterator[Cause]:
        """The causes, the most frequent first."""
        for (part, named, old, new), packs in self._counts.most_common():
            yield Cause(
                part=part, id=named, old=CODES[old], new=CODES[new], packs=packs
            )
