"""What an organisation has asked before sales, kept for itself alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.sale import Answer, Reason
from battery_registry.services.sale_log import Face
from battery_registry.store.ids import new_id
from battery_registry.store.tables.resale import own_check


def note(
    session: Session,
    *,
    face: Face,
    asked: str,
    answer: Answer,
    reasons: Sequence[Reason],
    caller: Caller,
    now: datetime,
) -> UUID:
    """Write down what was asked and answered.

    Args:
        session: The caller's transaction.
        face: By code or by serial.
        asked: The code as people read it, or the serial as typed.
        answer: What was answered.
        reasons: Why, the gravest first.
        caller: Who asked; the organisation is kept, the person is not.
        now: The time of the question, aware.

    Returns:
        The check's id.
    """
    check_id = new_id(now)
    session.execute(
        insert(own_check).values(
            organisation_id=caller.organisation_id,
            check_id=check_id,
            face=face.value,
            asked=asked,
            answer=answer.value,
            reasons=[reason.value for reason in reasons],
            checked_at=now,
        )
    )
    return check_id
