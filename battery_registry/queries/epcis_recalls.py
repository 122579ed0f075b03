"""Find when a battery was recalled, for its EPCIS document."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.epcis.happenings import Recalled
from battery_registry.store.tables.cases import case, custody_event
from battery_registry.store.tables.recalls import recall_battery

LABEL: Final = "is_recalled"

# Of a step's battery: a recall is in force when it is taken.
IS_RECALLED: Final = (
    select(recall_battery.c.battery_id)
    .where(recall_battery.c.battery_id == custody_event.c.battery_id)
    .where(recall_battery.c.recalled_at <= custody_event.c.occurred_at)
    .where(
        or_(
            recall_battery.c.released_at.is_(None),
            recall_battery.c.released_at > custody_event.c.occurred_at,
        )
    )
    .exists()
    .label(LABEL)
)


def of_battery(
    session: Session, *, battery_id: UUID, label_at: Callable[[datetime], PublicCode]
) -> list[Recalled]:
    """Find recalls of a battery and their ends.

    Args:
        session: Where to read.
        battery_id: The battery.
        label_at: Which label it bore at a time.
    """
    recalls = session.execute(
        select(recall_battery).where(recall_battery.c.battery_id == battery_id)
    ).all()
    reds = session.execute(
        select(case.c.opened_at, case.c.closed_at).where(
            case.c.battery_id == battery_id
        )
    ).all()
    red = [(row.opened_at, row.closed_at) for row in reds]
    begun = [
        Recalled(
            event_id=row.event_id,
            recall_id=row.recall_id,
            code=label_at(row.recalled_at),
            at=row.recalled_at,
        )
        for row in recalls
    ]
    ended = [
        Recalled(
            event_id=row.release_event_id,
            recall_id=row.recall_id,
            code=label_at(row.released_at),
            at=row.released_at,
            is_over=True,
            stays=_is_held(row.released_at, [*red, *_others(recalls, row)]),
        )
        for row in recalls
        if row.released_at is not None
    ]
    return [*begun, *ended]


def _others(
    recalls: Sequence[Row[*tuple[Any, ...]]], ended: Row[*tuple[Any, ...]]
) -> list[tuple[datetime, datetime | None]]:
    return [
        (row.recalled_at, row.released_at)
        for row in recalls
        if row.recall_id != ended.recall_id
    ]


def _is_held(at: datetime, periods: Sequence[tuple[datetime, datetime | None]]) -> bool:
    return any(begin <= at and (end is None or end > at) for begin, end in periods)
