"""What batteries' verdicts would be today, under a rule set of one's choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Rescored:
    """Verdicts of a range of batteries under another rule set; they bind nobody.

    Column by column, ids as the database spells them: there are millions.

    Args:
        after: The key before the range's first battery.
        upto: The key of its last one.
        battery_ids: Which batteries.
        inspection_ids: Of each the inspection that was judged anew: the one
            behind its legal code in force.
        codes: The codes under the other set.
        scores_tenths: The scores in tenths of a point, None without a colour.
    """

    after: UUID
    upto: UUID
    battery_ids: Sequence[str]
    inspection_ids: Sequence[str]
    codes: Sequence[str]
    scores_tenths: Sequence[int | None]
