"""Both sides must do the same work, or their ratio says nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select

from battery_registry.store.db import Database
from battery_registry.store.tables import metadata
from battery_registry.store.tables.batteries import maker_code
from battery_registry.store.tables.inspections import counter

# Two answers with the same rows need not be spelled alike.
_SIZE_TOLERANCE = 0.25

Written = dict[str, Any]


class UnequalWorkError(Exception):
    """The limit does other work than ours; nothing is reported."""


def count_rows(database: Database) -> dict[str, int]:
    """Count the rows of every table; of the counters, what they have counted."""
    with database.engine.connect() as connection:
        return {
            table.name: connection.scalar(_size_of(table)) or 0
            for table in metadata.sorted_tables
        }


def _size_of(table: Table) -> Any:
    if table is counter:
        return select(func.coalesce(func.sum(counter.c.inspections), 0))
    return select(func.count()).select_from(table)


def check_writes(
    database: Database, ours: Callable[[], str], limit: Callable[[], str]
) -> dict[str, int]:
    """Let both sides take in one inspection, and compare what they wrote.

    Args:
        database: Where both write.
        ours: Hands in one to ours; gives the maker's code of its battery.
        limit: The same to the limit.

    Returns:
        How many rows each of them wrote, by table.

    Raises:
        UnequalWorkError: The tables, the numbers of their rows, or the columns
            that are filled differ.
    """
    of_ours, of_limit = _watch(database, ours), _watch(database, limit)
    if of_ours != of_limit:
        names = sorted(of_ours[0].keys() | of_limit[0].keys())
        told = "; ".join(
            f"{name}: ours {_show(of_ours, name)}, limit {_show(of_limit, name)}"
            for name in names
            if _show(of_ours, name) != _show(of_limit, name)
        )
        raise UnequalWorkError(f"one inspection writes other rows: {told}")
    return of_ours[0]


def _show(watched: tuple[Mapping[str, int], Mapping[str, Any]], table: str) -> str:
    grown, filled = watched
    return f"{grown.get(table, 0)} rows with {filled.get(table)}"


def _watch(
    database: Database, hand_in: Callable[[], str]
) -> tuple[dict[str, int], dict[str, list[list[str]]]]:
    before = count_rows(database)
    pack_code = hand_in()
    after = count_rows(database)
    grown = {name: after[name] - before[name] for name in after}
    with database.engine.connect() as connection:
        filled = _filled(connection, pack_code)
    return {name: rows for name, rows in grown.items() if rows}, filled


def _filled(connection: Connection, pack_code: str) -> dict[str, list[list[str]]]:
    """Which columns are filled in the rows of a battery, by table."""
    battery_id = connection.scalar(
        select(maker_code.c.battery_id).where(maker_code.c.value == pack_code)
    )
    found = {}
    for table in metadata.sorted_tables:
        if "battery_id" not in table.c:
            continue
        rows = connection.execute(
            select(table).where(table.c.battery_id == battery_id)
        ).mappings()
        found[table.name] = sorted(
            sorted(name for name, value in row.items() if value is not None)
            for row in rows
        )
    return {name: rows for name, rows in found.items() if rows}


def check_answers(ours: bytes, limit: bytes) -> None:
    """Compare the sizes of two answers with the same rows.

    Raises:
        UnequalWorkError: They differ by more than a quarter.
    """
    if abs(len(ours) - len(limit)) > _SIZE_TOLERANCE * len(ours):
        raise UnequalWorkError(f"ours answers {len(ours)} B, the limit {len(limit)} B")
