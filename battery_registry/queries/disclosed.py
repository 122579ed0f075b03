"""The readings behind a battery's code, for registries that show them to everybody."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import inspection


@dataclass(frozen=True, kw_only=True, slots=True)
class Disclosed:
    """A few readings, each with the method that made it.

    Args:
        internal_resistance_mohm: Milliohm.
        resistance_method: How that was measured.
        discharge_capacity_ah: Ampere-hours.
        capacity_method: How that was measured.
        max_output_voltage_v: Volt.
    """

    internal_resistance_mohm: float | None
    resistance_method: str | None
    discharge_capacity_ah: float | None
    capacity_method: str | None
    max_output_voltage_v: float | None


_READINGS = tuple(
    inspection.c[name]
    for name in (
        *("internal_resistance_mohm", "resistance_method"),
        *("discharge_capacity_ah", "capacity_method"),
        "max_output_voltage_v",
    )
)


def find(session: Session, *, battery_id: UUID) -> Disclosed | None:
    """Find the readings of the inspection behind the code in force."""
    found = session.execute(
        select(*_READINGS)
        .join(
            battery,
            (battery.c.battery_id == inspection.c.battery_id)
            & (battery.c.code_inspection_id == inspection.c.inspection_id),
        )
        .where(battery.c.battery_id == battery_id)
    )
    row = found.mappings().one_or_none()
    return None if row is None else Disclosed(**row)
