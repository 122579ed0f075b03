"""Offers of hand-overs, manifests with drums and packs, incidents.

Revision: 0006
"""

from alembic import op
from typing import Any

import sqlalchemy as sa


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN_CASE = sa.text("closed_at IS NULL")
_UNTOLD = sa.text("closed_at IS NULL AND overdue_told_at IS NULL")
_OPEN_OFFER = sa.text("status = 'open'")


def _time(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _id(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=null)


def _word(name: str, length: int, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def _of_a_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["battery_id", "case_id"],
        ["cases.battery_id", "cases.case_id"],
        name=op.f(f"fk_{table}_battery_id_case_id_cases"),
    )


def _of_a_manifest(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["manifest_id"],
        ["manifests.manifest_id"],
        name=op.f(f"fk_{table}_manifest_id_manifests"),
    )


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _cases()
    _offers()
    _manifests()
    _incidents()


def _cases() -> None:
    op.add_column("cases", sa.Column("mass_kg", sa.Float(), nullable=True))
    op.add_column("cases", _time("overdue_told_at", null=True))
    _partial("ix_cases_untold_by_due_at", "cases", ["due_at"], _UNTOLD)
    _partial(
        "ix_cases_open_by_holder",
        "cases",
        ["holder_code", "opened_at", "case_id"],
        _OPEN_CASE,
    )


def _offers() -> None:
    op.create_table(
        "custody_offers",
        _id("battery_id"),
        _id("offer_id"),
        _id("case_id"),
        sa.Column("case_seq", sa.Integer(), nullable=False),
        _word("public_code", 16),
        _word("to_state", 16),
        _word("giver_code", 32),
        _word("receiver_code", 32),
        _word("offered_role", 16),
        sa.Column("evidence", sa.JSON(), nullable=False),
        _word("status", 16),
        _time("offered_at"),
        _time("expires_at"),
        _time("settled_at", null=True),
        _id("event_id", null=True),
        sa.Column("body_sha256", sa.LargeBinary(length=32), nullable=False),
        _of_a_case("custody_offers"),
        sa.PrimaryKeyConstraint(
            "battery_id", "offer_id", name=op.f("pk_custody_offers")
        ),
    )
    op.create_index(
        "uq_custody_offers_open",
        "custody_offers",
        ["battery_id"],
        unique=True,
        sqlite_where=_OPEN_OFFER,
        postgresql_where=_OPEN_OFFER,
    )
    op.create_index("ix_custody_offers_offer_id", "custody_offers", ["offer_id"])
    for side in ("giver_code", "receiver_code"):
        op.create_index(
            f"ix_custody_offers_{side}",
            "custody_offers",
            [side, "offered_at", "offer_id"],
        )
    _partial(
        "ix_custody_offers_expires_at", "custody_offers", ["expires_at"], _OPEN_OFFER
    )


def _manifests() -> None:
    op.create_table(
        "manifests",
        _id("manifest_id"),
        _word("status", 16),
        _word("waste_kind", 16),
        _word("sender_code", 32),
        _word("carrier_code", 32),
        _word("receiver_code", 32),
        _word("licence_number", 64, null=True),
        _word("transfer_manifest_number", 64, null=True),
        _word("vehicle", 32, null=True),
        _word("judged_by", 32),
        sa.Column("judge_trained_on", sa.Date(), nullable=False),
        _time("created_at"),
        _time("dispatched_at", null=True),
        _time("received_at", null=True),
        _time("settled_at", null=True),
        sa.Column("body_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("manifest_id", name=op.f("pk_manifests")),
    )
    op.create_index(
        "ix_manifests_created_at_manifest_id",
        "manifests",
        ["created_at", "manifest_id"],
    )
    op.create_table(
        "manifest_drums",
        _id("manifest_id"),
        _word("sscc", 18),
        _word("damage_class", 16),
        _word("packing_instruction", 8),
        sa.Column("sent_kg", sa.Float(), nullable=False),
        sa.Column("received_kg", sa.Float(), nullable=True),
        _of_a_manifest("manifest_drums"),
        sa.PrimaryKeyConstraint("manifest_id", "sscc", name=op.f("pk_manifest_drums")),
    )
    op.create_table(
        "manifest_packs",
        _id("battery_id"),
        _id("manifest_id"),
        _id("case_id"),
        _word("public_code", 16),
        _word("sscc", 18),
        sa.Column("mass_kg", sa.Float(), nullable=False),
        _word("status", 16),
        _of_a_manifest("manifest_packs"),
        _of_a_case("manifest_packs"),
        sa.PrimaryKeyConstraint(
            "battery_id", "manifest_id", name=op.f("pk_manifest_packs")
        ),
    )
    op.create_index("ix_manifest_packs_manifest_id", "manifest_packs", ["manifest_id"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        _id("subject_id"),
        _id("incident_id"),
        _word("subject_kind", 16),
        _word("kind", 32),
        sa.Column("opened_on", sa.Date(), nullable=False),
        _time("opened_at"),
        _time("closed_at", null=True),
        _word("closed_by", 32, null=True),
        _word("public_code", 16, null=True),
        _word("district_code", 6, null=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("closing", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint(
            "subject_id", "incident_id", name=op.f("pk_incidents")
        ),
    )
    op.create_index(
        "uq_incidents_subject_id_kind_opened_on",
        "incidents",
        ["subject_id", "kind", "opened_on"],
        unique=True,
    )
    op.create_index(
        "ix_incidents_opened_at_incident_id",
        "incidents",
        ["opened_at", "incident_id"],
    )
    op.create_index("ix_incidents_incident_id", "incidents", ["incident_id"])
    _partial("ix_incidents_open", "incidents", ["opened_at", "incident_id"], _OPEN_CASE)


def downgrade() -> None:
    for table in (
        "incidents",
        "manifest_packs",
        "manifest_drums",
        "manifests",
        "custody_offers",
    ):
        op.drop_table(table)
    op.drop_index("ix_cases_open_by_holder", table_name="cases")
    op.drop_index("ix_cases_untold_by_due_at", table_name="cases")
    op.drop_column("cases", "overdue_told_at")
    op.drop_column("cases", "mass_kg")
