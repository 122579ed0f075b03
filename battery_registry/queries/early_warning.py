"""Count red packs, fade and fires by maker, model and month of production."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, case, distinct, extract, func, select
from sqlalchemy.orm import Session

from battery_registry.domain.fires import Cause, Certainty
from battery_registry.queries.quality.red_rates import COLOURS
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.quality.early_warning import Cell, EarlyWarning, judge
from battery_registry.store.history import was_lifted
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.recalls import fire, fire_battery

_Key = tuple[str, str, str | None]

_WEIGHS: Final = (Certainty.CONFIRMED.value, Certainty.PROBABLE.value)
"""A possible cause is a guess, and moves nobody."""


def find(session: Session) -> tuple[EarlyWarning, ...]:
    """Find the models and months that stand out, the gravest first."""
    return judge(_cells(session))


def _cells(session: Session) -> list[Cell]:
    fires = _fires(session)
    counted = {_key(row): row for row in session.execute(_counts())}
    return [
        Cell(
            maker=key[0],
            model=key[1],
            month=key[2],
            fires=fires.get(key, 0),
            **_counted(counted.get(key)),
        )
        for key in sorted({*counted, *fires}, key=str)
    ]


def _counted(row: Row[Any] | None) -> dict[str, Any]:
    if row is None:
        return {"n": 0, "red": 0}
    return {
        "n": row.n,
        "red": int(row.red),
        "fade_n": row.fade_n,
        "fade_sum": float(row.fade_sum or 0),
        "fade_squares": float(row.fade_squares or 0),
    }


def _month_columns() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    made = battery.c.production_date
    return extract("year", made).label("year"), extract("month", made).label("month")


def _counts() -> Any:
    """Battery by battery first, since each counts once however often tested."""
    is_red = case(((evaluation.c.code == Code.RED.value) & ~was_lifted(), 1), else_=0)
    packs = (
        select(
            battery.c.maker,
            battery.c.model,
            *_month_columns(),
            func.max(is_red).label("is_red"),
            func.max(inspection.c.capacity_fade_pct).label("fade"),
        )
        .join(inspection, inspection.c.battery_id == battery.c.battery_id)
        .join(
            evaluation,
            (evaluation.c.battery_id == inspection.c.battery_id)
            & (evaluation.c.inspection_id == inspection.c.inspection_id)
            & evaluation.c.is_legal,
        )
        .where(battery.c.maker.is_not(None), battery.c.model.is_not(None))
        .where(evaluation.c.code.in_(COLOURS))
        .group_by(battery.c.battery_id)
        .subquery()
    )
    key = (packs.c.maker, packs.c.model, packs.c.year, packs.c.month)
    return select(
        *key,
        func.count().label("n"),
        func.sum(packs.c.is_red).label("red"),
        func.count(packs.c.fade).label("fade_n"),
        func.sum(packs.c.fade).label("fade_sum"),
        func.sum(packs.c.fade * packs.c.fade).label("fade_squares"),
    ).group_by(*key)


def _fires(session: Session) -> Mapping[_Key, int]:
    """Count fires put down to the battery; of a model where no pack is named."""
    named = (
        select(
            battery.c.maker,
            battery.c.model,
            *_month_columns(),
            func.count(distinct(fire.c.fire_id)).label("fires"),
        )
        .join(fire_battery, fire_battery.c.battery_id == battery.c.battery_id)
        .join(fire, fire.c.fire_id == fire_battery.c.fire_id)
        .where(battery.c.maker.is_not(None), battery.c.model.is_not(None))
        .where(fire.c.cause == Cause.BATTERY_FAULT.value)
        .where(fire.c.certainty.in_(_WEIGHS))
        .group_by(battery.c.maker, battery.c.model, "year", "month")
    )
    found = {_key(row): row.fires for row in session.execute(named)}
    of_models = (
        select(fire.c.maker, fire.c.model, func.count().label("fires"))
        .outerjoin(fire_battery, fire_battery.c.fire_id == fire.c.fire_id)
        .where(fire_battery.c.fire_id.is_(None))
        .where(fire.c.maker.is_not(None), fire.c.model.is_not(None))
        .where(fire.c.cause == Cause.BATTERY_FAULT.value)
        .where(fire.c.certainty.in_(_WEIGHS))
        .group_by(fire.c.maker, fire.c.model)
    )
    for row in session.execute(of_models):
        key = (row.maker, row.model, None)
        found[key] = found.get(key, 0) + row.fires
    return found


def _key(row: Row[Any]) -> _Key:
    month = None if row.year is None else f"{int(row.year):04}-{int(row.month):02}"
    return row.maker, row.model, month
