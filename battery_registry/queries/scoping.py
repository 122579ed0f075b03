"""Narrow a list to the part of the registry that its reader may see."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, exists, select

from battery_registry.domain.caller import EVERYTHING, Scope
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station


def conditions(
    scope: Scope, *, district: Column[Any], station_id: Column[Any]
) -> list[ColumnElement[bool]]:
    """Spell a scope as conditions; none for a reader who may see everything.

    Args:
        scope: What the reader may see.
        district: The list's column of district codes.
        station_id: The list's column of stations.
    """
    narrowed: list[ColumnElement[bool]] = []
    if scope.district_code is not None:
        narrowed.append(district == scope.district_code)
    if scope.station_id is not None:
        narrowed.append(station_id == scope.station_id)
    if scope.organisation_id is not None:
        own = select(station.c.station_id).where(
            station.c.organisation_id == scope.organisation_id
        )
        narrowed.append(station_id.in_(own))
    return narrowed


def to_judged_there(wanted: Select[*tuple[Any, ...]], scope: Scope) -> Select[Any]:
    """Narrow batteries to what was ever judged in the reader's part of the city."""
    if scope == EVERYTHING:
        return wanted
    there, judged = station.alias(), inspection.alias()
    narrowed = conditions(
        scope, district=there.c.district_code, station_id=there.c.station_id
    )
    return wanted.where(
        exists()
        .select_from(judged.join(there, there.c.station_id == judged.c.station_id))
        .where(judged.c.battery_id == battery.c.battery_id, *narrowed)
        .correlate(battery)
    )
