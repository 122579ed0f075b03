"""Whether equal readings of different packs are copies or chance.

A raw recording is never equal by chance: the same file under two packs is proof.
Equal figures are a hint, and only as good as the figures are fine; coarse ones
are equal by chance now and then, and the share of equal pairs says whether it
happens more often than that.
"""

from dataclasses import dataclass
from typing import Final

GENUINE_PAIR_SHARE: Final = 0.002
"""At most so many of all pairs are equal in genuine sets at 0.01 Ah, 0.1 mOhm, 1 mV."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    """Equal figures among the packs of one station.

    Args:
        n: How many inspections have all the figures.
        repeated: How many of them share theirs with another pack's.
        pairs: How many pairs of them are equal.
        pair_share: The same as a share of all pairs, 0 to 1; None without any.
        flagged: The share is above what genuine readings have, or the figures
            are so fine that none should be equal.
    """

    n: int
    repeated: int
    pairs: int
    pair_share: float | None
    flagged: bool


def judge(*, n: int, repeated: int, pairs: int, fine: bool) -> Copies:
    """Judge equal figures.

    Args:
        n: How many inspections have all the figures.
        repeated: How many share theirs with another pack's.
        pairs: How many pairs are equal.
        fine: The instruments tell at least 0.01 Ah and 0.1 mOhm.
    """
    possible = n * (n - 1) // 2
    share = pairs / possible if possible else None
    is_more = share is not None and share > GENUINE_PAIR_SHARE
    return Copies(
        n=n,
        repeated=repeated,
        pairs=pairs,
        pair_share=share,
        flagged=fine and is_more and repeated >= LEAST_REPEATED,
    )


LEAST_REPEATED: Final = 4
"""One equal pair, even two, is chance in any small set."""
