"""Classes of instruments, and what new packs of each model read.

Revision: 0002
"""

from alembic import op
import sqlalchemy as sa


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "instruments",
        sa.Column(
            "instrument_class",
            sa.String(length=16),
            server_default="station",
            nullable=False,
        ),
    )
    op.create_table(
        "model_references",
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("unit_kind", sa.String(length=8), nullable=False),
        sa.Column("quantity", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "maker",
            "model",
            "unit_kind",
            "quantity",
            name=op.f("pk_model_references"),
        ),
    )


def downgrade() -> None:
    op.drop_table("model_references")
    op.drop_column("instruments", "instrument_class")
