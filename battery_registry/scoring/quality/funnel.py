"""Which stations find oddly many or few red packs: a beta-binomial funnel.

Stations differ for good reasons, so chance alone is too strict a measure. How
much they differ (the intraclass correlation) is estimated from all of them, and
a station stands out only beyond that. Old packs are red more often, so each
station is compared with what its own mix of ages would give in the whole city
(indirect standardisation). Spiegelhalter 2005 has the funnel and the trimmed
estimate; Williams 1982 the moments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from battery_registry.scoring.quality.beta_binomial import limits

LEAST_STATIONS: Final = 10
"""With fewer, how much stations differ cannot be estimated."""
ASSUMED_CORRELATION: Final = 0.005
"""What is taken then; judgement."""
MOST_CORRELATION: Final = 0.5
"""Beyond it stations have nothing in common that one could stand out from."""
LEAST_INSPECTIONS: Final = 20
"""A smaller station bears on nothing and is not judged."""
TRIMMED: Final = 0.1
"""Share of stations pulled in on either side, so that no odd one hides itself."""
# Variance of a standard normal whose outer tenths are pulled in.
_TRIMMED_VARIANCE = 0.67865
_TAIL_95 = 0.025
_TAIL_998 = 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A station's verdicts of one band of age.

    Args:
        n: Inspections that gave a colour.
        red: How many of them were red.
    """

    n: int
    red: int


class Flag(StrEnum):
    """Beyond which limits a station stands."""

    LOW_998 = "low-99.8"
    LOW_95 = "low-95"
    HIGH_95 = "high-95"
    HIGH_998 = "high-99.8"

    @property
    def is_high(self) -> bool:
        """Whether it finds too many, not too few."""
        return self in _HIGH

    @property
    def is_wide(self) -> bool:
        """Whether it stands beyond the wide limits."""
        return self in _WIDE


_HIGH: Final = frozenset({Flag.HIGH_95, Flag.HIGH_998})
_WIDE: Final = frozenset({Flag.LOW_998, Flag.HIGH_998})


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Between which red rates a station is one of many, ends included."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one station stands in the funnel.

    Rates are fractions, standardised to the city's mix of ages: what the station
    would find if it had the city's packs.

    Args:
        n: Inspections that gave a colour.
        red: How many were red.
        expected: How many its mix of ages would give in the city.
        rate: Red by all, as it is.
        adjusted: The rate standardised, None where nothing is expected.
        limits_95: What 95 % of stations like it stay within; None where it is
            too small to be judged.
        limits_998: The same for 99.8 %.
        flag: The widest limits that it stands beyond, None within all.
    """

    n: int
    red: int
    expected: float
    rate: float | None
    adjusted: float | None
    limits_95: Limits | None
    limits_998: Limits | None
    flag: Flag | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """All stations together.

    Args:
        rate: Red by all at the stations that are no exception; None without any.
        correlation: How alike two packs of one station are beyond chance, 0 to
            0.5; 0 is chance alone.
        is_estimated: From the stations themselves; else assumed, as there are
            too few.
        standings: By station, in the order they came.
    """

    rate: float | None
    correlation: float
    is_estimated: bool
    standings: Mapping[str, Standing]


def judge(stations: Mapping[str, Mapping[str, Band]]) -> Funnel:
    """Judge the red rates of stations against each other.

    Twice: what is beyond the wide limits at first is no measure for the others,
    and left out of the rates they are compared with.

    Args:
        stations: By station, its verdicts by band of age.
    """
    expected = _expected(stations, _city_rates(stations.values()))
    told = {name: _sum(bands.values()) for name, bands in stations.items()}
    judged = [
        (told[name].n, told[name].red, expected[name] / told[name].n)
        for name in stations
        if told[name].n >= LEAST_INSPECTIONS and 0 < expected[name] < told[name].n
    ]
    is_estimated = len(judged) >= LEAST_STATIONS
    correlation = estimate_correlation(judged) if is_estimated else ASSUMED_CORRELATION
    rate, first = _standings(told, expected, told.values(), correlation)
    usual = [name for name, one in first.items() if not (one.flag and one.flag.is_wide)]
    if len(first) > len(usual) >= len(first) / 2:
        by_band = _city_rates([stations[name] for name in usual])
        expected = _expected(stations, by_band)
        rate, first = _standings(
            told, expected, [told[name] for name in usual], correlation
        )
    return Funnel(
        rate=rate, correlation=correlation, is_estimated=is_estimated, standings=first
    )


def funnel_limits(
    n: int, *, rate: float, correlation: float, smooth: bool = False
) -> tuple[Limits, Limits]:
    """The limits for so many inspections of the city's mix: 95 % and 99.8 %.

    Args:
        n: At least 1.
        rate: The city's, between 0 and 1.
        correlation: As ``judge`` found it.
        smooth: Between whole counts, for drawing a line.
    """
    tails = (_TAIL_95, 1 - _TAIL_95, _TAIL_998, 1 - _TAIL_998)
    low_95, high_95, low_998, high_998 = (
        count / n
        for count in limits(
            n, rate=rate, correlation=correlation, at=tails, smooth=smooth
        )
    )
    return Limits(low=low_95, high=high_95), Limits(low=low_998, high=high_998)


def estimate_correlation(stations: Sequence[tuple[int, int, float]]) -> float:
    """Estimate how much stations differ beyond chance, by trimmed moments.

    The Pearson sum of k stations is (k - 1) by chance, and grows by the
    correlation times (N - sum n^2 / N - (k - 1)).

    Args:
        stations: Of each its inspections, its red ones and its expected rate,
            which lies between 0 and 1; at least two.

    Returns:
        The intraclass correlation, 0 to 0.5.
    """
    n: NDArray[np.float64] = np.array([one[0] for one in stations], dtype=np.float64)
    red = np.array([one[1] for one in stations], dtype=np.float64)
    rate = np.array([one[2] for one in stations], dtype=np.float64)
    z = (red - n * rate) / np.sqrt(n * rate * (1 - rate))
    low, high = np.quantile(z, (TRIMMED, 1 - TRIMMED))
    chance = len(n) - 1
    pearson = float(np.sum(np.clip(z, low, high) ** 2)) / _TRIMMED_VARIANCE
    grows = float(n.sum() - np.sum(n**2) / n.sum()) - chance
    return min(MOST_CORRELATION, max(0.0, (pearson - chance) / grows))


def _sum(bands: Iterable[Band]) -> Band:
    listed = list(bands)
    return Band(n=sum(one.n for one in listed), red=sum(one.red for one in listed))


def _city_rates(stations: Iterable[Mapping[str, Band]]) -> dict[str, float]:
    ages: dict[str, list[Band]] = {}
    for bands in stations:
        for age, band in bands.items():
            ages.setdefault(age, []).append(band)
    return {age: _rate(_sum(bands)) or 0.0 for age, bands in ages.items()}


def _rate(told: Band) -> float | None:
    return told.red / told.n if told.n else None


def _expected(
    stations: Mapping[str, Mapping[str, Band]], by_band: Mapping[str, float]
) -> dict[str, float]:
    """The red packs of each station if it were like all; an age of its own apart."""
    return {
        name: sum(
            band.n * by_band.get(age, _rate(band) or 0.0) for age, band in bands.items()
        )
        for name, bands in stations.items()
    }


def _standings(
    told: Mapping[str, Band],
    expected: Mapping[str, float],
    usual: Iterable[Band],
    correlation: float,
) -> tuple[float | None, dict[str, Standing]]:
    """The rate of the usual stations, and where all stand to it."""
    rate = _rate(_sum(usual))
    return rate, {
        name: _standing(one, expected[name], rate or 0.0, correlation)
        for name, one in told.items()
    }


def _standing(
    told: Band, expected: float, city_rate: float, correlation: float
) -> Standing:
    adjusted = city_rate * told.red / expected if expected else None
    within_95 = within_998 = None
    if told.n >= LEAST_INSPECTIONS and 0 < expected < told.n:
        # The station's own limits, brought to the city's mix as its rate is.
        own = funnel_limits(told.n, rate=expected / told.n, correlation=correlation)
        scale = city_rate * told.n / expected
        within_95, within_998 = (
            Limits(low=one.low * scale, high=one.high * scale) for one in own
        )
    return Standing(
        n=told.n,
        red=told.red,
        expected=expected,
        rate=_rate(told),
        adjusted=adjusted,
        limits_95=within_95,
        limits_998=within_998,
        flag=_flag(adjusted, within_95, within_998),
    )


def _flag(
    rate: float | None, within_95: Limits | None, within_998: Limits | None
) -> Flag | None:
    if rate is None or within_95 is None or within_998 is None:
        return None
    beyond = (
        (rate < within_998.low, Flag.LOW_998),
        (rate > within_998.high, Flag.HIGH_998),
        (rate < within_95.low, Flag.LOW_95),
        (rate > within_95.high, Flag.HIGH_95),
    )
    return next((flag for is_beyond, flag in beyond if is_beyond), None)
