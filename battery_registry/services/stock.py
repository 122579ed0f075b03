"""Watch what each site keeps: for how long, and how much of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from battery_registry.domain.custody import State
from battery_registry.domain.custody_terms import Terms
from battery_registry.domain.incidents import IncidentKind, about_organisation
from battery_registry.services import incidents
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.incidents import incident
from battery_registry.store.tables.parties import organisation

# Where a pack stands still; on the road and taken apart it is no stock.
_KEPT: Final = (State.ISOLATED, State.COLLECTED, State.RECEIVED, State.MISMATCH)
# What a pack counts for that nobody weighed; the project's own.
UNWEIGHED_KG: Final = 5.0
_KINDS: Final = (IncidentKind.STOCK_DAYS, IncidentKind.STOCK_MASS)


def watch(session: Session, *, terms: Terms, now: datetime) -> int:
    """Open an incident for each limit that a site is over, and close the others.

    Args:
        session: A transaction that writes.
        terms: The limits in force.
        now: The time of the question, aware.

    Returns:
        How many incidents were opened.
    """
    over = {
        (row.organisation_id, kind): detail
        for row in _stocks(session)
        for kind, detail in _over(row, terms, now).items()
    }
    standing = {
        (row.subject_id, IncidentKind(row.kind))
        for row in session.execute(
            select(incident.c.subject_id, incident.c.kind)
            .where(incident.c.kind.in_([kind.value for kind in _KINDS]))
            .where(incident.c.closed_at.is_(None))
        )
    }
    for organisation_id, kind in sorted(standing - over.keys(), key=str):
        incidents.close_open(
            session,
            kind=kind,
            subject=about_organisation(organisation_id),
            closing={"why": "within_limit"},
            now=now,
        )
    opened = sorted(over.keys() - standing, key=str)
    for organisation_id, kind in opened:
        incidents.open_incident(
            session,
            kind=kind,
            subject=about_organisation(organisation_id),
            detail=over[organisation_id, kind],
            now=now,
        )
    return len(opened)


def _stocks(session: Session) -> list[Row[Any]]:
    mass = func.sum(func.coalesce(case.c.mass_kg, UNWEIGHED_KG))
    return list(
        session.execute(
            select(
                organisation.c.organisation_id,
                organisation.c.code,
                func.count().label("packs"),
                mass.label("mass_kg"),
                func.min(case.c.state_since).label("since"),
            )
            .join(organisation, organisation.c.code == case.c.holder_code)
            .where(case.c.closed_at.is_(None))
            .where(case.c.state.in_([state.value for state in _KEPT]))
            .group_by(organisation.c.organisation_id, organisation.c.code)
        )
    )


def _over(
    row: Row[Any], terms: Terms, now: datetime
) -> Mapping[IncidentKind, dict[str, object]]:
    told: dict[str, object] = {"organisation": row.code, "packs": row.packs}
    over: dict[IncidentKind, dict[str, object]] = {}
    if now - row.since > timedelta(days=terms.stock_days):
        over[IncidentKind.STOCK_DAYS] = {
            **told,
            "oldest_since": row.since.isoformat(),
            "limit_days": terms.stock_days,
        }
    if row.mass_kg > terms.stock_kg:
        over[IncidentKind.STOCK_MASS] = {
            **told,
            "mass_kg": round(row.mass_kg, 3),
            "limit_kg": terms.stock_kg,
        }
    return over
