"""Cells that are inspected at intervals: how many turn red without a yellow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from battery_registry.scoring.validation.ageing import (
    AgeingSet,
    Cell,
    crossings,
    life,
)
from battery_registry.scoring.validation.arrays import Flags, Floats
from battery_registry.scoring.validation.bootstrap import draw, estimate
from battery_registry.scoring.validation.cards import ValidatedCard
from battery_registry.scoring.validation.results import SilentResult

RED_BELOW: Final = 0.50
"""Below this retention rule T3 makes a pack red."""

INTERVALS_LIVES: Final = (0.1, 0.2, 0.3)
PHASES: Final = 50
MOST_INSPECTIONS: Final = 10_000
"""More intervals than that in one record: the typical life is none."""

Yellow = Callable[[Floats, Floats], Flags]
"""From retention and ratio to whether a reading would be yellow."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Seen:
    """Per set and rule: each cell's share of silent transitions, of those seen."""

    name: str
    shares: Mapping[str, Floats]


def yellow_rules(card: ValidatedCard) -> dict[str, Yellow]:
    """The card's own rule and those it is compared with, by their words."""
    limit = card.yellow_limit_tenths
    return {
        f"card >= {limit / 10:g} points": lambda q, r: card.score(q, r) >= limit,
        "capacity < 0.85": lambda q, _: q < 0.85,
        "capacity < 0.80": lambda q, _: q < 0.80,
        "capacity < 0.70": lambda q, _: q < 0.70,
        "resistance > 1.5 x new": lambda _, r: r > 1.5,
        "resistance > 2 x new": lambda _, r: r > 2.0,
    }


def silent_transitions(
    sets: Sequence[AgeingSet], card: ValidatedCard, *, bootstraps: int, seed: int
) -> tuple[SilentResult, ...]:
    """Inspect every cell that falls below 50 %, at each interval.

    Only sets with resistance take part, so that all rules see the same cells.
    Inspections come every interval times the set's typical life to 50 %, from a
    random phase; ``PHASES`` phases a cell, one in each ``PHASES``-th part of the
    interval. A reading between two measured ones lies on the line between them.
    Inspections end with the cell's record. Of the phases in which a reading below
    50 % came, the silent ones are those without a yellow reading before. A set
    with a typical life of nothing, or next to nothing beside its records, takes
    no part.
    """
    rules = yellow_rules(card)
    able = [(each, crossings(each, RED_BELOW)) for each in sets if each.has_ratio]
    results = []
    for interval in INTERVALS_LIVES:
        seen = [
            _inspect(each, ends, every, rules, seed)
            for each, ends in able
            if (every := _interval(each, ends, interval)) is not None
        ]
        for words in rules:
            result = _told(words, interval, seen, bootstraps, seed)
            results += [result] if result else []
    return tuple(results)


def _interval(ageing: AgeingSet, ends: Floats, lives: float) -> float | None:
    """An interval in the set's unit of time; None when the set takes no part."""
    typical = life(ends)
    if typical is None or not ageing.has_time:
        return None
    longest = max(float(cell.times[-1] - cell.times[0]) for cell in ageing.cells)
    interval = typical * lives
    return interval if longest < MOST_INSPECTIONS * interval else None


def _inspect(
    ageing: AgeingSet,
    ends: Floats,
    interval: float,
    rules: Mapping[str, Yellow],
    seed: int,
) -> _Seen:
    """Inspect the cells of one set that fall below."""
    generator = np.random.default_rng([seed, crc32(ageing.name.encode())])
    shares: dict[str, list[float]] = {words: [] for words in rules}
    for cell, end in zip(ageing.cells, ends, strict=True):
        phases = (np.arange(PHASES) + generator.random(PHASES)) / PHASES * interval
        if not np.isfinite(end):
            continue
        found = [_before_red(cell, phase, interval) for phase in phases]
        seen = [before for before in found if before is not None]
        for words, yellow in rules.items():
            silent = [not yellow(*before).any() for before in seen]
            shares[words] += [sum(silent) / len(silent)] if silent else []
    return _Seen(
        name=ageing.name,
        shares={words: np.array(share) for words, share in shares.items()},
    )


def _before_red(
    cell: Cell, phase: float, interval: float
) -> tuple[Floats, Floats] | None:
    """The readings before the first red one; None when red was not seen."""
    at = np.arange(cell.times[0] + phase, cell.times[-1], interval)
    retention = np.interp(at, cell.times, cell.retention)
    below = np.flatnonzero(retention < RED_BELOW)
    if not len(below):
        return None
    before = slice(0, int(below[0]))
    return retention[before], np.interp(at[before], cell.times, cell.ratio)


def _told(
    words: str, interval: float, seen: list[_Seen], bootstraps: int, seed: int
) -> SilentResult | None:
    """The mean share over all cells seen red; None when there are none."""
    silent, count, cells = np.zeros(1 + bootstraps), np.zeros(1 + bootstraps), 0
    for each in seen:
        share = each.shares[words]
        if len(share):
            drawn = draw(each.name, len(share), bootstraps=bootstraps, seed=seed)
            silent, count = silent + drawn @ share, count + drawn.sum(axis=1)
            cells += len(share)
    if not cells:
        return None
    return SilentResult(
        yellow_rule=words,
        interval_lives=interval,
        cells=cells,
        share=estimate(silent / count),
    )
