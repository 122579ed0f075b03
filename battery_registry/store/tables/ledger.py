"""The ledger's checkpoints: how many leaves there were, and the root over them."""

from sqlalchemy import Column, Integer, LargeBinary, Table, UniqueConstraint

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime

ledger_checkpoint = Table(
    "ledger_checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    # The size that it grew from: of two that seal at once one must fail.
    Column("grown_from", Integer, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("sealed_at", UtcTime, nullable=False),
    UniqueConstraint("grown_from"),
)
