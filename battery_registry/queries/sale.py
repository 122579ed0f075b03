"""May this battery be sold? What is known about it, asked of the rule."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.sale import LABEL_UNBOUND, NO_SUCH_CODE, Answer, Reason
from battery_registry.store import standing
from battery_registry.store.direct import Named
from battery_registry.store.tables.batteries import label

_SELLABLE: Final = frozenset({Answer.CLEAR, Answer.CLEAR_WITH_NOTICE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """The answer to a buyer, without personal data and without figures.

    Args:
        code: The code that was asked for, without hyphens.
        answer: What a buyer is told.
        reasons: Why, the gravest first; none when clear.
        checked_at: When it was answered, aware; it holds for that moment.
        is_replaced: The label was replaced by another.
    """

    code: PublicCode
    answer: Answer
    reasons: tuple[Reason, ...]
    checked_at: datetime
    is_replaced: bool = False

    @property
    def is_sellable(self) -> bool:
        """Whether the battery may be sold now."""
        return self.answer in _SELLABLE


def answer(session: Session, *, code: PublicCode, now: datetime) -> Sale:
    """Answer for the battery with this label; a replaced label answers too.

    Args:
        session: Where to read.
        code: A parsed public code.
        now: The time of the question, aware.
    """
    bound = _LABEL.run(session, of_code=code)
    if not bound:
        given = NO_SUCH_CODE
    elif bound[0].battery_id is None:
        given = LABEL_UNBOUND
    else:
        given = standing.answer_for_battery(
            session, battery_id=bound[0].battery_id, now=now
        )
    return Sale(
        code=code,
        answer=given.answer,
        reasons=given.reasons,
        checked_at=now,
        is_replaced=bool(bound) and bound[0].replaced_by is not None,
    )


_LABEL = Named(
    select(label.c.battery_id, label.c.replaced_by).where(
        label.c.code == bindparam("of_code")
    )
)
