"""Recordings and photos, imports with their mappings, signed exports of stations.

Revision: 0005
"""

from alembic import op
import sqlalchemy as sa


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_blobs_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "inspection_photos",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id", "inspection_id"],
            ["inspections.battery_id", "inspections.inspection_id"],
            name=op.f("fk_inspection_photos_battery_id_inspections"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id",
            "inspection_id",
            "sha256",
            name=op.f("pk_inspection_photos"),
        ),
    )
    op.create_index("ix_inspection_photos_sha256", "inspection_photos", ["sha256"])
    op.create_table(
        "import_mappings",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_import_mappings_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_import_mappings")),
    )
    op.create_table(
        "import_runs",
        sa.Column("run_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("run_sha256", name=op.f("pk_import_runs")),
    )
    op.add_column(
        "api_keys", sa.Column("export_public_key", sa.LargeBinary(32), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("api_keys", "export_public_key")
    op.drop_table("import_runs")
    op.drop_table("import_mappings")
    op.drop_table("inspection_photos")
    op.drop_table("blobs")
