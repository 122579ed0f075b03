"""A rescore from its first block to its last."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain.score_today import Rescored
from battery_registry.queries.rescoring import blocks, judging
from battery_registry.queries.rescoring.causes import Causes
from battery_registry.queries.rescoring.judging import Judged
from battery_registry.queries.rescoring.tallies import Tally
from battery_registry.scoring.batch import CODES, NO_SCORE
from battery_registry.scoring.ruleset import RuleSet

BLOCK_PACKS = 20_000
"""Batteries in a block: enough to forget what a block costs, some 100 MiB."""


class Rescore:
    """The registry under another rule set, block by block.

    Args:
        reading: Opens a session that only reads.
        ruleset: The other set.
        legal: Finds the set that a legal verdict names.
        block_packs: How many batteries are read at once.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Session]],
        *,
        ruleset: RuleSet,
        legal: Callable[[str], RuleSet],
        block_packs: int = BLOCK_PACKS,
    ) -> None:
        """Count nothing yet."""
        self._reading = reading
        self._ruleset = ruleset
        self._block_packs = block_packs
        self.tally = Tally()
        self.causes = Causes(ruleset, legal)

    def run(self) -> Iterator[Judged]:
        """Judge and count; each block comes once it is counted."""
        after = blocks.BEGINNING
        while (judged := self._judge(after)) is not None:
            self.tally.add(judged)
            self.causes.add(judged)
            yield judged
            after = judged.block.upto

    def _judge(self, after: UUID) -> Judged | None:
        with self._reading() as session:
            block = blocks.read(session, after=after, size=self._block_packs)
            if block is None:
                return None
            return judging.judge(session, block, self._ruleset)


def rescored(judged: Judged) -> Iterator[Rescored]:
    """The verdicts of a block, battery by battery."""
    told = zip(
        judged.block.ruling,
        judged.new_code.tolist(),
        judged.new_tenths.tolist(),
        strict=True,
    )
    for row, code, tenths in told:
        yield Rescored(
            battery_id=row.battery_id,
            inspection_id=row.inspection_id,
            code=CODES[code],
            score_tenths=None if tenths == NO_SCORE else tenths,
        )
