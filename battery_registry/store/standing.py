"""What bears on a battery's sale, as it stands in the tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import city_date
from battery_registry.domain.custody import State
from battery_registry.domain.sale import SaleAnswer, Standing, answer_for_sale
from battery_registry.scoring.evaluation import Code
from battery_registry.store.direct import Named
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import evaluation


def answer_for_battery(
    session: Session, *, battery_id: UUID, now: datetime
) -> SaleAnswer:
    """Answer for a battery that is known to be registered."""
    return answer_for_sale(
        get_standing(session, battery_id=battery_id), on=city_date(now)
    )


def get_standing(session: Session, *, battery_id: UUID) -> Standing:
    """Get what bears on the sale of a battery that is known to be registered."""
    row = _STANDING.run(session, of_battery=battery_id)[0]
    return standing(row, record=doubts(row))


def standing(row: Any, *, record: Mapping[str, Any]) -> Standing:
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
        guard_rules=tuple(guard["guard_id"] for guard in record["guards"]),
    )


def doubts(row: Any) -> Mapping[str, Any]:
    """Get from a row with ``DOUBTS`` what ``standing`` asks of a record."""
    return {"missing": row.missing or (), "guards": row.guards or ()}


def _red_stands(red_at: datetime | None, cleared_at: datetime | None) -> bool:
    """Tell whether a red was judged that no clearance came after."""
    return red_at is not None and (cleared_at is None or cleared_at < red_at)


# Aliases, since whoever asks may join the same tables for reasons of their own.
_case = case.alias("standing_case")
_judged = evaluation.alias("standing_evaluation")
IN_DOUBT = evaluation.alias("standing_in_doubt")
"""The evaluation behind a battery's code, unless it is green."""

# Written out, since a prepared statement leads to a partial index by words only.
_GREEN: ColumnElement[str] = literal_column(f"'{Code.GREEN.value}'")
_RED: ColumnElement[str] = literal_column(f"'{Code.RED.value}'")
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
        _judged.c.code != _GREEN,
        _judged.c.code == _RED,
    )
    .scalar_subquery()
    .label("last_red_at"),
)

OF_CODE = (
    (IN_DOUBT.c.battery_id == battery.c.battery_id)
    & (IN_DOUBT.c.inspection_id == battery.c.code_inspection_id)
    & IN_DOUBT.c.is_legal
    & (IN_DOUBT.c.code != _GREEN)
)
"""Joins a battery, on the left, to ``IN_DOUBT``."""

_RECORD = type_coerce(IN_DOUBT.c.record, JSON)

DOUBTS = tuple(_RECORD[member].label(member) for member in ("missing", "guards"))
"""Of a record of some thousand characters the two members that bear on a sale.

A green one is not opened: green lacks no mandatory reading and lies in no guard.
"""

_STANDING = Named(
    select(*STANDING_COLUMNS, *DOUBTS)
    .select_from(battery)
    .outerjoin(IN_DOUBT, OF_CODE)
    .where(battery.c.battery_id == bindparam("of_battery"))
)
