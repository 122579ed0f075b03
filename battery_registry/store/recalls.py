"""Find recalls in force, and the batteries that criteria cover."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.recalls import (
    IN_FORCE,
    Criteria,
    Match,
    Pack,
    Recall,
    RecallState,
    match,
    plain_name,
)
from battery_registry.store.direct import Named
from battery_registry.store.tables.batteries import battery, maker_code
from battery_registry.store.tables.recalls import recall

_READ_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """A battery that a recall covers.

    Args:
        battery_id: Its id.
        public_code: Its label.
        district_code: Where it was registered.
        model: Its model, None when it is not known.
        registered_at: When it was registered, UTC.
        is_certain: All that the recall asks is known of it.
    """

    battery_id: UUID
    public_code: PublicCode
    district_code: str
    model: str | None
    registered_at: datetime
    is_certain: bool


# Held while an intake lasts: who confirms a recall waits until the batteries that
# are just being registered can be seen, and those that follow see the recall.
_LIVE = Named(
    select(recall)
    .where(recall.c.state != RecallState.WITHDRAWN.value)
    .with_for_update(read=True)
)


def find_in_force(session: Session) -> tuple[Recall, ...]:
    """Find every recall that new batteries are held against."""
    return tuple(
        Recall(recall_id=row.recall_id, criteria=criteria_of(row))
        for row in _LIVE.run(session)
        if RecallState(row.state) in IN_FORCE
    )


def criteria_of(row: Any) -> Criteria:
    """Read the criteria from a recall's row."""
    return Criteria(
        maker=row.maker,
        model=row.model,
        code_from=row.code_from,
        code_to=row.code_to,
        produced_from=row.produced_from,
        produced_until=row.produced_until,
    )


def find_covered(session: Session, *, criteria: Criteria) -> Iterator[Covered]:
    """Walk through the batteries that criteria cover, in the order they came.

    The rule itself is ``domain.recalls.match``; the database only leaves out
    what it can never cover.
    """
    makers = [
        maker
        for maker in session.scalars(select(battery.c.maker).distinct())
        if maker is not None and plain_name(maker) == plain_name(criteria.maker)
    ]
    if not makers:
        return
    rows = session.execute(
        _candidates(criteria, makers), execution_options={"yield_per": _READ_AT_ONCE}
    )
    for _, group in groupby(rows, key=lambda row: row.battery_id):
        listed = list(group)
        found = match(criteria, _pack(listed))
        if found is not None:
            first = listed[0]
            yield Covered(
                battery_id=first.battery_id,
                public_code=first.public_code,
                district_code=first.district_code,
                model=first.model,
                registered_at=first.registered_at,
                is_certain=found is Match.CERTAIN,
            )


def _candidates(criteria: Criteria, makers: list[str]) -> Select[Any]:
    made = battery.c.production_date
    wanted = (
        select(
            battery.c.battery_id,
            battery.c.public_code,
            battery.c.district_code,
            battery.c.maker,
            battery.c.model,
            battery.c.pack_code,
            made,
            battery.c.registered_at,
            maker_code.c.value,
        )
        .outerjoin(maker_code, maker_code.c.battery_id == battery.c.battery_id)
        .where(battery.c.maker.in_(makers))
        .order_by(battery.c.registered_at, battery.c.battery_id)
    )
    if criteria.produced_from is not None:
        wanted = wanted.where(or_(made.is_(None), made >= criteria.produced_from))
    if criteria.produced_until is not None:
        wanted = wanted.where(or_(made.is_(None), made <= criteria.produced_until))
    return wanted


def _pack(rows: list[Row[Any]]) -> Pack:
    first = rows[0]
    codes = {row.value for row in rows} | {first.pack_code}
    return Pack(
        maker=first.maker,
        model=first.model,
        codes=frozenset(code for code in codes if code),
        production_date=first.production_date,
    )
