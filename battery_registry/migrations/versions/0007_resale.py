"""Clearances, the status list, transfers, checks before a sale, loss reports.

Revision: 0007
"""

import hashlib
import unicodedata

from alembic import op
from typing import Any

import sqlalchemy as sa


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CHUNK = 5_000
_MOMENT = sa.DateTime(timezone=True)
# As the program folds what is easily misread, when this was written.
_FOLDED = str.maketrans("OQDILZSBG", "000112586")


def upgrade() -> None:
    _clearances()
    _keys()
    _transfers()
    _asked()
    _fill_keys(op.get_bind())


def _clearances() -> None:
    op.create_table(
        "clearances",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("clearance_id", sa.Uuid(), nullable=False),
        sa.Column("public_code", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_for", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_clearances_battery_id_batteries"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "clearance_id", name=op.f("pk_clearances")
        ),
    )
    op.create_table(
        "status_entries",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("clearance_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_status_entries")),
    )
    op.create_index(
        "ix_status_entries_revoked",
        "status_entries",
        ["expires_at"],
        sqlite_where=sa.text("revoked_at IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )


def _keys() -> None:
    op.create_table(
        "sale_keys",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=5), nullable=False),
        sa.Column("skeleton", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_sale_keys_battery_id_batteries"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "scheme", "issuer", "value", name=op.f("pk_sale_keys")
        ),
    )
    op.create_index("ix_sale_keys_prefix", "sale_keys", ["prefix"])
    op.create_index(
        "ix_sale_keys_skeleton",
        "sale_keys",
        ["skeleton"],
        sqlite_where=sa.text("skeleton IS NOT NULL"),
        postgresql_where=sa.text("skeleton IS NOT NULL"),
    )
    op.create_table(
        "sale_changes",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("public_code", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_sale_changes_battery_id_batteries"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "change_id", name=op.f("pk_sale_changes")
        ),
    )
    op.create_index("ix_sale_changes_day", "sale_changes", ["day"])


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("clearance_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("giver_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("receiver_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("given_at", _MOMENT, nullable=True),
        sa.Column("accepted_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["battery_id", "clearance_id"],
            ["clearances.battery_id", "clearances.clearance_id"],
            name=op.f("fk_transfers_battery_id_clearances"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["owners.owner_id"],
            name=op.f("fk_transfers_owner_id_owners"),
        ),
        sa.PrimaryKeyConstraint("battery_id", "transfer_id", name=op.f("pk_transfers")),
    )
    op.create_index("ix_transfers_transfer_id", "transfers", ["transfer_id"])
    op.create_table(
        "ownerships",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("ownership_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_ownerships_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["owners.owner_id"],
            name=op.f("fk_ownerships_owner_id_owners"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "ownership_id", name=op.f("pk_ownerships")
        ),
    )


def _asked() -> None:
    op.create_table(
        "loss_reports",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reporter", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("reported_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_loss_reports_battery_id_batteries"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "report_id", name=op.f("pk_loss_reports")
        ),
    )
    op.create_table(
        "sale_checks",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("subject_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("face", sa.String(length=16), nullable=False),
        sa.Column("hour", _MOMENT, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_sale_checks")),
    )
    op.create_index("ix_sale_checks_hour", "sale_checks", ["hour"])
    op.create_table(
        "asked_counts",
        sa.Column("window", _MOMENT, nullable=False),
        sa.Column("asker_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("window", "asker_mac", name=op.f("pk_asked_counts")),
    )


def _fill_keys(connection: sa.Connection) -> None:
    """Give batteries that are there already what they are asked for by."""
    keys = sa.table(
        "sale_keys",
        sa.column("battery_id", sa.Uuid()),
        sa.column("scheme", sa.String()),
        sa.column("issuer", sa.String()),
        sa.column("value", sa.String()),
        sa.column("prefix", sa.String()),
        sa.column("skeleton", sa.String()),
    )
    labels = sa.table(
        "labels", sa.column("battery_id", sa.Uuid()), sa.column("code", sa.String())
    )
    codes = sa.table(
        "maker_codes",
        sa.column("battery_id", sa.Uuid()),
        sa.column("scheme", sa.String()),
        sa.column("issuer", sa.String()),
        sa.column("value", sa.String()),
    )
    bound = sa.select(
        labels.c.battery_id,
        sa.literal("label").label("scheme"),
        sa.literal("").label("issuer"),
        labels.c.code.label("value"),
    ).where(labels.c.battery_id.is_not(None))
    for wanted in (bound, sa.select(codes)):
        # Whole, since one connection cannot read and write at once everywhere.
        found = connection.execute(wanted).all()
        for start in range(0, len(found), _CHUNK):
            made = [_key(row) for row in found[start : start + _CHUNK]]
            connection.execute(sa.insert(keys), made)


def _key(row: sa.Row[*tuple[Any, ...]]) -> dict[str, object]:
    signs = unicodedata.normalize("NFKC", row.value).upper()
    folded = "".join(sign for sign in signs if sign.isalnum()).translate(_FOLDED)
    return {
        "battery_id": row.battery_id,
        "scheme": row.scheme,
        "issuer": row.issuer,
        "value": row.value,
        "prefix": hashlib.sha256(row.value.encode()).hexdigest()[:5],
        "skeleton": None if row.scheme == "label" else folded,
    }


def downgrade() -> None:
    for name in (
        "asked_counts",
        "sale_checks",
        "loss_reports",
        "ownerships",
        "transfers",
        "sale_changes",
        "sale_keys",
        "status_entries",
        "clearances",
    ):
        op.drop_table(name)
