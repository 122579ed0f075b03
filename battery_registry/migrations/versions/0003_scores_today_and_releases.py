"""What a rule set would say today, and by whom it was let go live.

Revision: 0003
"""

from alembic import op
import sqlalchemy as sa


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scores_today",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("ruleset_id", sa.String(length=32), nullable=False),
        sa.Column("ruleset_sha256", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("score_tenths", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("battery_id", name=op.f("pk_scores_today")),
    )
    op.create_table(
        "ruleset_releases",
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("ruleset_id", sa.String(length=32), nullable=False),
        sa.Column("ruleset_sha256", sa.String(length=64), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("green_to_red", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["people.person_id"],
            name=op.f("fk_ruleset_releases_proposed_by_people"),
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"],
            ["people.person_id"],
            name=op.f("fk_ruleset_releases_signed_by_people"),
        ),
        sa.PrimaryKeyConstraint("report_sha256", name=op.f("pk_ruleset_releases")),
    )
    op.create_index(
        op.f("ix_ruleset_releases_ruleset_id"),
        "ruleset_releases",
        ["ruleset_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_ruleset_releases_ruleset_id"), table_name="ruleset_releases"
    )
    op.drop_table("ruleset_releases")
    op.drop_table("scores_today")
