"""Seal what happened: one leaf each, in the transaction that made it happen."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from battery_registry.domain import ledger
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.ledger import Leaf, LeafKind
from battery_registry.store.ids import new_id
from battery_registry.store.tables.cases import ledger_leaf
from battery_registry.store.writes import Writes


def seal(
    writes: Writes,
    *,
    kind: LeafKind,
    battery_id: UUID,
    subject_id: UUID,
    content: Mapping[str, object],
    now: datetime,
) -> None:
    """Add the leaf; its place in the tree is given when a checkpoint is sealed.

    Args:
        writes: What the use case writes.
        kind: What sort of thing happened.
        battery_id: To which battery.
        subject_id: The inspection or event that it is about.
        now: When it was recorded.
        content: What happened, JSON values without personal data. Only its
            hash is kept here.
    """
    leaf = Leaf(
        kind=kind,
        battery_id=battery_id,
        subject_id=subject_id,
        at=now,
        content_sha256=canonical_sha256(content),
    )
    writes.add(
        ledger_leaf,
        battery_id=battery_id,
        leaf_id=new_id(now),
        kind=kind.value,
        subject_id=subject_id,
        at=now,
        content_sha256=leaf.content_sha256,
        leaf_hash=ledger.leaf_hash(ledger.entry(leaf)),
    )
