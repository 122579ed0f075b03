"""A rescore from its first block to its last."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain.score_today import Rescored
from battery_registry.queries.rescoring import blocks, judging
from battery_registry.queries.rescoring.blocks import Block
from battery_registry.queries.rescoring.causes import Causes
from battery_registry.queries.rescoring.judging import Judged
from battery_registry.queries.rescoring.tallies import Tally
from battery_registry.scoring.batch import CODES, NO_SCORE
from battery_registry.scoring.ruleset import RuleSet

_CODES = [code.value for code in CODES]

BLOCK_PACKS = 15_000
"""Batteries in a block: enough to forget what a block costs, few enough for memory."""


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
        # The database reads the next block while this one is judged.
        with ThreadPoolExecutor(max_workers=1) as ahead:
            coming = ahead.submit(self._read, blocks.BEGINNING)
            while (block := coming.result()) is not None:
                coming = ahead.submit(self._read, block.upto)
                with self._reading() as session:
                    judged = judging.judge(session, block, self._ruleset)
                self.tally.add(judged)
                self.causes.add(judged)
                yield judged

    def _read(self, after: UUID) -> Block | None:
        with self._reading() as session:
            return blocks.read(session, after=after, size=self._block_packs)


def rescored(judged: Judged) -> Rescored:
    """The verdicts of a block, to be kept."""
    rows = judged.block.ruling
    return Rescored(
        after=judged.block.after,
        upto=judged.block.upto,
        battery_ids=rows.battery_id,
        inspection_ids=rows.inspection_id,
        codes=[_CODES[place] for place in judged.new_code.tolist()],
        scores_tenths=[
            None if one == NO_SCORE else one for one in judged.new_tenths.tolist()
        ],
    )
