"""When the next inspection is due.

The shortest of: the rule set's months; a fifth of the rated cycle life at the
pack's own use (a longer gap lets packs turn from green to red unseen); half the
time in which the 90 % bound of the capacity reaches the red limit. Yellow halves
it. A reading that is better than the one before never lengthens it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from battery_registry.scoring.background import Background
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.trend import MONTH_DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalRules:
    """How a rule set spaces inspections.

    Args:
        green_months: The most after a green verdict.
        yellow_months: The most after a yellow one.
        cycle_life_share: Of the rated cycle life, the most between two.
        cycle_life: Rated full cycles where the maker states none.
        least_days: Never sooner than this.
    """

    green_months: int
    yellow_months: int
    cycle_life_share: float
    cycle_life: float
    least_days: int


def next_due(
    code: Code,
    *,
    tested_on: date,
    cycle_limit: float | None,
    background: Background,
    rules: IntervalRules,
) -> date | None:
    """The day by which the battery is to be inspected again.

    Args:
        code: The verdict's code; None is due unless green or yellow.
        tested_on: Day of the test.
        cycle_limit: Full cycles the maker rates it for, None where not stated.
        background: What is known of its use and its trend.
        rules: The rule set's.
    """
    if code not in (Code.GREEN, Code.YELLOW):
        return None
    yellow = code is Code.YELLOW
    months = rules.yellow_months if yellow else rules.green_months
    latest = months_later(tested_on, months)
    limits = _limits_months(cycle_limit, background, rules)
    if not limits:
        return latest
    days = int(min(limits) * MONTH_DAYS / (2 if yellow else 1))
    days = min(days, (latest - tested_on).days)
    return tested_on + timedelta(days=max(days, rules.least_days))


def _limits_months(
    cycle_limit: float | None, background: Background, rules: IntervalRules
) -> list[float]:
    limits = []
    if background.efc_per_month:
        life = cycle_limit or rules.cycle_life
        limits.append(rules.cycle_life_share * life / background.efc_per_month)
    if background.months_to_red is not None:
        limits.append(background.months_to_red / 2)
    return limits


def months_later(day: date, months: int) -> date:
    """The same day some calendar months later, or that month's last day."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))
