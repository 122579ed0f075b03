"""How many labels each organisation still has blank, and how many are on batteries."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.parties import organisation


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelStock:
    """Labels of an organisation; without one they are anybody's.

    Args:
        organisation_code: Whose; None is anybody's.
        blank: Printed ahead, on no battery yet.
        bound: On a battery.
        replaced: Replaced by another.
    """

    organisation_code: str | None
    blank: int
    bound: int
    replaced: int


def count(session: Session) -> tuple[LabelStock, ...]:
    """Count the labels of every organisation."""
    is_replaced = label.c.replaced_by.is_not(None)
    is_blank = label.c.battery_id.is_(None)
    rows = session.execute(
        select(
            organisation.c.code.label("organisation_code"),
            func.sum(case((is_replaced, 0), (is_blank, 1), else_=0)).label("blank"),
            func.sum(case((is_replaced, 0), (is_blank, 0), else_=1)).label("bound"),
            func.sum(case((is_replaced, 1), else_=0)).label("replaced"),
        )
        .select_from(label)
        .outerjoin(
            organisation, organisation.c.organisation_id == label.c.organisation_id
        )
        .group_by(organisation.c.code)
        .order_by(organisation.c.code)
    )
    return tuple(LabelStock(**row) for row in rows.mappings())
