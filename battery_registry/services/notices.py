"""Who must be told: rows in the outbox, written with what they tell of."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from battery_registry.store.ids import new_id
from battery_registry.store.tables.cases import notice
from battery_registry.store.writes import Writes


class Topic(StrEnum):
    """What happened, as subscribers name it."""

    RED_CODED = "battery.red_coded"
    DESTROYED = "battery.destroyed"
    CUSTODY_CHANGED = "custody.changed"
    CLEARED = "battery.cleared"
    RECALLED = "battery.recalled"
    RECALL_WITHDRAWN = "battery.recall_withdrawn"
    RETEST_CHANGED = "retest.changed"
    RETEST_OVERDUE = "retest.overdue"
    APPEAL_CHANGED = "appeal.changed"
    APPEAL_OVERDUE = "appeal.overdue"
    FIRE_REPORTED = "fire.reported"
    LOSS_REPORTED = "battery.loss_reported"
    LOSS_WITHDRAWN = "battery.loss_withdrawn"
    TRANSFERRED = "battery.transferred"
    OFFERED = "custody.offered"
    OFFER_CLOSED = "custody.offer_closed"
    OVERDUE = "custody.overdue"
    MANIFEST_CHANGED = "manifest.changed"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CLOSED = "incident.closed"
    RESIDENT_REPORTED = "resident.reported"


def tell(
    writes: Writes,
    *,
    topic: Topic,
    battery_id: UUID | None,
    payload: Mapping[str, object],
    now: datetime,
) -> None:
    """Put a notice into the outbox; it is sent after the transaction."""
    writes.add(
        notice,
        notice_id=new_id(now),
        battery_id=battery_id,
        topic=topic.value,
        payload=dict(payload),
        created_at=now,
        available_at=now,
        attempts=0,
    )
