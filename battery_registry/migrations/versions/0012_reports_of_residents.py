"""What residents tell about batteries.

Revision: 0012
"""

from alembic import op

import sqlalchemy as sa


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resident_reports",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("public_code", sa.String(length=16)),
        sa.Column("district_code", sa.String(length=6)),
        sa.Column("note_encrypted", sa.LargeBinary()),
        sa.Column("contact_encrypted", sa.LargeBinary()),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.String(length=32)),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_resident_reports_district_code_districts"),
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_resident_reports")),
    )
    op.create_index(
        "ix_resident_reports_reported_at_report_id",
        "resident_reports",
        ["reported_at", "report_id"],
    )
    op.create_index(
        "ix_resident_reports_public_code_reported_at",
        "resident_reports",
        ["public_code", "reported_at"],
    )


def downgrade() -> None:
    op.drop_table("resident_reports")
