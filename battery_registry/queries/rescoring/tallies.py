"""What a rescore counts: codes from and to, scores, stations, models, ages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from battery_registry.queries.rescoring.judging import Judged
from battery_registry.scoring.batch import CODES, NO_SCORE
from battery_registry.scoring.columns import age_years
from battery_registry.scoring.evaluation import Code

Whole = npt.NDArray[np.int64]

BIN_TENTHS = 50
"""Width of a bin of the changes of score: five points."""
MOST_GROUPS = 20_000
"""More stations or models than that are counted together as ``OTHERS``."""
OTHERS = "(others)"
AGE_EDGES_YEARS = (1, 2, 3, 5, 8)
AGE_BANDS = ("0-1", "1-2", "2-3", "3-5", "5-8", "8-", "unknown")

_KINDS = len(CODES)
_MOST_TENTHS = 1_000
_BINS = 2 * _MOST_TENTHS // BIN_TENTHS
_GREEN, _RED = CODES.index(Code.GREEN), CODES.index(Code.RED)
_BETWEEN = "\0"  # in no text that was let in


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """How many packs went from one code to another, or kept it."""

    old: Code
    new: Code
    packs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """How many scores changed by so many points: more than ``low``, to ``high``.

    Of a loss it is the other way round, ``low`` to less than ``high``; no change
    at all is counted apart.
    """

    low: float
    high: float
    packs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """What became of the packs of one station, model or age."""

    named: tuple[str, ...]
    transitions: tuple[Transition, ...]

    @property
    def packs(self) -> int:
        """How many they are."""
        return sum(one.packs for one in self.transitions)

    @property
    def changed(self) -> int:
        """Of how many the code is another."""
        return sum(one.packs for one in self.transitions if one.old is not one.new)

    @property
    def green_to_red(self) -> int:
        """How many went from green to red."""
        return sum(
            one.packs
            for one in self.transitions
            if (one.old, one.new) == (Code.GREEN, Code.RED)
        )


class Grouped:
    """Counts transitions by a name, as many names as memory bears."""

    def __init__(self) -> None:
        """Start with none."""
        self._counts: dict[str, Whole] = {}

    def add(self, names: Sequence[str], pairs: Whole) -> None:
        """Count a block."""
        places, found = pd.factorize(np.array(names, dtype=object))
        size = _KINDS * _KINDS
        counts = np.bincount(places * size + pairs, minlength=len(found) * size)
        for name, some in zip(found, counts.reshape(-1, size), strict=True):
            known = self._counts.get(name)
            if known is None:
                is_full = len(self._counts) >= MOST_GROUPS
                known = self._counts.setdefault(
                    OTHERS if is_full else name, np.zeros(size, np.int64)
                )
            known += some

    def told(self) -> Iterator[Group]:
        """The groups, the largest first."""
        by_size = sorted(self._counts.items(), key=lambda it: (-it[1].sum(), it[0]))
        for name, counts in by_size:
            yield Group(
                named=tuple(name.split(_BETWEEN)), transitions=transitions(counts)
            )


class Tally:
    """Everything that is counted of a rescore but its causes."""

    def __init__(self) -> None:
        """Start from nothing."""
        self._pairs = np.zeros(_KINDS * _KINDS, np.int64)
        self._bins = np.zeros(_BINS, np.int64)
        self.same_score = 0
        self.without_score = 0
        self.stations, self.models, self.ages = Grouped(), Grouped(), Grouped()

    @property
    def packs(self) -> int:
        """How many batteries were judged."""
        return int(self._pairs.sum())

    def add(self, judged: Judged) -> None:
        """Count a block."""
        pairs = judged.old_code * _KINDS + judged.new_code
        self._pairs += np.bincount(pairs, minlength=_KINDS * _KINDS)
        self._add_scores(judged.old_tenths, judged.new_tenths)
        self.stations.add(judged.block.ruling.station_code, pairs)
        self.models.add(_models(judged), pairs)
        self.ages.add(_ages(judged), pairs)

    def _add_scores(self, old: Whole, new: Whole) -> None:
        both = (old != NO_SCORE) & (new != NO_SCORE)
        self.without_score += int(np.count_nonzero(~both))
        change = (new - old)[both]
        self.same_score += int(np.count_nonzero(change == 0))
        change = change[change != 0]
        # a gain belongs to the bin it ends in, a loss too
        place = (change - (change > 0)) // BIN_TENTHS + _BINS // 2
        self._bins += np.bincount(place, minlength=_BINS)

    def transitions(self) -> tuple[Transition, ...]:
        """From which code to which, as far as there are any."""
        return transitions(self._pairs)

    def bins(self) -> Iterator[Bin]:
        """The bins of the changes of score that are not empty."""
        for place in np.flatnonzero(self._bins).tolist():
            low = (place * BIN_TENTHS - _MOST_TENTHS) / 10
            packs = int(self._bins[place])
            yield Bin(low=low, high=low + BIN_TENTHS / 10, packs=packs)


def transitions(counts: Whole) -> tuple[Transition, ...]:
    """Name counts by codes."""
    return tuple(
        Transition(
            old=CODES[at // _KINDS], new=CODES[at % _KINDS], packs=int(counts[at])
        )
        for at in np.flatnonzero(counts).tolist()
    )


def green_to_red(judged: Judged) -> list[str]:
    """The public codes of the packs that went from green to red."""
    rows = np.flatnonzero((judged.old_code == _GREEN) & (judged.new_code == _RED))
    return [judged.block.ruling.public_code[at] for at in rows.tolist()]


def _models(judged: Judged) -> list[str]:
    read = judged.read
    return [
        f"{maker or ''}{_BETWEEN}{model or ''}"
        for maker, model in zip(read["maker"], read["model"], strict=True)
    ]


def _ages(judged: Judged) -> list[str]:
    frame = judged.frame
    if "production_date" not in frame:
        return [AGE_BANDS[-1]] * len(frame)
    tested_on = frame["tested_at"].dt.tz_localize(None).to_numpy()
    ages = age_years(
        frame["production_date"].to_numpy().astype("datetime64[D]"),
        tested_on.astype("datetime64[D]"),
    )
    places = np.searchsorted(AGE_EDGES_YEARS, ages, side="right")
    places[np.isnan(ages)] = len(AGE_BANDS) - 1
    return [AGE_BANDS[place] for place in places.tolist()]
