"""Intervals by drawing cells anew."""

from zlib import crc32

import numpy as np

from battery_registry.scoring.validation.arrays import Floats
from battery_registry.scoring.validation.results import Estimate

_DIGITS = 4


def draw(name: str, cells: int, *, bootstraps: int, seed: int) -> Floats:
    """Draw cells of a set with replacement.

    The first row is the set itself, each cell once. The draws depend on nothing
    but the set's name and size and the seed, so all scores on a set are compared
    on the same draws.

    Returns:
        How often each cell was drawn, of shape (1 + bootstraps, cells).
    """
    generator = np.random.default_rng([seed, crc32(name.encode())])
    drawn = generator.multinomial(cells, np.full(cells, 1 / cells), size=bootstraps)
    return np.vstack([np.ones(cells), drawn]).astype(np.float64)


def estimate(values: Floats) -> Estimate:
    """The value in the first row and the middle 95 % of the others."""
    value = float(values[0])
    if not np.isfinite(value):
        return Estimate(value=None, low=None, high=None)
    others = values[1:][np.isfinite(values[1:])]
    if not len(others):
        return Estimate(value=rounded(value), low=None, high=None)
    low, high = np.percentile(others, [2.5, 97.5])
    return Estimate(
        value=rounded(value), low=rounded(float(low)), high=rounded(float(high))
    )


def rounded(value: float) -> float:
    """A measure as it is told; no negative zero."""
    return round(value, _DIGITS) + 0.0
