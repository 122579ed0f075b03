"""How stations' files are read, and how far each file has been taken in."""

from sqlalchemy import Column, ForeignKey, Integer, Table

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

import_mapping = Table(
    "import_mappings",
    metadata,
    Column("station_id", ForeignKey("stations.station_id"), primary_key=True),
    Column("mapping", Json, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
)

import_run = Table(
    "import_runs",
    metadata,
    # Hash of the file's bytes, the station and the mapping: all that decides what
    # its rows become.
    Column("run_sha256", word(64), primary_key=True),
    Column("rows_done", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
)
