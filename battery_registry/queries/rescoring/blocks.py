"""The registry read in blocks of batteries, each with all its inspections.

By the key of the batteries, so that no transaction lasts and memory does not
grow with the registry; whoever is registered meanwhile has a later key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.history import Past
from battery_registry.scoring.measurement import Circumstances, InstrumentClass
from battery_registry.scoring.stored import measurement_of
from battery_registry.store.direct import Named
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import instrument, station

BEGINNING = UUID(int=0)
"""The key before every battery's."""

_NO_HISTORY = frozenset({Code.VOID.value, Code.NOT_COVERED.value})

_KEYS = Named(
    select(battery.c.battery_id)
    .where(battery.c.battery_id > bindparam("after"))
    .order_by(battery.c.battery_id)
    .limit(bindparam("size"))
)
_INSPECTED = Named(
    select(
        battery.c.battery_id,
        battery.c.public_code,
        inspection.c.inspection_id,
        (inspection.c.inspection_id == battery.c.code_inspection_id).label("is_ruling"),
        inspection.c.tested_at,
        inspection.c.calibration_valid,
        inspection.c.training_valid,
        inspection.c.body,
        instrument.c.instrument_class,
        station.c.code.label("station_code"),
        evaluation.c.code,
        evaluation.c.score_tenths,
        evaluation.c.ruleset_id,
    )
    .join(inspection, inspection.c.battery_id == battery.c.battery_id)
    .join(
        evaluation,
        (evaluation.c.battery_id == inspection.c.battery_id)
        & (evaluation.c.inspection_id == inspection.c.inspection_id)
        & evaluation.c.is_legal,
    )
    .join(instrument, instrument.c.instrument_id == inspection.c.instrument_id)
    .join(station, station.c.station_id == inspection.c.station_id)
    # Said of each table, so that each may be read in the order of its own key.
    .where(battery.c.battery_id > bindparam("after"))
    .where(battery.c.battery_id <= bindparam("upto"))
    .where(inspection.c.battery_id > bindparam("after"))
    .where(inspection.c.battery_id <= bindparam("upto"))
    .where(evaluation.c.battery_id > bindparam("after"))
    .where(evaluation.c.battery_id <= bindparam("upto"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Some batteries, each with the inspection behind its code in force.

    Args:
        after: The key before its first battery.
        upto: The key of its last one.
        ruling: Rows of those inspections, one for each battery.
        past: By battery, its other inspections that were judged.
    """

    after: UUID
    upto: UUID
    ruling: Sequence[Any]
    past: Mapping[UUID, Sequence[Any]]


def read(session: Session, *, after: UUID, size: int) -> Block | None:
    """Read the next block.

    Args:
        session: Where to read.
        after: The key of the last battery that was read, or ``BEGINNING``.
        size: How many batteries.

    Returns:
        None when there are no more.
    """
    keys = _KEYS.run(session, after=after, size=size)
    if not keys:
        return None
    upto = keys[-1].battery_id
    rows = _INSPECTED.run(session, after=after, upto=upto)
    ruling = [row for row in rows if row.is_ruling]
    past: dict[UUID, list[Any]] = {}
    if len(ruling) < len(rows):
        for row in rows:
            if not row.is_ruling and row.code not in _NO_HISTORY:
                past.setdefault(row.battery_id, []).append(row)
    return Block(after=after, upto=upto, ruling=ruling, past=past)


def past_of(rows: Sequence[Any]) -> list[Past]:
    """Earlier inspections as the score's history takes them."""
    return [
        Past(
            measurement=measurement_of(json.loads(row.body)),
            circumstances=circumstances_of(row),
        )
        for row in rows
    ]


def circumstances_of(row: Any) -> Circumstances:
    """Who measured, and with what."""
    return Circumstances(
        calibration_valid=bool(row.calibration_valid),
        training_valid=bool(row.training_valid),
        instrument_class=InstrumentClass(row.instrument_class),
    )
