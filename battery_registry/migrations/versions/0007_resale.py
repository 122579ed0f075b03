"""Clearances, the status list, transfers, checks before a sale, loss reports.

Revision: 0007
"""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
