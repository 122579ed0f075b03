"""What a battery's verdict would be today, beside its legal code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.releases import score_today


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreToday:
    """The last rescore's verdict on the inspection behind the code in force.

    Args:
        code: The code it would have.
        score: Risk score, 0 to 100 points; None without a colour.
        ruleset_id: Under which rule set.
        ruleset_sha256: SHA-256 of that set.
        judged_at: When the rescore began, UTC.
    """

    code: Code
    score: float | None
    ruleset_id: str
    ruleset_sha256: str
    judged_at: datetime


COLUMNS = (
    score_today.c.code.label("today_code"),
    score_today.c.score_tenths.label("today_tenths"),
    score_today.c.ruleset_id.label("today_ruleset_id"),
    score_today.c.ruleset_sha256.label("today_ruleset_sha256"),
    score_today.c.judged_at.label("today_judged_at"),
)
"""Columns of a query that outer-joins ``score_today`` by ``OF_BATTERY``."""

OF_BATTERY = (score_today.c.battery_id == battery.c.battery_id) & (
    # Once another inspection is in force, the last rescore says nothing of it.
    score_today.c.inspection_id == battery.c.code_inspection_id
)
TABLE = score_today


def of_row(row: Any) -> ScoreToday | None:
    """Read it from a row with ``COLUMNS``; None where no rescore has judged it."""
    if row.today_code is None:
        return None
    tenths = row.today_tenths
    return ScoreToday(
        code=Code(row.today_code),
        score=None if tenths is None else tenths / 10,
        ruleset_id=row.today_ruleset_id,
        ruleset_sha256=row.today_ruleset_sha256,
        judged_at=row.today_judged_at,
    )
