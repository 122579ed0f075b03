"""Rows gathered first and written together, table by table.

One reading or five hundred take the same way; what grows is the length of
each list, not the number of statements.
"""

from collections.abc import Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, update
from sqlalchemy.orm import Session

from battery_registry.store import prepared
from battery_registry.store.db import LostRaceError
from battery_registry.store.direct import Statement
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import counter

Row = dict[str, Any]

# A counter's key, in the order of its columns.
_COUNTED = itemgetter(*(column.name for column in counter.primary_key))
_CLAIM = (
    update(label)
    .where(label.c.code == bindparam("of_code"))
    .where(label.c.battery_id.is_(None))
    .values(battery_id=bindparam("of_battery"), bound_at=bindparam("at"))
    .returning(label.c.code)
)


class Writes:
    """What a use case wants written, in the order tables need each other."""

    def __init__(self) -> None:
        """Start with nothing to write."""
        self._rows: dict[Table, list[Row]] = {}
        self._new_batteries: dict[Any, Row] = {}
        self._battery_updates: dict[Any, Row] = {}
        self._claims: list[Row] = []
        self._counts: dict[tuple[Any, ...], int] = {}

    def add(self, table: Table, **values: Any) -> None:
        """Insert a row; every row of one table must name the same columns."""
        self._rows.setdefault(table, []).append(values)
        if table is battery:
            self._new_batteries[values["battery_id"]] = values

    def change_battery(self, battery_id: Any, **values: Any) -> None:
        """Update a battery; later values win over earlier ones."""
        pending = self._new_batteries.get(battery_id)
        if pending is not None:
            pending.update(values)
            return
        self._battery_updates.setdefault(battery_id, {}).update(values)

    def claim_label(self, code: str, battery_id: Any, at: Any) -> None:
        """Bind a blank label to its battery."""
        self._claims.append({"of_code": code, "of_battery": battery_id, "at": at})

    def count(self, **key: Any) -> None:
        """Count one inspection under its month, district, station, maker, code."""
        at = _COUNTED(key)
        self._counts[at] = self._counts.get(at, 0) + 1

    def flush(self, session: Session) -> None:
        """Write everything inside the caller's transaction.

        Raises:
            LostRaceError: Another transaction claimed one of the labels first.
        """
        self._insert(session.connection())
        for battery_id, values in sorted(self._battery_updates.items()):
            _change(tuple(values)).run(session, of_battery=battery_id, **values)
        for claim in self._claims:
            if session.execute(_CLAIM, claim).one_or_none() is None:
                raise LostRaceError
        self._rows.clear()
        self._new_batteries.clear()
        self._battery_updates.clear()
        self._claims.clear()
        self._counts.clear()

    def _insert(self, connection: Connection) -> None:
        inserts = prepared.Inserts(connection)
        for table in _in_order(self._rows):
            inserts.add(table, self._rows[table])
        if self._counts:
            inserts.add(counter, self._counted(), sums="inspections")
        inserts.send()

    def _counted(self) -> list[Row]:
        names = [column.name for column in counter.primary_key]
        # One order for everybody: two intakes never wait for each other in a ring.
        return [
            dict(zip(names, key, strict=True), inspections=number)
            for key, number in sorted(self._counts.items(), key=lambda it: str(it[0]))
        ]


def _in_order(rows: Mapping[Table, list[Row]]) -> list[Table]:
    return sorted(rows, key=lambda table: _positions()[table])


@cache
def _positions() -> dict[Table, int]:
    # Each table after those it refers to; not known before all are declared.
    return {table: at for at, table in enumerate(battery.metadata.sorted_tables)}


@cache
def _change(columns: tuple[str, ...]) -> Statement:
    return Statement(
        update(battery)
        .where(battery.c.battery_id == bindparam("of_battery"))
        .values({name: bindparam(name) for name in columns})
    )


def change_case(session: Session, battery_id: Any, case_id: Any, values: Row) -> None:
    """Update a case whose row the caller has locked."""
    session.execute(
        update(case)
        .where(case.c.battery_id == bindparam("of_battery"))
        .where(case.c.case_id == bindparam("of_case"))
        .values({name: bindparam(name) for name in values}),
        {"of_battery": battery_id, "of_case": case_id, **values},
    )
