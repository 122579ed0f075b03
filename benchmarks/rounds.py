"""Ours and its limit in turns, so that both see the same weather."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks import load
from benchmarks.load import Pace

_WARM_UP_S = 0.7
# What a round may ask for beyond what the warm-up promised.
_ROOM = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How long a case is measured.

    Args:
        rounds: How often both sides take their turn.
        seconds: How long a turn is.
    """

    rounds: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Turns:
    """What was measured of a case: one pace of each side for each round."""

    ours: Sequence[Pace]
    limit: Sequence[Pace]

    @property
    def ratios(self) -> list[float]:
        """Ours over its limit, round by round."""
        return [
            mine.per_second / bare.per_second
            for mine, bare in zip(self.ours, self.limit, strict=True)
        ]


def median_rate(paces: Sequence[Pace]) -> float:
    """Get the median of requests in a second."""
    return median(pace.per_second for pace in paces)


def median_ms(paces: Sequence[Pace], share: float) -> float:
    """Get the median over the rounds of a latency's quantile."""
    return median(pace.quantile_ms(share) for pace in paces)


def take_turns(
    ports: tuple[int, int],
    make: Callable[[int], list[bytes]],
    *,
    connections: int,
    plan: Plan,
) -> Turns:
    """Drive ours and its limit in turns.

    Args:
        ports: Of ours and of its limit.
        make: Makes so many requests, no two alike where that matters.
        connections: How many ask at once.
        plan: How often and how long.
    """
    rates = [_warm_up(port, make, connections) for port in ports]
    paces: list[list[Pace]] = [[], []]
    for _ in range(plan.rounds):
        for side, port in enumerate(ports):
            wanted = int(rates[side] * plan.seconds * _ROOM) + connections
            pace = load.drive(
                port, make(wanted), connections=connections, seconds=plan.seconds
            )
            rates[side] = max(rates[side], pace.per_second)
            paces[side].append(pace)
    return Turns(ours=paces[0], limit=paces[1])


def _warm_up(port: int, make: Callable[[int], list[bytes]], connections: int) -> float:
    # Twice: statements are prepared only after some uses on each connection.
    count, rate = connections * 2, 0.0
    for _ in range(2):
        pace = load.drive(
            port, make(count), connections=connections, seconds=_WARM_UP_S
        )
        rate = pace.per_second
        count = int(rate * _WARM_UP_S * _ROOM) + connections
    return rate
