"""Whether everything that happened has its leaf: the two counted side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from battery_registry.domain.ledger import LeafKind
from battery_registry.store.tables.cases import custody_event, ledger_leaf
from battery_registry.store.tables.inspections import code_change, inspection

_HAPPENED: Final[Mapping[LeafKind, Table]] = MappingProxyType(
    {
        LeafKind.INSPECTION: inspection,
        LeafKind.CODE_CHANGE: code_change,
        LeafKind.CUSTODY_EVENT: custody_event,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many things of a kind happened, and how many leaves say so."""

    kind: LeafKind
    happened: int
    leaves: int


def count(session: Session) -> tuple[Tally, ...]:
    """Count what happened and its leaves, by kind; whole tables are read."""
    by_kind = select(ledger_leaf.c.kind, func.count()).group_by(ledger_leaf.c.kind)
    leaves = {row.kind: row[1] for row in session.execute(by_kind)}
    return tuple(
        Tally(
            kind=kind,
            happened=session.scalar(select(func.count()).select_from(table)) or 0,
            leaves=leaves.get(kind.value, 0),
        )
        for kind, table in _HAPPENED.items()
    )
