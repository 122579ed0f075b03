"""Events that others told us, kept beside our own: they change no battery."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

capture_job = Table(
    "capture_jobs",
    metadata,
    Column(
        "organisation_id",
        ForeignKey("organisations.organisation_id"),
        primary_key=True,
    ),
    Column("job_id", Uuid, primary_key=True),
    Column("error_behaviour", word(16), nullable=False),
    Column("success", Boolean, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("results", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime, nullable=False),
)

captured_event = Table(
    "captured_events",
    metadata,
    # Each organisation's own word: another's same event takes nothing from it.
    Column("organisation_id", Uuid, primary_key=True),
    Column("event_sha256", LargeBinary(32), primary_key=True),
    Column("row_id", Uuid, nullable=False),
    Column("job_id", Uuid, nullable=False),
    Column("event_time", UtcTime, nullable=False),
    Column("biz_step", Text),
    # Dispositions set for good, each between blanks.
    Column("persistent_set", Text, nullable=False),
    Column("body", Json, nullable=False),
    Column("captured_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["organisation_id", "job_id"],
        ["capture_jobs.organisation_id", "capture_jobs.job_id"],
    ),
    Index("ix_captured_events_event_time_row_id", "event_time", "row_id"),
)

captured_epc = Table(
    "captured_epcs",
    metadata,
    # Of the canonical spelling, which may be as long as an address.
    Column("epc_sha256", LargeBinary(32), primary_key=True),
    Column("organisation_id", Uuid, primary_key=True),
    Column("event_sha256", LargeBinary(32), primary_key=True),
    # Where it is one of ours.
    Column("battery_id", Uuid),
    ForeignKeyConstraint(
        ["organisation_id", "event_sha256"],
        ["captured_events.organisation_id", "captured_events.event_sha256"],
    ),
    Index("ix_captured_epcs_battery_id", "battery_id"),
)
