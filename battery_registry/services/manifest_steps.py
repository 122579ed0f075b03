"""What every step of a manifest shares: hold it, take a pack's step, tell of it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import CaseClosedError, State, is_terminal
from battery_registry.domain.custody_terms import Terms
from battery_registry.domain.manifest_refusals import (
    ManifestStateError,
    NoManifestError,
)
from battery_registry.domain.manifests import ManifestStatus
from battery_registry.services import custody, notices
from battery_registry.services.custody import ToldHandOver
from battery_registry.services.notices import Topic
from battery_registry.store import manifests as kept
from battery_registry.store.writes import Writes


def held(session: Session, manifest_id: UUID, **party: str) -> Row[Any]:
    """Hold a manifest in which an organisation has its part.

    Args:
        session: The caller's transaction.
        manifest_id: Which manifest.
        party: ``carrier`` or ``receiver``, and whose code it must be.

    Raises:
        NoManifestError: There is none, or it is another's.
    """
    row = kept.lock(session, manifest_id=manifest_id)
    if row is None:
        raise NoManifestError
    for side, code in party.items():
        if getattr(row, f"{side}_code") != code:
            raise NoManifestError
    return row


def check_status(row: Row[Any], *allowed: ManifestStatus) -> None:
    """Refuse what a manifest's status does not allow.

    Raises:
        ManifestStateError: It does not.
    """
    if ManifestStatus(row.status) not in allowed:
        raise ManifestStateError(extra={"manifest_status": row.status})


def event_id(manifest_id: UUID, battery_id: UUID, state: State) -> UUID:
    """Name the one event that a manifest makes of a battery into a state."""
    return uuid5(manifest_id, f"{battery_id}/{state.value}")


def signatures(pack: Row[Any], **signed: str) -> dict[str, object]:
    """Spell where a pack is listed, and who signed, as evidence of its event."""
    return {"manifest_id": str(pack.manifest_id), "sscc": pack.sscc, **signed}


def step(
    session: Session,
    pack: Row[Any],
    told: ToldHandOver,
    agreed: dict[str, object],
    *,
    caller: Caller,
    now: datetime,
    terms: Terms,
) -> None:
    """Take one pack's step, and say which pack it was if it is refused.

    The list names a case of the battery: what has come of a later one since is
    no business of this manifest.
    """
    try:
        if is_terminal(State(pack.state)):
            raise CaseClosedError(state=pack.state)
        custody.hand_over(
            session,
            public_code=PublicCode(pack.public_code),
            hand_over=told,
            caller=caller,
            now=now,
            terms=terms,
            agreed=agreed,
        )
    except RegistryError as refusal:
        refusal.extra["battery"] = pack.public_code
        raise


def move(
    session: Session,
    row: Row[Any],
    status: ManifestStatus,
    *,
    now: datetime,
    **values: Any,
) -> None:
    """Change a manifest's status, and tell of it."""
    kept.change(
        session,
        manifest_id=row.manifest_id,
        values={"status": status.value, **values},
    )
    writes = Writes()
    notices.tell(
        writes,
        topic=Topic.MANIFEST_CHANGED,
        battery_id=None,
        payload={
            "manifest_id": str(row.manifest_id),
            "status": status.value,
            "sender": row.sender_code,
            "carrier": row.carrier_code,
            "receiver": row.receiver_code,
            "at": now.isoformat(),
        },
        now=now,
    )
    writes.flush(session)
