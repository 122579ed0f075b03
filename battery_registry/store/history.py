"""Find what was measured on batteries before, and what their models read new."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, insert, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import city_date
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.history import Past
from battery_registry.scoring.inputs import age_years
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Circumstances,
    InstrumentClass,
    ResistanceMethod,
)
from battery_registry.scoring.reference import (
    YOUNG_YEARS,
    ModelReference,
    YoungReading,
)
from battery_registry.scoring.stored import measurement_of
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.models import CAPACITY, model_reference
from battery_registry.store.tables.parties import instrument

ModelKey = tuple[str, str, str]
"""Maker, model and kind of unit."""

_IS_ITS_VERDICT = (
    (evaluation.c.battery_id == inspection.c.battery_id)
    & (evaluation.c.inspection_id == inspection.c.inspection_id)
    & evaluation.c.is_legal
)
_NOT_JUDGED = (Code.VOID.value, Code.NOT_COVERED.value)


def find_past(
    session: Session, *, battery_ids: Collection[UUID]
) -> dict[UUID, list[Past]]:
    """Find the inspections of batteries, in one query; void ones left out."""
    if not battery_ids:
        return {}
    rows = session.execute(
        select(
            inspection.c.battery_id,
            inspection.c.body,
            instrument.c.instrument_class,
        )
        .join(evaluation, _IS_ITS_VERDICT)
        .join(instrument, instrument.c.instrument_id == inspection.c.instrument_id)
        .where(inspection.c.battery_id.in_(battery_ids))
        .where(evaluation.c.code.not_in(_NOT_JUDGED))
        .where((evaluation.c.code != Code.RED.value) | ~was_lifted())
        .order_by(inspection.c.battery_id, inspection.c.tested_at)
    )
    found: dict[UUID, list[Past]] = {}
    for battery_id, body, grade in rows:
        found.setdefault(battery_id, []).append(_past(body, grade))
    return found


def was_lifted() -> ColumnElement[bool]:
    """Whether a retest or an appeal has ended the red since it was given."""
    return (
        exists()
        .where(case.c.battery_id == evaluation.c.battery_id)
        .where(case.c.state == "cleared")
        .where(case.c.closed_at >= evaluation.c.evaluated_at)
    )


def _past(body: str, instrument_class: str) -> Past:
    return Past(
        measurement=measurement_of(json.loads(body)),
        # A test by an unfit instrument or inspector is void, and not among them.
        circumstances=Circumstances(
            calibration_valid=True,
            training_valid=True,
            instrument_class=InstrumentClass(instrument_class),
        ),
    )


def find_references(
    session: Session, *, models: Collection[ModelKey]
) -> dict[ModelKey, ModelReference]:
    """Find what new packs of these models read, in one query."""
    if not models:
        return {}
    table = model_reference.c
    key = (table.maker, table.model, table.unit_kind)
    rows = session.execute(
        select(*key, table.quantity, table.value).where(tuple_(*key).in_(models))
    )
    values: dict[ModelKey, dict[str, float]] = {}
    for maker, model, unit_kind, quantity, value in rows:
        values.setdefault((maker, model, unit_kind), {})[quantity] = value
    return {model: _reference(told) for model, told in values.items()}


def _reference(told: Mapping[str, float]) -> ModelReference:
    return ModelReference(
        resistance_mohm={
            ResistanceMethod(quantity): value
            for quantity, value in told.items()
            if quantity != CAPACITY
        },
        capacity_ah=told.get(CAPACITY),
    )


def young_packs(session: Session) -> Iterator[tuple[ModelKey, list[YoungReading]]]:
    """Read each model's young packs, one model at a time.

    One reading of each pack: its first inspection that was not void.
    """
    key = (battery.c.maker, battery.c.model, battery.c.unit_kind)
    rows = session.execute(
        select(
            *key,
            battery.c.battery_id,
            battery.c.production_date,
            inspection.c.tested_at,
            inspection.c.internal_resistance_mohm,
            inspection.c.resistance_method,
            inspection.c.discharge_capacity_ah,
            inspection.c.capacity_method,
        )
        .join(inspection, inspection.c.battery_id == battery.c.battery_id)
        .join(evaluation, _IS_ITS_VERDICT)
        .where(battery.c.maker.is_not(None))
        .where(battery.c.model.is_not(None))
        .where(battery.c.production_date.is_not(None))
        .where(evaluation.c.code.not_in(_NOT_JUDGED))
        .order_by(*key, battery.c.battery_id, inspection.c.tested_at)
        .execution_options(yield_per=1_000)
    )
    for model, packs in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
        firsts = groupby(packs, key=attrgetter("battery_id"))
        yield model, [_young(row) for _, (row, *_) in firsts if _is_young(row)]


def _is_young(row: Any) -> bool:
    age = age_years(row.production_date, city_date(row.tested_at))
    return age < YOUNG_YEARS


def _young(row: Any) -> YoungReading:
    method = row.resistance_method
    return YoungReading(
        resistance_mohm=row.internal_resistance_mohm,
        resistance_method=None if method is None else ResistanceMethod(method),
        capacity_ah=row.discharge_capacity_ah,
        capacity_method=CapacityMethod(row.capacity_method),
    )


def replace_references(
    session: Session,
    *,
    references: Iterable[tuple[ModelKey, ModelReference]],
    now: datetime,
) -> int:
    """Replace all model references; returns how many values there are."""
    rows = [
        {
            "maker": maker,
            "model": model,
            "unit_kind": unit_kind,
            "quantity": quantity,
            "value": value,
            "made_at": now,
        }
        for (maker, model, unit_kind), reference in references
        for quantity, value in _values(reference)
    ]
    session.execute(delete(model_reference))
    if rows:
        session.execute(insert(model_reference), rows)
    return len(rows)


def _values(reference: ModelReference) -> Iterator[tuple[str, float]]:
    for method, value in reference.resistance_mohm.items():
        yield method.value, value
    if reference.capacity_ah is not None:
        yield CAPACITY, reference.capacity_ah
