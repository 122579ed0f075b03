"""Whether the last digits of readings look made up.

The last digit of a fine reading is as good as random. Made-up or rounded figures
favour some; how much, and not how surely, is what tells, since with many readings
the smallest harmless unevenness of an instrument is certain. First digits
(Benford's law) say nothing of capacities and resistances and are not looked at:
none of eight genuine sets would have passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt
from typing import Final

EFFECT_LIMIT: Final = 0.10
"""V above it is told; genuine sets stay below."""
P_LIMIT: Final = 1e-4
LEAST_READINGS: Final = 100
"""With fewer, hardly any rounding would be found."""
LEAST_SPREAD_STEPS: Final = 5.0
"""Standard deviation, in steps of the last digit, from which digits are even.

A normal spread of half a digit's cycle leaves less than 2 % of unevenness.
"""
_DIGITS = 10
_FREEDOM = _DIGITS - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class LastDigits:
    """How uneven last digits are.

    Args:
        counts: How often each digit from 0 to 9 is the last.
        n: How many readings.
        effect: V, 0 for even digits, 1 for a single one; None without readings.
        p: The probability of digits as uneven by chance; None without readings.
        flagged: Both limits are passed, with enough readings.
    """

    counts: tuple[int, ...]
    n: int
    effect: float | None
    p: float | None
    flagged: bool


def judge(counts: Sequence[int]) -> LastDigits:
    """Judge how often each last digit occurs.

    V = sqrt(chi2 / (9 n)), flagged when V > 0.10 and p < 1e-4.

    Args:
        counts: Of each digit from 0 to 9.

    Raises:
        ValueError: There are not ten counts.
    """
    if len(counts) != _DIGITS:
        raise ValueError(counts)
    n = sum(counts)
    if n == 0:
        return LastDigits(counts=tuple(counts), n=0, effect=None, p=None, flagged=False)
    even = n / _DIGITS
    chi2 = sum((count - even) ** 2 for count in counts) / even
    effect, p = sqrt(chi2 / (_FREEDOM * n)), chi2_tail_9(chi2)
    return LastDigits(
        counts=tuple(counts),
        n=n,
        effect=effect,
        p=p,
        flagged=n >= LEAST_READINGS and effect > EFFECT_LIMIT and p < P_LIMIT,
    )


def chi2_tail_9(chi2: float) -> float:
    """The probability that chi-square with nine degrees of freedom is greater.

    For odd degrees the incomplete gamma function is finite: Abramowitz and
    Stegun 26.4.4.

    Args:
        chi2: At least 0.
    """
    term = total = sqrt(chi2)
    for odd in range(3, _FREEDOM, 2):
        term *= chi2 / odd
        total += term
    return erfc(sqrt(chi2 / 2)) + sqrt(2 / pi) * exp(-chi2 / 2) * total
