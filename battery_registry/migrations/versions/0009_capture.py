"""Events captured from others.

Revision: 0009
"""

from alembic import op
import sqlalchemy as sa


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "capture_jobs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("error_behaviour", sa.String(length=16), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.organisation_id"],
            name=op.f("fk_capture_jobs_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "job_id", name=op.f("pk_capture_jobs")
        ),
    )
    op.create_table(
        "captured_events",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("biz_step", sa.Text(), nullable=True),
        sa.Column("persistent_set", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "job_id"],
            ["capture_jobs.organisation_id", "capture_jobs.job_id"],
            name=op.f("fk_captured_events_organisation_id_capture_jobs"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "event_sha256", name=op.f("pk_captured_events")
        ),
    )
    op.create_index(
        "ix_captured_events_event_time_row_id",
        "captured_events",
        ["event_time", "row_id"],
    )
    op.create_table(
        "captured_epcs",
        sa.Column("epc_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("event_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("battery_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "event_sha256"],
            ["captured_events.organisation_id", "captured_events.event_sha256"],
            name=op.f("fk_captured_epcs_organisation_id_captured_events"),
        ),
        sa.PrimaryKeyConstraint(
            "epc_sha256",
            "organisation_id",
            "event_sha256",
            name=op.f("pk_captured_epcs"),
        ),
    )
    op.create_index("ix_captured_epcs_battery_id", "captured_epcs", ["battery_id"])
    op.create_index(
        "ix_custody_events_occurred_at",
        "custody_events",
        ["occurred_at", "case_id", "seq"],
    )


def downgrade() -> None:
    op.drop_index("ix_custody_events_occurred_at", table_name="custody_events")
    op.drop_table("captured_epcs")
    op.drop_table("captured_events")
    op.drop_table("capture_jobs")
