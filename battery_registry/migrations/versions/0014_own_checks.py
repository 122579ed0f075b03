"""What a dealer has asked, and all that its clearances say.

Revision: 0014
"""

from alembic import op

import sqlalchemy as sa


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_checks",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("face", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "check_id", name=op.f("pk_own_checks")
        ),
    )
    op.create_index("ix_own_checks_checked_at", "own_checks", ["checked_at"])
    op.add_column("clearances", sa.Column("verdict", sa.String(length=16)))
    op.add_column("clearances", sa.Column("reasons", sa.JSON()))
    op.create_index(
        "ix_clearances_organisation_id",
        "clearances",
        ["organisation_id", "clearance_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_clearances_organisation_id", table_name="clearances")
    op.drop_column("clearances", "reasons")
    op.drop_column("clearances", "verdict")
    op.drop_table("own_checks")
