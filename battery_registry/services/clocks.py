"""What time alone brings about: late steps and reviews, lapsed offers, full stores."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.services import offers, overdue, overdue_reviews, stock

EVERY: Final = timedelta(minutes=5)
"""How often it is worth to look."""


def tick(session: Session, *, now: datetime, terms: Terms = DEFAULT_TERMS) -> int:
    """Look at every clock once, and write down what it says.

    Args:
        session: A transaction that writes.
        now: The time, aware.
        terms: Deadlines and limits in force.

    Returns:
        How many late cases, appeals, retests, lapsed offers and stocks over
        their limit are told of.
    """
    lapsed = offers.lapse(session, now=now)
    late = overdue.escalate(session, now=now)
    late += overdue_reviews.escalate(session, now=now)
    return lapsed + late + stock.watch(session, terms=terms, now=now)
