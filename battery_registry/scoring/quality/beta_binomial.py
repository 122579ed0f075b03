"""Quantiles of the beta-binomial distribution, of the binomial where it is one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Below it the two distributions cannot be told apart, and the beta's parameters
# would be too great for exact arithmetic.
_NO_CORRELATION = 1e-7


def limits(
    n: int,
    *,
    rate: float,
    correlation: float,
    at: Sequence[float],
    smooth: bool = False,
) -> tuple[float, ...]:
    """The counts at which the distribution passes these probabilities.

    Args:
        n: Trials, at least 1.
        rate: Mean share of successes, between 0 and 1, ends left out.
        correlation: Intraclass correlation, 0 to below 1; 0 is the binomial.
        at: Probabilities between 0 and 1.
        smooth: Tell a value between the count and the one before it, by how far
            the cumulative probability oversteps (Spiegelhalter 2005, A.1.1).

    Returns:
        For each probability the least count whose cumulative one reaches it.
    """
    cumulative = np.cumsum(probabilities(n, rate=rate, correlation=correlation))
    wanted = np.array(at)
    # Rounding may leave the sum of all just below 1.
    found = np.minimum(np.searchsorted(cumulative, wanted), n)
    if not smooth:
        return tuple(float(count) for count in found)
    before = np.where(found > 0, cumulative[found - 1], 0.0)
    over = (cumulative[found] - wanted) / (cumulative[found] - before)
    return tuple(float(value) for value in np.maximum(found - over, 0.0))


def probabilities(n: int, *, rate: float, correlation: float) -> NDArray[np.float64]:
    """The probability of each count from 0 to ``n``.

    By the ratio of neighbours, (n - k) (k + a) / ((k + 1) (n - k - 1 + b)) with
    a = rate (1/correlation - 1) and b likewise of the rest, summed as logarithms
    and brought to the sum 1.
    """
    k = np.arange(n, dtype=np.float64)
    if correlation < _NO_CORRELATION:
        odds = np.full(n, rate / (1 - rate))
    else:
        size = 1 / correlation - 1
        odds = (k + rate * size) / (n - k - 1 + (1 - rate) * size)
    logs = np.concatenate(([0.0], np.cumsum(np.log((n - k) / (k + 1) * odds))))
    weights = np.exp(logs - logs.max())
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares
