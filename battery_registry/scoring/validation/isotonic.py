"""Isotonic regression: the best fit that never rises."""

import numpy as np

from battery_registry.scoring.validation.arrays import Floats


def non_increasing(values: Floats, weights: Floats) -> Floats:
    """Fit a non-increasing step function, by least squares.

    Pool adjacent violators (Ayer et al. 1955): each value opens a block, and as
    long as a block is not below the one before it, both become one block with
    their weighted mean.

    Args:
        values: What was measured, in the order of time.
        weights: Their weights, above 0.

    Returns:
        The fit at each value.
    """
    means: list[float] = []
    masses: list[float] = []
    lengths: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, length = value, weight, 1
        while means and means[-1] <= mean:
            before = masses.pop()
            mean = (means.pop() * before + mean * mass) / (before + mass)
            mass += before
            length += lengths.pop()
        means.append(mean)
        masses.append(mass)
        lengths.append(length)
    return np.repeat(np.asarray(means, dtype=np.float64), lengths)
