"""Filters of the red list that a person keeps under a name.

Revision: 0015
"""

from alembic import op

import sqlalchemy as sa


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("filter_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.String(length=1024), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.person_id"],
            name=op.f("fk_saved_filters_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("person_id", "filter_id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint(
            "person_id", "name", name=op.f("uq_saved_filters_person_id_name")
        ),
    )


def downgrade() -> None:
    op.drop_table("saved_filters")
