"""What becomes of the red packs of the demo, so that cases stand in all states."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from battery_registry.domain.custody import State

_TO_RECYCLER = (State.ISOLATED, State.COLLECTED, State.IN_TRANSIT, State.RECEIVED)
WHOLE_WAY: Final = (*_TO_RECYCLER, State.DISMANTLED, State.DESTROYED)

# When a step is made, in days after the test; a mean case is never overdue.
DAYS_AFTER: Final[Mapping[State, float]] = MappingProxyType(
    {
        State.ISOLATED: 0.02,
        State.COLLECTED: 3.0,
        State.IN_TRANSIT: 4.0,
        State.RECEIVED: 5.0,
        State.MISMATCH: 5.0,
        State.MISSING: 6.0,
        State.DISMANTLED: 15.0,
        State.DESTROYED: 20.0,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """The way of one red pack.

    Args:
        steps: States it goes through after ``flagged``.
        days_ago: When it was tested, from and to, whole days before today.
    """

    steps: tuple[State, ...]
    days_ago: tuple[int, int]


FLAGGED_ONLY: Final = Path(steps=(), days_ago=(1, 2))
_DESTROYED = Path(steps=WHOLE_WAY, days_ago=(25, 170))
_ISOLATED = Path(steps=WHOLE_WAY[:1], days_ago=(1, 6))

# Every state once, then the frequent ones again; the last two are overdue.
ALL_PATHS: Final = (
    _DESTROYED,
    FLAGGED_ONLY,
    Path(steps=WHOLE_WAY[:3], days_ago=(5, 6)),
    _ISOLATED,
    Path(steps=WHOLE_WAY[:4], days_ago=(7, 30)),
    Path(steps=WHOLE_WAY[:2], days_ago=(4, 9)),
    Path(steps=WHOLE_WAY[:5], days_ago=(17, 40)),
    Path(steps=(*WHOLE_WAY[:3], State.MISMATCH), days_ago=(6, 7)),
    Path(steps=(*WHOLE_WAY[:2], State.MISSING), days_ago=(8, 30)),
    _DESTROYED,
    _DESTROYED,
    _ISOLATED,
    Path(steps=WHOLE_WAY[:1], days_ago=(12, 30)),
    Path(steps=WHOLE_WAY[:3], days_ago=(12, 30)),
)
