"""Catch batteries that a recall covers as they come in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.recalls import Match, Pack, Recall, match
from battery_registry.services import recalls, revocation
from battery_registry.services.judged import Judged
from battery_registry.services.qualification import Post
from battery_registry.services.revocation import Cause
from battery_registry.store import recalls as kept
from battery_registry.store.tables.recalls import recall_battery
from battery_registry.store.writes import Writes


class Recalling:
    """The recalls in force, for one delivery.

    Args:
        session: The transaction.
        post: The station that hands in.
        now: The time of the request, aware.
    """

    def __init__(self, session: Session, *, post: Post, now: datetime) -> None:
        """Find them."""
        self._session, self._post, self._now = session, post, now
        self._recalls = kept.find_in_force(session)
        self._done: set[tuple[UUID, UUID]] = set()

    def apply(self, writes: Writes, judged: Judged) -> None:
        """Recall an inspected battery if a recall in force covers it."""
        for recall in self._recalls:
            found = match(recall.criteria, _pack(judged))
            if found is None or not self._is_news(recall, judged, found):
                continue
            self._done.add((recall.recall_id, judged.battery.battery_id))
            recalls.cover(
                writes,
                recall_id=recall.recall_id,
                battery_id=judged.battery.battery_id,
                public_code=judged.battery.public_code,
                district_code=self._post.district_code,
                is_certain=found is Match.CERTAIN,
                now=self._now,
            )
            if judged.battery.known is not None:
                revocation.revoke_for(
                    self._session,
                    battery_id=judged.battery.battery_id,
                    cause=Cause.RECALLED,
                    now=self._now,
                )

    def _is_news(self, recall: Recall, judged: Judged, found: Match) -> bool:
        battery_id = judged.battery.battery_id
        if (recall.recall_id, battery_id) in self._done:
            return False
        if judged.battery.known is None:
            return True
        # What was left out this time may be known, and have excluded it.
        if found is not Match.CERTAIN:
            return False
        before = select(recall_battery.c.battery_id).where(
            recall_battery.c.battery_id == battery_id,
            recall_battery.c.recall_id == recall.recall_id,
        )
        return self._session.execute(before).one_or_none() is None


def _pack(judged: Judged) -> Pack:
    identity = judged.submission.identity
    codes = {identity.pack_code, *identity.prior_codes}
    return Pack(
        maker=identity.maker,
        model=identity.model,
        codes=frozenset(code for code in codes if code),
        production_date=judged.submission.measurement.production_date,
    )
