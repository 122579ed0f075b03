"""Open a case: from a red verdict on, somebody always answers for the battery."""

from datetime import datetime
from uuid import UUID

from battery_registry.domain import custody
from battery_registry.domain.custody import (
    DEFAULT_DEADLINES,
    RESIDENT,
    Case,
    CustodyEvent,
    Deadlines,
)
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.roles import Role
from battery_registry.domain.submission import Submission
from battery_registry.services import ledger
from battery_registry.services.qualification import Post
from battery_registry.store import custody as kept
from battery_registry.store.ids import new_id
from battery_registry.store.tables.cases import case, custody_event
from battery_registry.store.writes import Writes


def open_case(
    writes: Writes,
    *,
    submission: Submission,
    battery_id: UUID,
    public_code: str,
    post: Post,
    now: datetime,
    deadlines: Deadlines = DEFAULT_DEADLINES,
) -> Case:
    """Open the case of a battery that has turned red, in the same transaction."""
    opened, event = custody.open_case(
        new_id(now),
        battery_id=battery_id,
        event_id=new_id(now),
        holder=RESIDENT,
        tested_at=submission.measurement.tested_at,
        actor_role=Role.INSPECTOR,
        actor_organisation_code=post.organisation_code,
        now=now,
        deadlines=deadlines,
        evidence={"inspection_id": str(submission.inspection_id)},
    )
    writes.add(
        case,
        **kept.case_values(opened),
        battery_id=battery_id,
        case_id=opened.case_id,
        opened_at=now,
        opened_by=submission.inspection_id,
        district_code=post.district_code,
        station_id=post.station_id,
        public_code=public_code,
        maker=submission.identity.maker,
        model=submission.identity.model,
    )
    record(writes, event=event, body_sha256=None, now=now)
    return opened


def record(
    writes: Writes, *, event: CustodyEvent, body_sha256: bytes | None, now: datetime
) -> None:
    """Write an event down and seal it.

    Args:
        writes: What the use case writes.
        event: The event.
        body_sha256: Hash of what was sent; None for an opening, which nobody sends.
        now: The time of the request.
    """
    writes.add(custody_event, **kept.event_values(event, body_sha256=body_sha256))
    ledger.seal(
        writes,
        kind=LeafKind.CUSTODY_EVENT,
        battery_id=event.battery_id,
        subject_id=event.event_id,
        content=kept.event_content(event),
        now=now,
    )
