"""What is doubted of inspections, and how instruments read what is known."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    Uuid,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

inspection_finding = Table(
    "inspection_findings",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("inspection_id", Uuid, primary_key=True),
    # A row of scoring/quality/plausibility.json.
    Column("finding", word(32), primary_key=True),
    Column("severity", word(16), nullable=False),
    Column("value", Float, nullable=False),
    Column("station_id", Uuid, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "inspection_id"],
        ["inspections.battery_id", "inspections.inspection_id"],
    ),
    Index("ix_inspection_findings_station_id_received_at", "station_id", "received_at"),
)

reference_check = Table(
    "reference_checks",
    metadata,
    # Made once by whoever tells it, so that one told twice is one check.
    Column("check_id", Uuid, primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("instrument_id", ForeignKey("instruments.instrument_id"), nullable=False),
    Column("quantity", word(16), nullable=False),
    Column("reference_name", word(64), nullable=False),
    Column("reference_value", Float, nullable=False),
    Column("reading", Float, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    # Readings after it are unverified; kept, so that no query counts days.
    Column("valid_until", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("recorded_by", word(32), nullable=False),
    Index(
        "ix_reference_checks_instrument_id_checked_at", "instrument_id", "checked_at"
    ),
    Index("ix_reference_checks_station_id_checked_at", "station_id", "checked_at"),
)
