"""Checkpoints of the ledger, and each leaf's own place in the tree.

Revision: 0013
"""

from alembic import op

import sqlalchemy as sa


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grown_from", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at", sa.DateTime(timezone=True), nullable=False
        ),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoints")),
        sa.UniqueConstraint(
            "grown_from", name=op.f("uq_ledger_checkpoints_grown_from")
        ),
    )
    op.create_index(
        "ix_ledger_leaves_tree_index",
        "ledger_leaves",
        ["tree_index"],
        sqlite_where=sa.text("tree_index IS NOT NULL"),
        postgresql_where=sa.text("tree_index IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_leaves_tree_index", table_name="ledger_leaves")
    op.drop_table("ledger_checkpoints")
