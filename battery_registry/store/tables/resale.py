"""Before a sale: clearances, transfers, reports of loss, and what was asked."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    text,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

clearance = Table(
    "clearances",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("clearance_id", Uuid, primary_key=True),
    Column("public_code", word(16), nullable=False),
    Column("answer", word(24), nullable=False),
    Column("purpose", word(16), nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("issued_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Column("revoked_for", word(24)),
    # So that it can be shown and signed again; it says nothing else.
    Column("verdict", word(16)),
    Column("reasons", Json),
    Index("ix_clearances_organisation_id", "organisation_id", "clearance_id"),
)

own_check = Table(
    "own_checks",
    metadata,
    # What an organisation has asked by its people, kept for itself alone.
    Column("organisation_id", Uuid, primary_key=True),
    Column("check_id", Uuid, primary_key=True),
    Column("face", word(16), nullable=False),
    Column("asked", word(64), nullable=False),
    Column("answer", word(24), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    Index("ix_own_checks_checked_at", "checked_at"),
)

status_entry = Table(
    "status_entries",
    metadata,
    # A map from a place in the list to the clearance that has it now; used again
    # once that has run out.
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("battery_id", Uuid, nullable=False),
    Column("clearance_id", Uuid, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Index(
        "ix_status_entries_revoked",
        "expires_at",
        sqlite_where=text("revoked_at IS NOT NULL"),
        postgresql_where=text("revoked_at IS NOT NULL"),
    ),
)

sale_key = Table(
    "sale_keys",
    metadata,
    # What a battery can be asked for by before a sale: its labels' codes and its
    # makers' serials.
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    # ``label``, or the scheme of a maker's code and whose numbers these are.
    Column("scheme", word(16), primary_key=True),
    Column("issuer", word(64), primary_key=True),
    Column("value", word(64), primary_key=True),
    # The first five hexadecimal digits of the value's SHA-256.
    Column("prefix", word(5), nullable=False),
    # A serial without what is easily misread; codes have their own check.
    Column("skeleton", word(64)),
    Index("ix_sale_keys_prefix", "prefix"),
    Index(
        "ix_sale_keys_skeleton",
        "skeleton",
        sqlite_where=text("skeleton IS NOT NULL"),
        postgresql_where=text("skeleton IS NOT NULL"),
    ),
)

sale_change = Table(
    "sale_changes",
    metadata,
    # What may have changed the answer to who asked before; the daily feed is
    # made of it.
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("change_id", Uuid, primary_key=True),
    Column("public_code", word(16), nullable=False),
    Column("cause", word(24), nullable=False),
    Column("day", Date, nullable=False),
    Index("ix_sale_changes_day", "day"),
)

loss_report = Table(
    "loss_reports",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("report_id", Uuid, primary_key=True),
    Column("kind", word(8), nullable=False),
    Column("reporter", word(16), nullable=False),
    Column("organisation_id", Uuid),
    Column("reference", word(64)),
    Column("reported_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
)

transfer = Table(
    "transfers",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("transfer_id", Uuid, primary_key=True),
    Column("clearance_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    # Only hashes: whoever reads the table can neither accept nor give.
    Column("giver_sha256", LargeBinary(32), nullable=False),
    Column("receiver_sha256", LargeBinary(32), nullable=False),
    # Who will own it; sealed with the other owners, linked when both agree.
    Column("owner_id", ForeignKey("owners.owner_id")),
    Column("wrong_tries", Integer, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("given_at", UtcTime),
    Column("accepted_at", UtcTime),
    Index("ix_transfers_transfer_id", "transfer_id"),
    ForeignKeyConstraint(
        ["battery_id", "clearance_id"],
        ["clearances.battery_id", "clearances.clearance_id"],
    ),
)

ownership = Table(
    "ownerships",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("ownership_id", Uuid, primary_key=True),
    Column("owner_id", ForeignKey("owners.owner_id"), nullable=False),
    # Proves that somebody is the owner, without saying who.
    Column("owner_code_sha256", LargeBinary(32), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

sale_check = Table(
    "sale_checks",
    metadata,
    # That somebody asked, never who.
    Column("check_id", Uuid, primary_key=True),
    Column("subject_mac", LargeBinary(32), nullable=False),
    Column("answer", word(24), nullable=False),
    Column("face", word(16), nullable=False),
    Column("hour", UtcTime, nullable=False, index=True),
    Column("asked", Integer, nullable=False),
)

asked_count = Table(
    "asked_counts",
    metadata,
    # How often one asker asked in one window; a keyed hash that changes with it.
    Column("window", UtcTime, primary_key=True),
    Column("asker_mac", LargeBinary(32), primary_key=True),
    Column("asked", Integer, nullable=False),
)
