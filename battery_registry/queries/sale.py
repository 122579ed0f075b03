"""May this battery be sold? What is known about it, asked of the rule."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from battery_registry.domain.afterlife import end_of
from battery_registry.domain.city_time import city_date
from battery_registry.domain.code import PublicCode
from battery_registry.domain.sale import (
    LABEL_UNBOUND,
    NO_SUCH_CODE,
    Answer,
    Reason,
    answer_for_sale,
)
from battery_registry.store import standing
from battery_registry.store.direct import Asked, Named
from battery_registry.store.tables.batteries import battery, label

_SELLABLE: Final = frozenset({Answer.CLEAR, Answer.CLEAR_WITH_NOTICE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """The answer to a buyer, without personal data and without figures.

    Args:
        code: The code that was asked for, without hyphens.
        answer: What a buyer is told.
        reasons: Why, the gravest first; none when clear.
        checked_at: When it was answered, aware; it holds for that moment.
        is_ended: The label should be on no living battery any more.
    """

    code: PublicCode
    answer: Answer
    reasons: tuple[Reason, ...]
    checked_at: datetime
    is_ended: bool = False

    @property
    def is_sellable(self) -> bool:
        """Whether the battery may be sold now."""
        return self.answer in _SELLABLE


def answer(asked: Asked, *, code: PublicCode, now: datetime) -> Sale:
    """Answer for the battery with this label; a replaced label answers too.

    Args:
        asked: Where to read: a session, or a bare connection.
        code: A parsed public code.
        now: The time of the question, aware.
    """
    found = _SALE.run(asked, of_code=code)
    end = None
    if not found:
        given = NO_SUCH_CODE
    elif found[0].battery_id is None:
        given = LABEL_UNBOUND
    else:
        row = found[0]
        stands = standing.standing(row, record=standing.doubts(row))
        given = answer_for_sale(stands, on=city_date(now))
        end = end_of(
            destroyed=stands.destroyed,
            case_state=stands.case_state,
            replaced=row.replaced_by is not None,
        )
    return Sale(
        code=code,
        answer=given.answer,
        reasons=given.reasons,
        checked_at=now,
        is_ended=end is not None,
    )


_SALE: Final = Named(
    select(
        label.c.battery_id,
        label.c.replaced_by,
        *standing.STANDING_COLUMNS,
        *standing.DOUBTS,
    )
    .select_from(label)
    .outerjoin(battery, battery.c.battery_id == label.c.battery_id)
    .outerjoin(standing.IN_DOUBT, standing.OF_CODE)
    .where(label.c.code == bindparam("of_code"))
)
"""One question to the database, since each is a way there and back."""
