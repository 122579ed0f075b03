"""What each battery's verdict would be today, under a rule set of one's choice.

It stands beside the legal code and never in its place.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from battery_registry.domain.score_today import Rescored
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.store import prepared
from battery_registry.store.tables.releases import score_today


def replace(
    session: Session, *, rescored: Rescored, ruleset: RuleSet, now: datetime
) -> None:
    """Replace today's scores of a range of batteries.

    Args:
        session: A transaction that writes.
        rescored: The range, and at most one score of each battery in it; what
            was kept of it is forgotten.
        ruleset: By which rules.
        now: The time of the request.
    """
    session.execute(
        delete(score_today)
        .where(score_today.c.battery_id > rescored.after)
        .where(score_today.c.battery_id <= rescored.upto)
    )
    prepared.insert_columns(
        session.connection(),
        score_today,
        {
            "battery_id": rescored.battery_ids,
            "inspection_id": rescored.inspection_ids,
            "code": rescored.codes,
            "score_tenths": rescored.scores_tenths,
        },
        same={
            "ruleset_id": ruleset.id,
            "ruleset_sha256": ruleset.sha256,
            "judged_at": now,
        },
    )
