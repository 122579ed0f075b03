"""What new packs of each model read, worked out from the registry's own."""

from datetime import datetime

from sqlalchemy.orm import Session

from battery_registry.scoring.reference import from_young_packs
from battery_registry.store import history


def refresh(session: Session, *, now: datetime) -> int:
    """Replace all model references by what the young packs say today.

    Reads every battery of a named model that was inspected young, model by
    model, so that memory does not grow with the registry.

    Args:
        session: A transaction that writes.
        now: The time of the request.

    Returns:
        How many values there are.
    """
    found = (
        (key, from_young_packs(readings))
        for key, readings in history.young_packs(session)
    )
    return history.replace_references(session, references=found, now=now)
