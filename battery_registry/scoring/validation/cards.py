"""The scores that are validated: a rule set's own card, and capacity alone."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

import numpy as np

from battery_registry.scoring.points import Card
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.validation.arrays import Floats, Ints

CAPACITY_INPUT = "capacity_retention_frac"
RATIO_INPUT = "resistance_ratio"

Score = Callable[[Floats, Floats], Ints]
"""From retention and resistance ratio to a score in tenths, reading by reading."""


class NoCapacityFactorError(Exception):
    """A rule set whose score does not read the capacity cannot be validated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidatedCard:
    """The factors of a rule set that the ageing sets have readings for.

    The other factors add nothing here: no set has their readings.

    Args:
        capacity: Points of capacity retention.
        ratio: Points of the resistance ratio, None when the rule set has none.
        cap_tenths: The most a score can be.
        yellow_limit_tenths: From this score on, yellow.
    """

    capacity: Card
    ratio: Card | None
    cap_tenths: int
    yellow_limit_tenths: int

    @classmethod
    def of(cls, ruleset: RuleSet) -> "ValidatedCard":
        """Take the factors from a rule set.

        Raises:
            NoCapacityFactorError: It has no factor on capacity retention.
        """
        cards = {factor.input: factor.card for factor in ruleset.factors}
        if CAPACITY_INPUT not in cards:
            raise NoCapacityFactorError(f"{ruleset.id} gives no points for capacity")
        return cls(
            capacity=cards[CAPACITY_INPUT],
            ratio=cards.get(RATIO_INPUT),
            cap_tenths=ruleset.cap_tenths,
            yellow_limit_tenths=ruleset.yellow_limit_tenths,
        )

    def score(self, retention: Floats, ratio: Floats) -> Ints:
        """Score readings; a ratio that was not measured (NaN) gives no points."""
        points = _points(self.capacity, retention)
        if self.ratio is not None:
            points = points + _points(self.ratio, ratio)
        return np.minimum(points, self.cap_tenths)

    def capacity_alone(self, retention: Floats, ratio: Floats) -> Ints:
        """Score readings by their capacity only: what the card has to beat."""
        del ratio
        return np.minimum(_points(self.capacity, retention), self.cap_tenths)


def _points(card: Card, readings: Floats) -> Ints:
    """A card's points for readings, by the very function that verdicts use."""
    return np.array(
        [0 if isnan(x) else card.points_for(x) for x in readings.tolist()],
        dtype=np.int64,
    )
