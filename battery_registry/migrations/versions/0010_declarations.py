"""What makers declare for the passports.

Revision: 0010
"""

from alembic import op
from typing import Any

import sqlalchemy as sa


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _declared() -> list[sa.Column[Any]]:
    return [
        sa.Column("aspect", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.String(length=32), nullable=False),
        sa.Column("declared_actor", sa.String(length=48), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "model_declarations",
        sa.Column("maker_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("model_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        *_declared(),
        sa.PrimaryKeyConstraint(
            "maker_key",
            "model_key",
            "aspect",
            "version",
            name=op.f("pk_model_declarations"),
        ),
    )
    op.create_index(
        "ix_model_declarations_declared_at_declaration_id",
        "model_declarations",
        ["declared_at", "declaration_id"],
    )
    op.create_table(
        "battery_declarations",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        *_declared(),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_battery_declarations_battery_id_batteries"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "aspect", "version", name=op.f("pk_battery_declarations")
        ),
    )


def downgrade() -> None:
    op.drop_table("battery_declarations")
    op.drop_table("model_declarations")
