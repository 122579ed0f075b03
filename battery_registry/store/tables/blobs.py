"""Raw recordings and photos that are kept, and which inspections name the photos."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    Uuid,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

blob = Table(
    "blobs",
    metadata,
    # The bytes are in the blob folder under this hash.
    Column("sha256", word(64), primary_key=True),
    Column("kind", word(16), nullable=False),
    Column("media_type", word(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    # Who sent it first; others that name the same bytes need not send it again.
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

inspection_photo = Table(
    "inspection_photos",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("inspection_id", Uuid, primary_key=True),
    Column("sha256", word(64), primary_key=True),
    Column("station_id", Uuid, nullable=False),
    ForeignKeyConstraint(
        ["battery_id", "inspection_id"],
        ["inspections.battery_id", "inspections.inspection_id"],
    ),
    Index("ix_inspection_photos_sha256", "sha256"),
)
