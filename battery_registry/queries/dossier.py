"""Everything that is known of a red case, for its dossier."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Scope
from battery_registry.domain.code import PublicCode
from battery_registry.domain.ledger import LeafKind
from battery_registry.queries import appeals, batteries, custody, history, incidents
from battery_registry.queries.appeals import AppealRecord, RetestRecord
from battery_registry.queries.batteries import BatteryRecord
from battery_registry.queries.custody import Chain
from battery_registry.queries.history import History
from battery_registry.queries.incidents import Incident
from battery_registry.store.tables.appeals import correction
from battery_registry.store.tables.cases import ledger_leaf

# No battery has so many in its life; a bound all the same.
_MAX_LEAVES = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A leaf of the ledger: what it bears witness to, and how to check it."""

    kind: LeafKind
    subject_id: UUID
    at: datetime
    leaf_hash: bytes
    tree_index: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """An event that was declared wrong; the event itself stays as it was."""

    event_id: UUID
    reason: str
    declared_at: datetime
    declared_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """A case with all that belongs to it; each list is oldest first.

    Args:
        battery: The battery as it stands.
        chain: Its newest case with every hand-over.
        past: Its inspections and changes of code, newest first.
        appeals: Appeals against the red.
        retests: Retests, each with what came in for it.
        incidents: What went wrong with the battery.
        corrections: Events that were declared wrong.
        leaves: Its leaves of the ledger.
    """

    battery: BatteryRecord
    chain: Chain
    past: History
    appeals: tuple[AppealRecord, ...]
    retests: tuple[RetestRecord, ...]
    incidents: tuple[Incident, ...]
    corrections: tuple[Correction, ...]
    leaves: tuple[Leaf, ...]


def find(
    session: Session, *, code: PublicCode, scope: Scope, now: datetime
) -> Dossier | None:
    """Find the dossier of the battery with this label.

    Args:
        session: Where to read.
        code: A parsed public code; a replaced label still leads there.
        scope: What the reader may see.
        now: The time of the question, aware.

    Returns:
        None without a battery or a red case that the reader may see.
    """
    labelled = batteries.find(session, code=code, scope=scope, now=now)
    chain = custody.find(session, code=code, scope=scope, now=now)
    if labelled is None or labelled.battery is None or chain is None:
        return None
    battery_id, case_id = labelled.battery.battery_id, chain.case_id
    return Dossier(
        battery=labelled.battery,
        chain=chain,
        past=history.find(session, battery_id=battery_id),
        appeals=appeals.appeals_of(
            session, battery_id=battery_id, case_id=case_id, now=now
        ),
        retests=appeals.retests_of(
            session, battery_id=battery_id, case_id=case_id, now=now
        ),
        incidents=incidents.about(session, subject_id=battery_id),
        corrections=_corrections(session, battery_id, case_id),
        leaves=_leaves(session, battery_id),
    )


def _corrections(
    session: Session, battery_id: UUID, case_id: UUID
) -> tuple[Correction, ...]:
    rows = session.execute(
        select(
            correction.c.event_id,
            correction.c.reason,
            correction.c.declared_at,
            correction.c.declared_by,
        )
        .where(correction.c.battery_id == battery_id, correction.c.case_id == case_id)
        .order_by(correction.c.declared_at, correction.c.correction_id)
    ).mappings()
    return tuple(Correction(**row) for row in rows)


def _leaves(session: Session, battery_id: UUID) -> tuple[Leaf, ...]:
    rows = session.execute(
        select(
            ledger_leaf.c.kind,
            ledger_leaf.c.subject_id,
            ledger_leaf.c.at,
            ledger_leaf.c.leaf_hash,
            ledger_leaf.c.tree_index,
        )
        .where(ledger_leaf.c.battery_id == battery_id)
        .order_by(ledger_leaf.c.leaf_id)
        .limit(_MAX_LEAVES)
    ).mappings()
    return tuple(Leaf(**{**row, "kind": LeafKind(row["kind"])}) for row in rows)
