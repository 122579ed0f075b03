"""What makers declared, every version of it: of their models, of single batteries."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

model_declaration = Table(
    "model_declarations",
    metadata,
    # Hashes of the names in the form in which they are compared.
    Column("maker_key", LargeBinary(32), primary_key=True),
    Column("model_key", LargeBinary(32), primary_key=True),
    Column("aspect", word(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("declaration_id", Uuid, nullable=False),
    Column("maker", word(64), nullable=False),
    Column("model", word(64), nullable=False),
    Column("content", Json, nullable=False),
    Column("source", Text, nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    Column("declared_by", word(32), nullable=False),
    Column("declared_actor", word(48), nullable=False),
    Index(
        "ix_model_declarations_declared_at_declaration_id",
        "declared_at",
        "declaration_id",
    ),
)

battery_declaration = Table(
    "battery_declarations",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("aspect", word(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("declaration_id", Uuid, nullable=False),
    Column("content", Json, nullable=False),
    Column("source", Text, nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    Column("declared_by", word(32), nullable=False),
    Column("declared_actor", word(48), nullable=False),
)
