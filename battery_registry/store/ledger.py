"""Read the ledger's leaves in the order that checkpoints gave them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.cases import ledger_leaf


def leaf_hashes(session: Session, *, size: int) -> list[bytes]:
    """Read the hashes of the first leaves, in their order."""
    return list(
        session.scalars(
            select(ledger_leaf.c.leaf_hash)
            .where(ledger_leaf.c.tree_index < size)
            .order_by(ledger_leaf.c.tree_index)
        )
    )
