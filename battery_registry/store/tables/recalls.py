"""Recalls of a class of batteries, the batteries they cover, and reports of fires."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Table, Text, Uuid, text

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

_IS_IN_FORCE = text("state IN ('confirmed', 'withdrawing')")

recall = Table(
    "recalls",
    metadata,
    Column("recall_id", Uuid, primary_key=True),
    Column("state", word(16), nullable=False),
    Column("maker", word(64), nullable=False),
    Column("model", word(64)),
    Column("code_from", word(64)),
    Column("code_to", word(64)),
    Column("produced_from", Date),
    Column("produced_until", Date),
    Column("reason", Text, nullable=False),
    # Who did what: an organisation, and which of its people or keys.
    Column("proposed_at", UtcTime, nullable=False),
    Column("proposed_by", word(32), nullable=False),
    Column("proposed_actor", word(48), nullable=False),
    Column("confirmed_at", UtcTime),
    Column("confirmed_by", word(32)),
    Column("confirmed_actor", word(48)),
    Column("withdrawing_at", UtcTime),
    Column("withdrawing_by", word(32)),
    Column("withdrawing_actor", word(48)),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", word(32)),
    Column("withdrawn_actor", word(48)),
    Index(
        "ix_recalls_in_force",
        "recall_id",
        sqlite_where=_IS_IN_FORCE,
        postgresql_where=_IS_IN_FORCE,
    ),
)

recall_battery = Table(
    "recall_batteries",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("recall_id", ForeignKey("recalls.recall_id"), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    # What the registry does not know of a battery cannot exclude it.
    Column("is_certain", Boolean, nullable=False),
    Column("recalled_at", UtcTime, nullable=False),
    Column("released_at", UtcTime),
    Column("release_event_id", Uuid),
    Index("ix_recall_batteries_recall_id_battery_id", "recall_id", "battery_id"),
)

fire = Table(
    "fires",
    metadata,
    Column("fire_id", Uuid, primary_key=True),
    Column("occurred_at", UtcTime, nullable=False),
    Column("district_code", ForeignKey("districts.district_code")),
    Column("cause", word(24), nullable=False),
    Column("certainty", word(16), nullable=False),
    Column("link", word(8), nullable=False),
    Column("maker", word(64)),
    Column("model", word(64)),
    Column("serial", word(64)),
    Column("reference", word(64)),
    Column("reported_at", UtcTime, nullable=False),
    Column("reported_by", word(32), nullable=False),
    Column("reported_actor", word(48), nullable=False),
    Index("ix_fires_reported_at_fire_id", "reported_at", "fire_id"),
)

fire_battery = Table(
    "fire_batteries",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("fire_id", ForeignKey("fires.fire_id"), primary_key=True),
    Index("ix_fire_batteries_fire_id_battery_id", "fire_id", "battery_id"),
)
