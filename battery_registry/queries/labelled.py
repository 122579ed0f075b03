"""Find the battery of a label, and the label that it carries now."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.store.tables.batteries import battery, label


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A label that was made.

    Args:
        battery_id: Its battery; None while it is blank.
        public_code: The code on the battery's label in force, or its own.
    """

    battery_id: UUID | None
    public_code: PublicCode


def find(session: Session, *, code: PublicCode) -> Label | None:
    """Find a label; None if it was never made."""
    row = session.execute(
        select(label.c.battery_id, battery.c.public_code)
        .outerjoin(battery, battery.c.battery_id == label.c.battery_id)
        .where(label.c.code == code)
    ).one_or_none()
    if row is None:
        return None
    return Label(battery_id=row.battery_id, public_code=row.public_code or code)
