"""What a city sets for its chain of custody: times, tolerances, limits."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from battery_registry.domain.custody import DEFAULT_DEADLINES, Deadlines


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """The terms in force.

    Args:
        deadlines: Days a battery may stay in each open state.
        offer_stands: How long an offer can be accepted.
        mass_tolerance_frac: How far masses may differ, as a part of what was
            there before.
        stock_days: Days a site may keep a battery.
        stock_kg: What a site may keep at once, in kg.
    """

    deadlines: Deadlines = field(default_factory=lambda: DEFAULT_DEADLINES)
    offer_stands: timedelta = timedelta(hours=72)
    mass_tolerance_frac: float = 0.05
    # A collection point for waste lead-acid batteries in China keeps at most
    # 3 t for at most 90 days; for lithium no rule in force names a limit.
    stock_days: int = 90
    stock_kg: float = 3000.0


DEFAULT_TERMS: Final = Terms()
