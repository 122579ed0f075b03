"""What the registry knows about a battery before it is inspected once more."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from battery_registry.scoring.evaluation import Trend


@dataclass(frozen=True, kw_only=True, slots=True)
class Background:
    """What bears on a verdict beside the measurement itself.

    ``scoring.history.look_back`` makes it. It can only make a verdict worse.

    Args:
        new_resistance_mohm: What a new pack of the model reads by the
            measurement's own method.
        new_capacity_ah: What a new pack of the model delivers.
        standing: By input, the reading that still stands: the worst of
            comparable repeats, or the last one where this inspection has none.
        trend: The capacity's trend.
        months_to_red: Months until the capacity's 90 % bound reaches the red
            limit, by the fastest significant trend seen so far.
        efc_per_month: Full cycles a month, None where not known.
        flags: Suspicions, by id.
    """

    new_resistance_mohm: float | None = None
    new_capacity_ah: float | None = None
    standing: Mapping[str, float] = field(default_factory=dict)
    trend: Trend | None = None
    months_to_red: float | None = None
    efc_per_month: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def trend_loss_pct_per_month(self) -> float | None:
        """Capacity lost a month in points, None unless the loss is significant."""
        if self.trend is None or not self.trend.significant:
            return None
        return -self.trend.slope_pct_per_month


NOTHING_BEFORE = Background()
"""A battery that is seen for the first time, of a model nobody knows."""
