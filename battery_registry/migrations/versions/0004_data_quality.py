"""What is doubted of inspections, and checks of instruments by references.

Revision: 0004
"""

from alembic import op
import sqlalchemy as sa


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HAS_RECORDING = sa.text("recording_sha256 IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "inspection_findings",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id", "inspection_id"],
            ["inspections.battery_id", "inspections.inspection_id"],
            name=op.f("fk_inspection_findings_battery_id_inspections"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id",
            "inspection_id",
            "finding",
            name=op.f("pk_inspection_findings"),
        ),
    )
    op.create_index(
        "ix_inspection_findings_station_id_received_at",
        "inspection_findings",
        ["station_id", "received_at"],
    )
    op.create_table(
        "reference_checks",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.String(length=16), nullable=False),
        sa.Column("reference_name", sa.String(length=64), nullable=False),
        sa.Column("reference_value", sa.Float(), nullable=False),
        sa.Column("reading", sa.Float(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instruments.instrument_id"],
            name=op.f("fk_reference_checks_instrument_id_instruments"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_reference_checks_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_reference_checks")),
    )
    op.create_index(
        "ix_reference_checks_instrument_id_checked_at",
        "reference_checks",
        ["instrument_id", "checked_at"],
    )
    op.create_index(
        "ix_reference_checks_station_id_checked_at",
        "reference_checks",
        ["station_id", "checked_at"],
    )
    op.create_index(
        "ix_inspections_recording_sha256",
        "inspections",
        ["recording_sha256"],
        sqlite_where=_HAS_RECORDING,
        postgresql_where=_HAS_RECORDING,
    )


def downgrade() -> None:
    op.drop_index("ix_inspections_recording_sha256", table_name="inspections")
    op.drop_table("reference_checks")
    op.drop_table("inspection_findings")
