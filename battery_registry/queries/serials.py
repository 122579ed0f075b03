"""May the battery with this serial be sold? Answered without leading to others."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain import sale_keys
from battery_registry.domain.sale import (
    GRAVITY,
    NO_SUCH_SERIAL,
    SIMILAR_SERIAL,
    SaleAnswer,
)
from battery_registry.store import standing
from battery_registry.store.tables.resale import sale_key

_IS_SERIAL = sale_key.c.skeleton.is_not(None)
_MOST_OF_ONE_SERIAL: Final = 50


def answer(session: Session, *, serial: str, now: datetime) -> SaleAnswer:
    """Answer for a maker's serial.

    Two makers may use one serial; then the gravest answer holds for it. A
    serial that is only similar to a registered one is unknown, with the advice
    to read the label again; which one it is like is not said.

    Args:
        session: Where to read.
        serial: As typed.
        now: The time of the question, aware.
    """
    value = sale_keys.plain(serial)
    exact = session.scalars(
        select(sale_key.c.battery_id)
        .where(sale_key.c.prefix == sale_keys.prefix(value))
        .where(sale_key.c.value == value, _IS_SERIAL)
        .distinct()
        .limit(_MOST_OF_ONE_SERIAL)
    ).all()
    if exact:
        given = [
            standing.answer_for_battery(session, battery_id=battery_id, now=now)
            for battery_id in exact
        ]
        return max(given, key=lambda each: GRAVITY.index(each.answer))
    return SIMILAR_SERIAL if _is_near(session, value) else NO_SUCH_SERIAL


def _is_near(session: Session, value: str) -> bool:
    skeletons = sale_keys.near(sale_keys.skeleton(value))
    found = session.scalar(
        select(sale_key.c.prefix)
        .where(sale_key.c.skeleton.in_(skeletons), _IS_SERIAL)
        .limit(1)
    )
    return found is not None
