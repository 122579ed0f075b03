"""Recalls, fire reports, retests, appeals, corrections.

Revision: 0008
"""

from alembic import op
from typing import Any

import sqlalchemy as sa


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_IN_FORCE = sa.text("state IN ('confirmed', 'withdrawing')")
_OPEN = sa.text("state = 'open'")


def _time(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _id(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=null)


def _word(name: str, length: int, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def _deed(name: str, *, null: bool = True) -> list[sa.Column[Any]]:
    return [
        _time(f"{name}_at", null=null),
        _word(f"{name}_by", 32, null=null),
        _word(f"{name}_actor", 48, null=null),
    ]


def _of_a_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["battery_id", "case_id"],
        ["cases.battery_id", "cases.case_id"],
        name=op.f(f"fk_{table}_battery_id_case_id_cases"),
    )


def upgrade() -> None:
    _recalls()
    _fires()
    _retests()
    _appeals()


def _recalls() -> None:
    op.create_table(
        "recalls",
        _id("recall_id"),
        _word("state", 16),
        _word("maker", 64),
        _word("model", 64, null=True),
        _word("code_from", 64, null=True),
        _word("code_to", 64, null=True),
        sa.Column("produced_from", sa.Date(), nullable=True),
        sa.Column("produced_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_deed("proposed", null=False),
        *_deed("confirmed"),
        *_deed("withdrawing"),
        *_deed("withdrawn"),
        sa.PrimaryKeyConstraint("recall_id", name=op.f("pk_recalls")),
    )
    op.create_index(
        "ix_recalls_in_force",
        "recalls",
        ["recall_id"],
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )
    op.create_table(
        "recall_batteries",
        _id("battery_id"),
        _id("recall_id"),
        _id("event_id"),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        _time("recalled_at"),
        _time("released_at", null=True),
        _id("release_event_id", null=True),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_recall_batteries_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"],
            ["recalls.recall_id"],
            name=op.f("fk_recall_batteries_recall_id_recalls"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "recall_id", name=op.f("pk_recall_batteries")
        ),
    )
    op.create_index(
        "ix_recall_batteries_recall_id_battery_id",
        "recall_batteries",
        ["recall_id", "battery_id"],
    )


def _fires() -> None:
    op.create_table(
        "fires",
        _id("fire_id"),
        _time("occurred_at"),
        _word("district_code", 6, null=True),
        _word("cause", 24),
        _word("certainty", 16),
        _word("link", 8),
        _word("maker", 64, null=True),
        _word("model", 64, null=True),
        _word("serial", 64, null=True),
        _word("reference", 64, null=True),
        *_deed("reported", null=False),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_fires_district_code_districts"),
        ),
        sa.PrimaryKeyConstraint("fire_id", name=op.f("pk_fires")),
    )
    op.create_index("ix_fires_reported_at_fire_id", "fires", ["reported_at", "fire_id"])
    op.create_table(
        "fire_batteries",
        _id("battery_id"),
        _id("fire_id"),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_fire_batteries_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["fire_id"],
            ["fires.fire_id"],
            name=op.f("fk_fire_batteries_fire_id_fires"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "fire_id", name=op.f("pk_fire_batteries")
        ),
    )
    op.create_index(
        "ix_fire_batteries_fire_id_battery_id",
        "fire_batteries",
        ["fire_id", "battery_id"],
    )


def _retests() -> None:
    op.create_table(
        "retests",
        _id("battery_id"),
        _id("retest_id"),
        _id("case_id"),
        _word("state", 16),
        sa.Column("greens_needed", sa.Integer(), nullable=False),
        *_deed("opened", null=False),
        _time("due_at"),
        _time("closed_at", null=True),
        _time("overdue_told_at", null=True),
        _of_a_case("retests"),
        sa.PrimaryKeyConstraint("battery_id", "retest_id", name=op.f("pk_retests")),
    )
    op.create_index(
        "uq_retests_open",
        "retests",
        ["battery_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_retests_opened_at_retest_id", "retests", ["opened_at", "retest_id"]
    )
    op.create_table(
        "retest_inspections",
        _id("battery_id"),
        _id("retest_id"),
        _id("inspection_id"),
        sa.Column("counts", sa.Boolean(), nullable=False),
        _word("finding", 24),
        _time("at"),
        sa.ForeignKeyConstraint(
            ["battery_id", "retest_id"],
            ["retests.battery_id", "retests.retest_id"],
            name=op.f("fk_retest_inspections_battery_id_retest_id_retests"),
        ),
        sa.ForeignKeyConstraint(
            ["battery_id", "inspection_id"],
            ["inspections.battery_id", "inspections.inspection_id"],
            name=op.f("fk_retest_inspections_battery_id_inspection_id_inspections"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id",
            "retest_id",
            "inspection_id",
            name=op.f("pk_retest_inspections"),
        ),
    )


def _appeals() -> None:
    op.create_table(
        "appeals",
        _id("battery_id"),
        _id("appeal_id"),
        _id("case_id"),
        _word("state", 16),
        sa.Column("grounds", sa.Text(), nullable=False),
        *_deed("filed", null=False),
        _time("due_at"),
        *_deed("decided"),
        sa.Column("decision_note", sa.Text(), nullable=True),
        _time("overdue_told_at", null=True),
        _of_a_case("appeals"),
        sa.PrimaryKeyConstraint("battery_id", "appeal_id", name=op.f("pk_appeals")),
    )
    op.create_index(
        "uq_appeals_open",
        "appeals",
        ["battery_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_appeals_appeal_id", "appeals", ["appeal_id"])
    op.create_index(
        "ix_appeals_filed_at_appeal_id", "appeals", ["filed_at", "appeal_id"]
    )
    op.create_table(
        "custody_corrections",
        _id("battery_id"),
        _id("correction_id"),
        _id("case_id"),
        _id("event_id"),
        _word("reason", 24),
        sa.Column("corrective_event_ids", sa.JSON(), nullable=False),
        _time("declared_at"),
        _word("declared_by", 32),
        _id("appeal_id", null=True),
        _of_a_case("custody_corrections"),
        sa.PrimaryKeyConstraint(
            "battery_id", "correction_id", name=op.f("pk_custody_corrections")
        ),
    )


def downgrade() -> None:
    for table in (
        "custody_corrections",
        "appeals",
        "retest_inspections",
        "retests",
        "fire_batteries",
        "fires",
        "recall_batteries",
        "recalls",
    ):
        op.drop_table(table)
