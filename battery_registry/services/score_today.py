"""What each battery's verdict would be today, under a rule set of one's choice.

It stands beside the legal code and never in its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from battery_registry.domain.score_today import Rescored
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.store import prepared
from battery_registry.store.tables.releases import score_today


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """A range of batteries: those after one key, up to another."""

    after: UUID
    upto: UUID


def replace(
    session: Session,
    *,
    keys: Keys,
    scores: Iterable[Rescored],
    ruleset: RuleSet,
    now: datetime,
) -> None:
    """Replace today's scores of a range of batteries.

    Args:
        session: A transaction that writes.
        keys: The range; what was kept of it is forgotten.
        scores: At most one of each battery in it.
        ruleset: By which rules.
        now: The time of the request.
    """
    session.execute(
        delete(score_today)
        .where(score_today.c.battery_id > keys.after)
        .where(score_today.c.battery_id <= keys.upto)
    )
    rows = [
        {
            "battery_id": one.battery_id,
            "inspection_id": one.inspection_id,
            "ruleset_id": ruleset.id,
            "ruleset_sha256": ruleset.sha256,
            "code": one.code.value,
            "score_tenths": one.score_tenths,
            "judged_at": now,
        }
        for one in scores
    ]
    if rows:
        prepared.insert_rows(session.connection(), score_today, rows)
