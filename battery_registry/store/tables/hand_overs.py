"""Hand-overs that need two: offers of one pack, manifests of many."""

from sqlalchemy import (
    Column,
    Date,
    Float,
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

_IS_OPEN = text("status = 'open'")

custody_offer = Table(
    "custody_offers",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("offer_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    # The number of the case's last event when it was made: it holds for that.
    Column("case_seq", Integer, nullable=False),
    Column("public_code", word(16), nullable=False),
    Column("to_state", word(16), nullable=False),
    Column("giver_code", word(32), nullable=False),
    Column("receiver_code", word(32), nullable=False),
    Column("offered_role", word(16), nullable=False),
    Column("evidence", Json, nullable=False),
    Column("status", word(16), nullable=False),
    Column("offered_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    # The event that the acceptance made.
    Column("event_id", Uuid),
    Column("body_sha256", LargeBinary(32), nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "case_id"], ["cases.battery_id", "cases.case_id"]
    ),
    Index(
        "uq_custody_offers_open",
        "battery_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    Index("ix_custody_offers_offer_id", "offer_id"),
    Index("ix_custody_offers_giver_code", "giver_code", "offered_at", "offer_id"),
    Index("ix_custody_offers_receiver_code", "receiver_code", "offered_at", "offer_id"),
    Index(
        "ix_custody_offers_expires_at",
        "expires_at",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

manifest = Table(
    "manifests",
    metadata,
    Column("manifest_id", Uuid, primary_key=True),
    Column("status", word(16), nullable=False),
    Column("waste_kind", word(16), nullable=False),
    Column("sender_code", word(32), nullable=False),
    Column("carrier_code", word(32), nullable=False),
    Column("receiver_code", word(32), nullable=False),
    Column("licence_number", word(64)),
    Column("transfer_manifest_number", word(64)),
    Column("vehicle", word(32)),
    # Who judged the damage, by staff number, and until when they are trained.
    Column("judged_by", word(32), nullable=False),
    Column("judge_trained_on", Date, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("dispatched_at", UtcTime),
    Column("received_at", UtcTime),
    Column("settled_at", UtcTime),
    Column("body_sha256", LargeBinary(32), nullable=False),
    Index("ix_manifests_created_at_manifest_id", "created_at", "manifest_id"),
)

manifest_drum = Table(
    "manifest_drums",
    metadata,
    Column("manifest_id", ForeignKey("manifests.manifest_id"), primary_key=True),
    Column("sscc", word(18), primary_key=True),
    Column("damage_class", word(16), nullable=False),
    Column("packing_instruction", word(8), nullable=False),
    Column("sent_kg", Float, nullable=False),
    Column("received_kg", Float),
)

manifest_pack = Table(
    "manifest_packs",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("manifest_id", ForeignKey("manifests.manifest_id"), primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("public_code", word(16), nullable=False),
    Column("sscc", word(18), nullable=False),
    Column("mass_kg", Float, nullable=False),
    Column("status", word(16), nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "case_id"], ["cases.battery_id", "cases.case_id"]
    ),
    Index("ix_manifest_packs_manifest_id", "manifest_id"),
)
