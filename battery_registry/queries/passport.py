"""What is known of a battery that its passport may tell."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.passport_facts import Facts
from battery_registry.queries.batteries import BatteryRecord
from battery_registry.scoring.measurement import CapacityMethod, Deformation
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import inspection

_DEFECTS: Final = (
    "housing_broken_exposed",
    "leakage",
    "burn_marks",
    "port_damaged",
    "water_marks",
    "drop_marks",
    "bms_fault",
)

_READINGS: Final = select(
    inspection.c.tested_at,
    inspection.c.body,
    inspection.c.discharge_capacity_ah,
    inspection.c.capacity_method,
    inspection.c.capacity_fade_pct,
).join(
    battery,
    (battery.c.battery_id == inspection.c.battery_id)
    & (battery.c.code_inspection_id == inspection.c.inspection_id),
)


def get_facts(session: Session, *, record: BatteryRecord, page: str) -> Facts:
    """Get them from the inspection behind the code in force.

    Args:
        session: Where to read.
        record: The battery, as the reader may see it.
        page: The address of its public page.
    """
    row = session.execute(
        _READINGS.where(battery.c.battery_id == record.battery_id)
    ).one()
    told: Mapping[str, Any] = json.loads(row.body)
    is_measured = row.capacity_method == CapacityMethod.FULL_DISCHARGE.value
    return Facts(
        code=record.public_code,
        page=page,
        unit_kind=record.unit_kind,
        maker=record.maker,
        second_life=bool(told.get("second_life")),
        case_state=record.case_state,
        tested_at=row.tested_at,
        production_date=record.production_date,
        first_use_date=_day(told.get("first_use_date")),
        rated_capacity_ah=record.label_rated_capacity_ah,
        rated_energy_wh=told.get("label_rated_energy_wh"),
        nominal_voltage_v=record.label_nominal_voltage_v,
        minimum_voltage_v=told.get("label_cutoff_voltage_v"),
        maximum_voltage_v=told.get("label_charge_limit_voltage_v"),
        safe_life_years=told.get("label_safe_life_years"),
        cycle_limit=told.get("maker_cycle_limit"),
        remaining_capacity_ah=row.discharge_capacity_ah if is_measured else None,
        capacity_fade_pct=row.capacity_fade_pct if is_measured else None,
        full_cycles=told.get("cycle_count"),
        soc_pct=told.get("soc_pct"),
        self_discharge_pct_per_month=told.get("self_discharge_pct_per_month"),
        defects=_defects(told),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _defects(told: Mapping[str, Any]) -> tuple[str, ...]:
    found = [name for name in _DEFECTS if told.get(name) is True]
    if told.get("deformation") not in {None, Deformation.NONE.value}:
        found.append("deformation")
    return tuple(found)
