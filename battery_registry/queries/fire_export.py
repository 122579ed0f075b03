"""Fires paired with every reading that came before them, as CSV.

One day the score can be held against what it is for. A person is in it
nowhere: no plate, no owner, no address, no reference of a report.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain import code as codes
from battery_registry.queries.exports import cell_lines
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.recalls import fire, fire_battery

COLUMNS: Final = (
    "fire_id",
    "occurred_at",
    "cause",
    "certainty",
    "link",
    "maker",
    "model",
    "code",
    "chemistry",
    "production_date",
    "inspection_id",
    "tested_at",
    "days_before",
    "internal_resistance_mohm",
    "resistance_method",
    "max_output_voltage_v",
    "discharge_capacity_ah",
    "capacity_method",
    "capacity_fade_pct",
    "ambient_temp_c",
    "verdict",
    "score",
    "rules_fired",
    "ruleset",
)

_PAIRS = (
    select(
        fire.c.fire_id,
        fire.c.occurred_at,
        fire.c.cause,
        fire.c.certainty,
        fire.c.link,
        fire.c.maker,
        fire.c.model,
        battery.c.public_code,
        battery.c.chemistry,
        battery.c.production_date,
        inspection.c.inspection_id,
        inspection.c.tested_at,
        inspection.c.internal_resistance_mohm,
        inspection.c.resistance_method,
        inspection.c.max_output_voltage_v,
        inspection.c.discharge_capacity_ah,
        inspection.c.capacity_method,
        inspection.c.capacity_fade_pct,
        inspection.c.ambient_temp_c,
        evaluation.c.code.label("verdict"),
        evaluation.c.score_tenths,
        evaluation.c.record,
        evaluation.c.ruleset_id,
    )
    # A fire that names no registered battery is told too, without readings.
    .outerjoin(fire_battery, fire_battery.c.fire_id == fire.c.fire_id)
    .outerjoin(battery, battery.c.battery_id == fire_battery.c.battery_id)
    .outerjoin(
        inspection,
        (inspection.c.battery_id == battery.c.battery_id)
        & (inspection.c.tested_at <= fire.c.occurred_at),
    )
    .outerjoin(
        evaluation,
        (evaluation.c.battery_id == inspection.c.battery_id)
        & (evaluation.c.inspection_id == inspection.c.inspection_id)
        & evaluation.c.is_legal,
    )
    .order_by(
        fire.c.occurred_at,
        fire.c.fire_id,
        battery.c.battery_id,
        inspection.c.tested_at,
        inspection.c.inspection_id,
    )
)


def fires_csv(session: Session) -> Iterator[str]:
    """Write every fire with each earlier reading, the oldest fire first.

    Args:
        session: Where to read, open until the last piece is taken.
    """
    # Fires are few, even in a large city: one answer holds them all.
    rows = session.execute(_PAIRS)
    yield from cell_lines(COLUMNS, ([_cells(row)] for row in rows))


def _cells(row: Row[*tuple[Any, ...]]) -> tuple[object, ...]:
    tested_at = row.tested_at
    days = None if tested_at is None else (row.occurred_at - tested_at).days
    fired = row.record["fired"] if row.record else ()
    return (
        row.fire_id,
        row.occurred_at,
        row.cause,
        row.certainty,
        row.link,
        row.maker,
        row.model,
        codes.show(row.public_code) if row.public_code else None,
        row.chemistry,
        row.production_date,
        row.inspection_id,
        tested_at,
        days,
        row.internal_resistance_mohm,
        row.resistance_method,
        row.max_output_voltage_v,
        row.discharge_capacity_ah,
        row.capacity_method,
        row.capacity_fade_pct,
        row.ambient_temp_c,
        row.verdict,
        None if row.score_tenths is None else row.score_tenths / 10,
        " ".join(rule["rule_id"] for rule in fired),
        row.ruleset_id,
    )
