"""Whether an instrument drifts: an exponentially weighted mean of its checks.

Once a day an instrument reads a reference, a pack or a shunt whose value is
known. Source of the chart: Roberts 1959; Lucas and Saccucci 1990. With weight 0.2
and limits 2.86 a sound instrument is accused once in about 350 checks; a step of
one standard uncertainty is found after about nine, of two after about three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

WEIGHT: Final = 0.2
LIMIT_SIGMAS: Final = 2.86
VALID_DAYS: Final = 7
"""Readings longer than this after a check are unverified."""


class Quantity(StrEnum):
    """What a reference is known for."""

    CAPACITY_AH = "capacity_ah"
    RESISTANCE_MOHM = "resistance_mohm"
    VOLTAGE_V = "voltage_v"


# Of one check by a station's instrument. Fixed, so that no station can hide a
# drift behind a wide uncertainty of its own. Judgement until a round robin.
U_FRAC: Final[Mapping[Quantity, float]] = {
    Quantity.CAPACITY_AH: 0.01,
    Quantity.RESISTANCE_MOHM: 0.01,
    Quantity.VOLTAGE_V: 0.002,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """What an instrument's checks say.

    Args:
        n: How many checks.
        mean_frac: The weighted mean of the relative errors after the last.
        limit_frac: What it may be at most, either way.
        alarms: How many checks left the mean beyond its limit.
        out_of_control: The last one did.
    """

    n: int
    mean_frac: float
    limit_frac: float
    alarms: int
    out_of_control: bool


def follow(errors_frac: Sequence[float], *, u_frac: float) -> Drift:
    """Follow an instrument's checks from its calibration on.

    Args:
        errors_frac: Reading by reference value, less 1; oldest first.
        u_frac: The standard uncertainty of one check, above 0.
    """
    mean, limit, alarms, is_out = 0.0, 0.0, 0, False
    for number, error in enumerate(errors_frac, start=1):
        mean = WEIGHT * error + (1 - WEIGHT) * mean
        limit = limit_frac(number, u_frac=u_frac)
        is_out = abs(mean) > limit
        alarms += is_out
    return Drift(
        n=len(errors_frac),
        mean_frac=mean,
        limit_frac=limit,
        alarms=alarms,
        out_of_control=is_out,
    )


def limit_frac(number: int, *, u_frac: float) -> float:
    """The limit of the mean after so many checks; it widens to its final value.

    L u sqrt(w / (2 - w) (1 - (1 - w)^(2 t))).

    Args:
        number: Of the check, from 1.
        u_frac: The standard uncertainty of one check.
    """
    grown = 1 - (1 - WEIGHT) ** (2 * number)
    return LIMIT_SIGMAS * u_frac * sqrt(WEIGHT / (2 - WEIGHT) * grown)
