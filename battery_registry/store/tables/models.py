"""What new packs of each model read."""

from sqlalchemy import Column, Float, Table

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

CAPACITY = "capacity_ah"

model_reference = Table(
    "model_references",
    metadata,
    Column("maker", word(64), primary_key=True),
    Column("model", word(64), primary_key=True),
    Column("unit_kind", word(8), primary_key=True),
    # A method of resistance, in mΩ, or the capacity, in Ah.
    Column("quantity", word(16), primary_key=True),
    Column("value", Float, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)
