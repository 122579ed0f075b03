"""Find recalls in force, and the batteries that criteria cover."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
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
_BEYOND = UUID(int=(1 << 128) - 1)
"""A key that no battery has: the walk is over."""


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
    what it can never cover. It is read in blocks by key, so that memory does not
    grow with the maker, and a reader needs no transaction.
    """
    makers = [
        maker
        for maker in session.scalars(select(battery.c.maker).distinct())
        if maker is not None and plain_name(maker) == plain_name(criteria.maker)
    ]
    after: UUID | None = None if makers else _BEYOND
    while after != _BEYOND:
        rows = session.execute(_candidates(criteria, makers, after)).all()
        codes = _codes(session, criteria, rows)
        for row in rows:
            pack = _pack(row, codes.get(row.battery_id, ()))
            found = match(criteria, pack)
            if found is not None:
                yield _covered(row, found)
        after = rows[-1].battery_id if len(rows) == _READ_AT_ONCE else _BEYOND


def _candidates(
    criteria: Criteria, makers: list[str], after: UUID | None
) -> Select[Any]:
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
        )
        .where(battery.c.maker.in_(makers))
        .order_by(battery.c.battery_id)
        .limit(_READ_AT_ONCE)
    )
    if after is not None:
        wanted = wanted.where(battery.c.battery_id > after)
    if criteria.produced_from is not None:
        wanted = wanted.where(or_(made.is_(None), made >= criteria.produced_from))
    if criteria.produced_until is not None:
        wanted = wanted.where(or_(made.is_(None), made <= criteria.produced_until))
    return wanted


def _codes(
    session: Session, criteria: Criteria, rows: Sequence[Row[Any]]
) -> dict[UUID, list[str]]:
    """Read the makers' codes of a block; none where the recall asks for none."""
    if criteria.code_from is None or not rows:
        return {}
    found: dict[UUID, list[str]] = {}
    # The block's own bounds: a list of thousands of keys would be read slower.
    bounded = select(maker_code.c.battery_id, maker_code.c.value).where(
        maker_code.c.battery_id >= rows[0].battery_id,
        maker_code.c.battery_id <= rows[-1].battery_id,
    )
    for battery_id, value in session.execute(bounded):
        found.setdefault(battery_id, []).append(value)
    return found


def _covered(row: Row[Any], found: Match) -> Covered:
    return Covered(
        battery_id=row.battery_id,
        public_code=row.public_code,
        district_code=row.district_code,
        model=row.model,
        registered_at=row.registered_at,
        is_certain=found is Match.CERTAIN,
    )


def _pack(row: Row[Any], codes: Iterable[str]) -> Pack:
    told = {*codes, row.pack_code}
    return Pack(
        maker=row.maker,
        model=row.model,
        codes=frozenset(code for code in told if code),
        production_date=row.production_date,
    )
