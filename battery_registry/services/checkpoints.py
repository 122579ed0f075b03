"""Seal the ledger: give every leaf its place, and keep the root over all of them.

Whoever writes a leaf never waits for this: places are given here, in the order of
the leaves' ids, after what was sealed before. Sealing reads every hash once; it is
for every hour, not for every reading.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.checkpoint import Checkpoint, CheckpointUnknownError
from battery_registry.domain.ledger import merkle_root
from battery_registry.store import ledger
from battery_registry.store.tables.cases import ledger_leaf
from battery_registry.store.tables.ledger import ledger_checkpoint

_PLACE: Final = (
    update(ledger_leaf)
    .where(ledger_leaf.c.battery_id == bindparam("of_battery"))
    .where(ledger_leaf.c.leaf_id == bindparam("of_leaf"))
    .values(tree_index=bindparam("place"))
)


def seal(session: Session, *, now: datetime) -> Checkpoint:
    """Seal what is not sealed; with nothing new the newest checkpoint stays.

    Of two that seal at once one fails, since the tree grows from a size once.

    Args:
        session: A transaction that writes.
        now: The time of the request, aware.

    Raises:
        CheckpointUnknownError: There is no leaf at all.
    """
    size = _sealed(session)
    waiting = session.execute(
        select(ledger_leaf.c.battery_id, ledger_leaf.c.leaf_id)
        .where(ledger_leaf.c.tree_index.is_(None))
        .order_by(ledger_leaf.c.leaf_id)
    ).all()
    if not waiting:
        return get_newest(session)
    session.connection().execute(
        _PLACE,
        [
            {"of_battery": row.battery_id, "of_leaf": row.leaf_id, "place": place}
            for place, row in enumerate(waiting, start=size)
        ],
    )
    made = Checkpoint(
        size=size + len(waiting),
        root=merkle_root(ledger.leaf_hashes(session, size=size + len(waiting))),
        sealed_at=now,
    )
    session.execute(
        insert(ledger_checkpoint).values(
            size=made.size,
            grown_from=size,
            root=made.root,
            sealed_at=made.sealed_at,
        )
    )
    return made


def find_newest(session: Session) -> Checkpoint | None:
    """Find the newest checkpoint; None before the first."""
    found = list_newest(session, most=1)
    return found[0] if found else None


def get_newest(session: Session) -> Checkpoint:
    """Get the newest checkpoint.

    Raises:
        CheckpointUnknownError: Nothing was sealed yet.
    """
    found = find_newest(session)
    if found is None:
        raise CheckpointUnknownError
    return found


def get(session: Session, *, size: int) -> Checkpoint:
    """Get the checkpoint of a size.

    Raises:
        CheckpointUnknownError: There is none.
    """
    row = session.execute(
        select(ledger_checkpoint).where(ledger_checkpoint.c.size == size)
    ).one_or_none()
    if row is None:
        raise CheckpointUnknownError(field="first")
    return Checkpoint(size=row.size, root=row.root, sealed_at=row.sealed_at)


def list_newest(session: Session, *, most: int) -> tuple[Checkpoint, ...]:
    """List the newest checkpoints, the newest first."""
    rows = session.execute(
        select(ledger_checkpoint).order_by(ledger_checkpoint.c.size.desc()).limit(most)
    )
    return tuple(
        Checkpoint(size=row.size, root=row.root, sealed_at=row.sealed_at)
        for row in rows
    )


def count_waiting(session: Session) -> int:
    """Count the leaves that no checkpoint covers yet."""
    unsealed = select(func.count()).where(ledger_leaf.c.tree_index.is_(None))
    return session.scalar(unsealed.select_from(ledger_leaf)) or 0


def _sealed(session: Session) -> int:
    highest = session.scalar(select(func.max(ledger_leaf.c.tree_index)))
    return 0 if highest is None else highest + 1
