"""What becomes of retests and appeals: written down, and heeded by each step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from battery_registry.domain import holds
from battery_registry.domain.appeals import AppealState
from battery_registry.domain.custody import Case
from battery_registry.domain.ledger import LeafKind
from battery_registry.services import ledger, notices
from battery_registry.services.notices import Topic
from battery_registry.store import holds as kept
from battery_registry.store.tables.appeals import appeal
from battery_registry.store.writes import Writes

_TOPICS: Final = {
    LeafKind.RETEST: Topic.RETEST_CHANGED,
    LeafKind.APPEAL: Topic.APPEAL_CHANGED,
}


def write(
    writes: Writes,
    *,
    kind: LeafKind,
    battery_id: UUID,
    subject_id: UUID,
    public_code: str,
    told: Mapping[str, object],
    now: datetime,
    sealed_only: Mapping[str, object] | None = None,
) -> None:
    """Seal a change of a retest or an appeal, and tell of it.

    Args:
        writes: What the use case writes.
        kind: Of a retest or of an appeal.
        battery_id: The battery.
        subject_id: The retest or appeal.
        public_code: The battery's label.
        told: What happened, JSON values; ``state`` among them.
        now: The time of the request, aware.
        sealed_only: What people wrote: its hash is kept, but it is not sent on.
    """
    content = {f"{kind.value}_id": str(subject_id), "code": public_code, **told}
    ledger.seal(
        writes,
        kind=kind,
        battery_id=battery_id,
        subject_id=subject_id,
        content={**content, **(sealed_only or {})},
        now=now,
    )
    notices.tell(
        writes, topic=_TOPICS[kind], battery_id=battery_id, payload=content, now=now
    )


def end_appeal(
    session: Session,
    writes: Writes,
    *,
    battery_id: UUID,
    public_code: str,
    now: datetime,
) -> None:
    """End the open appeal of a battery whose red has ended otherwise."""
    ended = session.execute(
        update(appeal)
        .where(appeal.c.battery_id == battery_id)
        .where(appeal.c.state == AppealState.OPEN.value)
        .values(state=AppealState.MOOT.value, decided_at=now)
        .returning(appeal.c.appeal_id, appeal.c.case_id)
    ).one_or_none()
    if ended is not None:
        write(
            writes,
            kind=LeafKind.APPEAL,
            battery_id=battery_id,
            subject_id=ended.appeal_id,
            public_code=public_code,
            told={"case_id": str(ended.case_id), "state": AppealState.MOOT.value},
            now=now,
        )


def check_free(session: Session, after: Case, *, now: datetime) -> None:
    """Refuse a step that takes apart what a retest or an appeal is still about.

    Args:
        session: The transaction, which holds the case.
        after: The case as the step would leave it.
        now: The time of the request, aware.

    Raises:
        UnderReviewError: One is open; the answer names it.
    """
    if after.state in holds.ENDS:
        found = kept.find(session, battery_id=after.battery_id)
        holds.check_free(after.state, found, now=now)
