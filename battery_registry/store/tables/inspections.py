"""What was measured, how it was judged, and which codes followed."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

inspection_map = Table(
    "inspection_map",
    metadata,
    Column("inspection_id", Uuid, primary_key=True),
    Column("battery_id", Uuid, nullable=False),
    Column("station_id", Uuid, nullable=False),
    # Keyed, since the body may hold personal data that a plain hash gives away.
    Column("body_mac", LargeBinary(32), nullable=False),
)

inspection = Table(
    "inspections",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("inspection_id", Uuid, primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("instrument_id", ForeignKey("instruments.instrument_id"), nullable=False),
    Column("inspector_id", ForeignKey("people.person_id"), nullable=False),
    Column("tested_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("internal_resistance_mohm", Float),
    Column("resistance_method", word(16)),
    Column("max_output_voltage_v", Float),
    Column("discharge_capacity_ah", Float),
    Column("capacity_method", word(16), nullable=False),
    Column("capacity_fade_pct", Float),
    Column("ambient_temp_c", Float, nullable=False),
    Column("calibration_valid", Boolean, nullable=False),
    Column("training_valid", Boolean, nullable=False),
    Column("recording_sha256", word(64)),
    # The inspection as it was sent, canonical, without personal data.
    Column("body", Text, nullable=False),
    Index("ix_inspections_station_id_received_at", "station_id", "received_at"),
    Index("ix_inspections_battery_id_tested_at", "battery_id", "tested_at"),
    # One raw recording under two batteries is a copy.
    Index(
        "ix_inspections_recording_sha256",
        "recording_sha256",
        sqlite_where=text("recording_sha256 IS NOT NULL"),
        postgresql_where=text("recording_sha256 IS NOT NULL"),
    ),
)

evaluation = Table(
    "evaluations",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("inspection_id", Uuid, primary_key=True),
    Column("ruleset_id", word(32), primary_key=True),
    Column("code", word(16), nullable=False),
    Column("score_tenths", Integer),
    Column("next_due", Date),
    Column("record", Json, nullable=False),
    Column("evaluated_at", UtcTime, nullable=False),
    # The one under the rule set in force at inspection; the others are history.
    Column("is_legal", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "inspection_id"],
        ["inspections.battery_id", "inspections.inspection_id"],
    ),
    CheckConstraint("score_tenths BETWEEN 0 AND 1000", name="score_in_range"),
    # The few that a check before a sale must open.
    Index(
        "ix_evaluations_not_green",
        "battery_id",
        "inspection_id",
        "code",
        "evaluated_at",
        sqlite_where=text("is_legal = 1 AND code <> 'green'"),
        postgresql_where=text("is_legal AND code <> 'green'"),
    ),
)

code_change = Table(
    "code_changes",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("change_id", Uuid, primary_key=True),
    Column("from_code", word(16)),
    Column("to_code", word(16), nullable=False),
    Column("inspection_id", Uuid, nullable=False),
    Column("at", UtcTime, nullable=False),
)

counter = Table(
    "inspection_counters",
    metadata,
    # Kept in the intake's transaction; slots keep busy stations from waiting
    # for one another's row.
    Column("month", word(7), primary_key=True),
    Column("district_code", word(6), primary_key=True),
    Column("station_id", Uuid, primary_key=True),
    Column("maker", word(64), primary_key=True),
    Column("code", word(16), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("inspections", Integer, nullable=False),
)

idempotency_key = Table(
    "idempotency_keys",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("route", word(64), primary_key=True),
    Column("key", word(255), primary_key=True),
    Column("request_sha256", LargeBinary(32), nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False, index=True),
)
