"""Count open red cases by who answers for the battery: none is left out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case as when
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Scope
from battery_registry.domain.custody import State
from battery_registry.queries import scoping
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.parties import organisation


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The batteries in one state that one holder answers for.

    Args:
        holder: ``resident``, or an organisation's code.
        name: The organisation's name; None for residents.
        state: Where they are on their way.
        packs: How many, at least 1.
        overdue: How many of them are late for their next step.
        oldest_since: Since when the first of them is in this state, UTC.
        next_due_at: When the first next step is due, UTC.
    """

    holder: str
    name: str | None
    state: State
    packs: int
    overdue: int
    oldest_since: datetime
    next_due_at: datetime


def count(session: Session, *, scope: Scope, now: datetime) -> tuple[Held, ...]:
    """Count open cases by holder and state, the residents' first.

    Args:
        session: Where to read.
        scope: What the reader may see.
        now: The time of the question, aware; decides what is overdue.
    """
    late = func.sum(when((case.c.due_at < now, 1), else_=0))
    holder = (case.c.holder_kind, case.c.holder_code, organisation.c.name)
    groups = (*holder, case.c.state)
    rows = session.execute(
        select(
            *groups,
            func.count().label("packs"),
            late.label("overdue"),
            func.min(case.c.state_since).label("oldest_since"),
            func.min(case.c.due_at).label("next_due_at"),
        )
        .outerjoin(organisation, organisation.c.code == case.c.holder_code)
        .where(case.c.closed_at.is_(None))
        .where(
            *scoping.conditions(
                scope, district=case.c.district_code, station_id=case.c.station_id
            )
        )
        .group_by(*groups)
    )
    held = [
        Held(
            holder=row.holder_code or row.holder_kind,
            name=row.name,
            state=State(row.state),
            packs=row.packs,
            overdue=row.overdue,
            oldest_since=row.oldest_since,
            next_due_at=row.next_due_at,
        )
        for row in rows
    ]
    places = {state: place for place, state in enumerate(State)}
    return tuple(
        sorted(held, key=lambda one: (one.name or "", one.holder, places[one.state]))
    )
