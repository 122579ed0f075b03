"""An index on the few evaluations that a check before a sale must open.

Revision: 0011
"""

from alembic import op

import sqlalchemy as sa


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_evaluations_not_green",
        "evaluations",
        ["battery_id", "inspection_id", "code", "evaluated_at"],
        sqlite_where=sa.text("is_legal = 1 AND code <> 'green'"),
        postgresql_where=sa.text("is_legal AND code <> 'green'"),
    )


def downgrade() -> None:
    op.drop_index("ix_evaluations_not_green", table_name="evaluations")
