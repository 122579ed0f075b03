"""What is measured of the checks before a sale: one code, and ten thousand serials.

The limit of one code reads the same rows; that of many reads the rows behind
the prefixes in this process, over as many connections; neither invents
candidates nor spells an answer.
"""

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain import sale_keys
from battery_registry.queries.bulk_sale import MOST_PREFIXES
from battery_registry.store import standing
from battery_registry.store.db import Database
from battery_registry.store.prepared import insert_columns
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.resale import sale_key
from benchmarks import load
from benchmarks.load import Pace
from benchmarks.rounds import Turns

SERIALS = 10_000
ROUNDS = 5
# A marketplace that checks its whole stock asks over more than one.
CONNECTIONS = 2
_PATIENCE_S = 60.0
_PATH = "/api/v1/resale/prefixes"
_CHUNK = 50_000


def serial_of(battery_id: UUID) -> str:
    """Make a serial that looks like a maker's."""
    return f"V48-{battery_id.hex[-12:].upper()}"


def fill(database: Database) -> list[tuple[str, str]]:
    """Let every pack that has no label yet be asked for, by code and serial.

    Returns:
        Their codes and serials.
    """
    with database.reading() as session:
        rows = session.execute(
            select(battery.c.battery_id, battery.c.public_code, battery.c.registered_at)
            .outerjoin(label, label.c.code == battery.c.public_code)
            .where(label.c.code.is_(None))
        ).all()
    for start in range(0, len(rows), _CHUNK):
        with database.writing() as session:
            _write(session, database, rows[start : start + _CHUNK])
    return [(row.public_code, serial_of(row.battery_id)) for row in rows]


def _write(session: Session, database: Database, rows: Sequence[Any]) -> None:
    connection = session.connection()
    if not database.is_sqlite:
        # What the rows point at is there; a million look-ups of it are not needed.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    spelled = [row.battery_id.hex for row in rows]
    codes = [row.public_code for row in rows]
    serials = [serial_of(row.battery_id) for row in rows]
    at = rows[0].registered_at
    insert_columns(
        connection,
        label,
        {"code": codes, "battery_id": spelled},
        same={"made_at": at, "bound_at": at},
    )
    insert_columns(
        connection,
        sale_key,
        {
            "battery_id": spelled,
            "value": codes,
            "prefix": [sale_keys.prefix(code) for code in codes],
        },
        same={"scheme": "label", "issuer": ""},
    )
    insert_columns(
        connection,
        sale_key,
        {
            "battery_id": spelled,
            "value": serials,
            "prefix": [sale_keys.prefix(serial) for serial in serials],
            "skeleton": [sale_keys.skeleton(serial) for serial in serials],
        },
        same={"scheme": "maker", "issuer": "volta"},
    )


def take_turns(
    database: Database, port: int, *, serials: Sequence[str], key: str
) -> Turns:
    """Check ten thousand serials by their prefixes, ours and its limit in turns."""
    paces: list[list[Pace]] = [[], []]
    for number in range(-1, ROUNDS):
        chosen = random.choices(serials, k=SERIALS)  # noqa: S311 - no secret
        asked = [sale_keys.prefix(serial) for serial in chosen]
        pages = [
            asked[at : at + MOST_PREFIXES] for at in range(0, SERIALS, MOST_PREFIXES)
        ]
        ours, bare = _ours(port, pages, key), _bare(database, pages)
        # The first round warms up.
        if number >= 0:
            paces[0].append(ours)
            paces[1].append(bare)
    return Turns(ours=paces[0], limit=paces[1])


def _ours(port: int, pages: Sequence[Sequence[str]], key: str) -> Pace:
    bodies = [json.dumps({"prefixes": page}).encode() for page in pages]
    asked = [load.request("POST", _PATH, key=key, body=body) for body in bodies]
    return load.drive(port, asked, connections=CONNECTIONS, seconds=_PATIENCE_S)


def _bare(database: Database, pages: Sequence[Sequence[str]]) -> Pace:
    def read(page: Sequence[str]) -> None:
        with database.reading() as session:
            session.execute(_KEYS.where(sale_key.c.prefix.in_(page))).all()

    begun = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(read, pages))
    return _pace(time.perf_counter() - begun, len(pages))


_KEYS = (
    select(
        sale_key.c.prefix,
        sale_key.c.value,
        *standing.STANDING_COLUMNS,
        *standing.DOUBTS,
    )
    .select_from(sale_key)
    .join(battery, battery.c.battery_id == sale_key.c.battery_id)
    .outerjoin(standing.IN_DOUBT, standing.OF_CODE)
)


def _pace(seconds: float, pages: int) -> Pace:
    each = seconds / pages
    return Pace(requests=pages, seconds=seconds, latencies_s=[each] * pages)
