"""How a red may end without destruction: retests, appeals; and corrections."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

_IS_OPEN = text("state = 'open'")


def _of_a_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["battery_id", "case_id"], ["cases.battery_id", "cases.case_id"]
    )


retest = Table(
    "retests",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("retest_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("state", word(16), nullable=False),
    Column("greens_needed", Integer, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_by", word(32), nullable=False),
    Column("opened_actor", word(48), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    # When it was told that the deadline is past.
    Column("overdue_told_at", UtcTime),
    _of_a_case(),
    # One at a time: two cannot be satisfied by the same test.
    Index(
        "uq_retests_open",
        "battery_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    Index("ix_retests_opened_at_retest_id", "opened_at", "retest_id"),
)

retest_inspection = Table(
    "retest_inspections",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("retest_id", Uuid, primary_key=True),
    Column("inspection_id", Uuid, primary_key=True),
    Column("counts", Boolean, nullable=False),
    Column("finding", word(24), nullable=False),
    Column("at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "retest_id"], ["retests.battery_id", "retests.retest_id"]
    ),
    ForeignKeyConstraint(
        ["battery_id", "inspection_id"],
        ["inspections.battery_id", "inspections.inspection_id"],
    ),
)

appeal = Table(
    "appeals",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("appeal_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("state", word(16), nullable=False),
    Column("grounds", Text, nullable=False),
    Column("filed_at", UtcTime, nullable=False),
    Column("filed_by", word(32), nullable=False),
    Column("filed_actor", word(48), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    Column("decided_by", word(32)),
    Column("decided_actor", word(48)),
    Column("decision_note", Text),
    Column("overdue_told_at", UtcTime),
    _of_a_case(),
    Index(
        "uq_appeals_open",
        "battery_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    Index("ix_appeals_appeal_id", "appeal_id"),
    Index("ix_appeals_filed_at_appeal_id", "filed_at", "appeal_id"),
)

correction = Table(
    "custody_corrections",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("correction_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("reason", word(24), nullable=False),
    Column("corrective_event_ids", Json, nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    Column("declared_by", word(32), nullable=False),
    Column("appeal_id", Uuid),
    _of_a_case(),
)
