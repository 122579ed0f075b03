"""May this battery be sold? What is known about it, asked of the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import city_date
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.sale import (
    LABEL_UNBOUND,
    NO_SUCH_CODE,
    Answer,
    Reason,
    SaleAnswer,
    Standing,
    answer_for_sale,
)
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import evaluation

_SELLABLE: Final = frozenset({Answer.CLEAR, Answer.CLEAR_WITH_NOTICE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """The answer to a buyer, without personal data and without figures.

    Args:
        code: The code that was asked for, without hyphens.
        answer: What a buyer is told.
        reasons: Why, the gravest first; none when clear.
        checked_at: When it was answered, aware; it holds for that moment.
    """

    code: PublicCode
    answer: Answer
    reasons: tuple[Reason, ...]
    checked_at: datetime

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
    bound = session.execute(
        select(label.c.battery_id).where(label.c.code == code)
    ).one_or_none()
    if bound is None:
        given = NO_SUCH_CODE
    elif bound.battery_id is None:
        given = LABEL_UNBOUND
    else:
        given = answer_for_battery(session, battery_id=bound.battery_id, now=now)
    return Sale(code=code, answer=given.answer, reasons=given.reasons, checked_at=now)


def answer_for_battery(
    session: Session, *, battery_id: UUID, now: datetime
) -> SaleAnswer:
    """Answer for a battery that is known to be registered."""
    row = session.execute(_STANDING.where(battery.c.battery_id == battery_id)).one()
    return answer_for_sale(standing(row, record=row.record), on=city_date(now))


def standing(row: Row[*tuple[Any, ...]], *, record: Mapping[str, Any]) -> Standing:
    """Build what bears on a sale from a row of ``STANDING_COLUMNS``.

    Args:
        row: The row.
        record: The evaluation behind the code in force, as
            ``scoring.record`` spells it.
    """
    return Standing(
        code=Code(row.code),
        next_due=row.next_due,
        red_floor=_red_stands(row.last_red_at, row.last_cleared_at),
        case_state=State(row.case_state) if row.case_state else None,
        recalled=row.recalled_at is not None,
        lost_reported=row.lost_reported_at is not None,
        destroyed=row.is_destroyed > 0,
        missing_readings=tuple(record["missing"]),
    )


def _red_stands(red_at: datetime | None, cleared_at: datetime | None) -> bool:
    """Tell whether a red was judged that no clearance came after."""
    return red_at is not None and (cleared_at is None or cleared_at < red_at)


# Aliases, since whoever asks may join the same tables for reasons of their own.
_case = case.alias("standing_case")
_judged = evaluation.alias("standing_evaluation")
_ITS_CASES = _case.c.battery_id == battery.c.battery_id

STANDING_COLUMNS = (
    battery.c.code,
    battery.c.next_due,
    battery.c.recalled_at,
    battery.c.lost_reported_at,
    select(_case.c.state)
    .where(_ITS_CASES)
    .order_by(_case.c.opened_at.desc(), _case.c.case_id.desc())
    .limit(1)
    .scalar_subquery()
    .label("case_state"),
    select(func.count())
    .select_from(_case)
    .where(_ITS_CASES, _case.c.state == State.DESTROYED.value)
    .scalar_subquery()
    .label("is_destroyed"),
    select(func.max(_case.c.closed_at))
    .where(_ITS_CASES, _case.c.state == State.CLEARED.value)
    .scalar_subquery()
    .label("last_cleared_at"),
    select(func.max(_judged.c.evaluated_at))
    .where(
        _judged.c.battery_id == battery.c.battery_id,
        _judged.c.is_legal,
        _judged.c.code == Code.RED.value,
    )
    .scalar_subquery()
    .label("last_red_at"),
)

IN_FORCE = (
    (evaluation.c.battery_id == battery.c.battery_id)
    & (evaluation.c.inspection_id == battery.c.code_inspection_id)
    & evaluation.c.is_legal
)
"""Joins a battery to the evaluation behind its code."""

_STANDING = select(*STANDING_COLUMNS, evaluation.c.record).join(evaluation, IN_FORCE)
