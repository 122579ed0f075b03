"""What an auditor looks at: a battery's leaves, what was asked, who did what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain import merkle_proofs
from battery_registry.domain.checkpoint import Checkpoint
from battery_registry.domain.code import PublicCode
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.registration import LabelUnknownError
from battery_registry.store import ledger
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.cases import case, custody_event, ledger_leaf
from battery_registry.store.tables.resale import sale_check

MOST: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenLeaf:
    """A leaf of a battery, and whether it is proven to be in the checkpoint.

    Args:
        kind: What it bears witness to.
        at: When it was recorded.
        index: Its place in the tree, None before it was sealed.
        leaf_hash: 32 bytes.
        proof: The hashes beside the way up.
        is_proven: Our verifier found the checkpoint's root by them.
    """

    kind: LeafKind
    at: datetime
    index: int | None
    leaf_hash: bytes
    proof: tuple[bytes, ...]
    is_proven: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """How often something was asked before a sale in one hour; never by whom."""

    hour: datetime
    face: str
    answer: str
    asked: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """A step of a red case, and who recorded it."""

    public_code: str
    from_state: str | None
    to_state: str
    actor_role: str
    actor_organisation_code: str
    recorded_at: datetime


def prove_battery(
    session: Session, *, code: PublicCode, sealed: Checkpoint | None
) -> tuple[ProvenLeaf, ...]:
    """List a battery's leaves, each with its proof against a checkpoint.

    Raises:
        LabelUnknownError: No battery has this label.
    """
    battery_id = session.scalar(select(label.c.battery_id).where(label.c.code == code))
    if battery_id is None:
        raise LabelUnknownError(field="code")
    rows = session.execute(
        select(ledger_leaf)
        .where(ledger_leaf.c.battery_id == battery_id)
        .order_by(ledger_leaf.c.leaf_id)
    ).all()
    hashes = ledger.leaf_hashes(session, size=sealed.size) if sealed else []
    return tuple(
        _proven(
            kind=LeafKind(row.kind),
            at=row.at,
            index=row.tree_index,
            leaf_hash=row.leaf_hash,
            hashes=hashes,
            sealed=sealed,
        )
        for row in rows
    )


def prove_growth(session: Session, *, first: Checkpoint, second: Checkpoint) -> int:
    """Prove that one checkpoint grew into another; gives the hashes that it took.

    Raises:
        ProofError: It is not so.
    """
    hashes = ledger.leaf_hashes(session, size=second.size)
    proof = merkle_proofs.prove_consistency(hashes, first_size=first.size)
    merkle_proofs.verify_consistency(
        first_size=first.size,
        second_size=second.size,
        first_root=first.root,
        second_root=second.root,
        proof=proof,
    )
    return len(proof)


def list_asked(session: Session) -> tuple[Asked, ...]:
    """List what was asked before sales, the newest hours first."""
    rows = session.execute(
        select(
            sale_check.c.hour,
            sale_check.c.face,
            sale_check.c.answer,
            sale_check.c.asked,
        )
        .order_by(sale_check.c.hour.desc(), sale_check.c.check_id.desc())
        .limit(MOST)
    )
    return tuple(Asked(**row) for row in rows.mappings())


def list_deeds(session: Session) -> tuple[Deed, ...]:
    """List the newest steps of red cases, and who recorded each."""
    rows = session.execute(
        select(
            case.c.public_code,
            custody_event.c.from_state,
            custody_event.c.to_state,
            custody_event.c.actor_role,
            custody_event.c.actor_organisation_code,
            custody_event.c.recorded_at,
        )
        .join(
            case,
            (case.c.battery_id == custody_event.c.battery_id)
            & (case.c.case_id == custody_event.c.case_id),
        )
        .order_by(custody_event.c.recorded_at.desc(), custody_event.c.event_id.desc())
        .limit(MOST)
    )
    return tuple(Deed(**row) for row in rows.mappings())


def _proven(
    *,
    kind: LeafKind,
    at: datetime,
    index: int | None,
    leaf_hash: bytes,
    hashes: list[bytes],
    sealed: Checkpoint | None,
) -> ProvenLeaf:
    proof: list[bytes] = []
    is_proven = False
    if sealed is not None and index is not None and index < sealed.size:
        proof = merkle_proofs.prove_inclusion(hashes, index=index)
        try:
            merkle_proofs.verify_inclusion(
                leaf_hash=leaf_hash,
                index=index,
                size=sealed.size,
                proof=proof,
                root=sealed.root,
            )
            is_proven = True
        except merkle_proofs.ProofError:
            is_proven = False
    return ProvenLeaf(
        kind=kind,
        at=at,
        index=index,
        leaf_hash=leaf_hash,
        proof=tuple(proof),
        is_proven=is_proven,
    )
