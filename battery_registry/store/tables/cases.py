"""Red cases, their hand-overs, what must be told, and the ledger's leaves."""

from sqlalchemy import (
    Column,
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

_IS_OPEN = text("closed_at IS NULL")
_IS_UNTOLD = text("closed_at IS NULL AND overdue_told_at IS NULL")

case = Table(
    "cases",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("state", word(16), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("holder_kind", word(16), nullable=False),
    Column("holder_code", word(32)),
    Column("holder_organisation_kind", word(24)),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_by", Uuid, nullable=False),
    Column("state_since", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("closed_at", UtcTime),
    # What it weighed when it was last weighed, up to the recycler's gate.
    Column("mass_kg", Float),
    # When it was told that this deadline is past; empty again after each step.
    Column("overdue_told_at", UtcTime),
    # What the red list is filtered by, as it stood when the case was opened.
    Column("district_code", ForeignKey("districts.district_code"), nullable=False),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("public_code", word(16), nullable=False),
    Column("maker", word(64)),
    Column("model", word(64)),
    Index("ix_cases_opened_at_case_id", "opened_at", "case_id"),
    # Both lists are walked backwards, newest first.
    Index(
        "ix_cases_open_by_time",
        "opened_at",
        "case_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    Index(
        "ix_cases_untold_by_due_at",
        "due_at",
        sqlite_where=_IS_UNTOLD,
        postgresql_where=_IS_UNTOLD,
    ),
    Index(
        "ix_cases_open_by_holder",
        "holder_code",
        "opened_at",
        "case_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    Index(
        "ix_cases_open_by_district",
        "district_code",
        "opened_at",
        "case_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

custody_event = Table(
    "custody_events",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("from_state", word(16)),
    Column("to_state", word(16), nullable=False),
    Column("giver_kind", word(16), nullable=False),
    Column("giver_code", word(32)),
    Column("receiver_kind", word(16), nullable=False),
    Column("receiver_code", word(32)),
    Column("occurred_at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("biz_step", word(32), nullable=False),
    Column("disposition", word(32), nullable=False),
    Column("actor_role", word(16), nullable=False),
    Column("actor_organisation_code", word(32), nullable=False),
    Column("evidence", Json, nullable=False),
    Column("body_sha256", LargeBinary(32), nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "case_id"], ["cases.battery_id", "cases.case_id"]
    ),
    Index("uq_custody_events_event_id", "battery_id", "event_id", unique=True),
    Index("ix_custody_events_occurred_at", "occurred_at", "case_id", "seq"),
)

notice = Table(
    "notices",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("battery_id", Uuid),
    Column("topic", word(48), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("available_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("locked_until", UtcTime),
    Column("sent_at", UtcTime),
    Column("last_error", Text),
    Index(
        "ix_notices_waiting",
        "available_at",
        sqlite_where=text("sent_at IS NULL"),
        postgresql_where=text("sent_at IS NULL"),
    ),
)

ledger_leaf = Table(
    "ledger_leaves",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("leaf_id", Uuid, primary_key=True),
    Column("kind", word(24), nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("content_sha256", LargeBinary(32), nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    # Given when a checkpoint is sealed, so that writers never wait in line.
    Column("tree_index", Integer),
    Index(
        "ix_ledger_leaves_unsealed",
        "leaf_id",
        sqlite_where=text("tree_index IS NULL"),
        postgresql_where=text("tree_index IS NULL"),
    ),
    Index(
        "ix_ledger_leaves_tree_index",
        "tree_index",
        sqlite_where=text("tree_index IS NOT NULL"),
        postgresql_where=text("tree_index IS NOT NULL"),
    ),
)
