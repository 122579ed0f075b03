"""Narrow a list to the part of the registry that its reader may see."""

from typing import Any

from sqlalchemy import Column, ColumnElement, select

from battery_registry.domain.caller import Scope
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
