"""Who owns a battery, proven by a code that says nothing of them."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.submission import Contact, OwnerKind
from battery_registry.services import ledger, notices
from battery_registry.services.contacts import Contacts
from battery_registry.services.notices import Topic
from battery_registry.services.revocation import Cause, revoke_for
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery_owner
from battery_registry.store.tables.resale import ownership
from battery_registry.store.vault import Vault
from battery_registry.store.writes import Writes

_CODE_BYTES: Final = 16


class OwnerCodeWrongError(RegistryError):
    """It is not the code of the battery's owner."""

    code: ClassVar[str] = "owner_code_wrong"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


def one_time() -> str:
    """Make a code that nobody guesses."""
    return secrets.token_urlsafe(_CODE_BYTES)


def is_owner(session: Session, *, battery_id: UUID, code: str) -> bool:
    """Whether a code is that of the battery's present owner."""
    found = session.scalar(
        select(ownership.c.ownership_id)
        .where(ownership.c.battery_id == battery_id)
        .where(ownership.c.owner_code_sha256 == hash_code(code))
        .where(ownership.c.ended_at.is_(None))
    )
    return found is not None


def hash_code(code: str) -> bytes:
    """Hash a one-time or owner's code: 128 random bits need no salt."""
    return hashlib.sha256(code.strip().encode()).digest()


def keep_receiver(
    session: Session,
    *,
    name: str | None,
    phone: str | None,
    vault: Vault,
    now: datetime,
) -> UUID:
    """Seal who will own it; gives the owner's id."""
    contact = Contact(owner_kind=OwnerKind.UNKNOWN, owner_name=name, owner_phone=phone)
    return Contacts(session, vault=vault, now=now).owner(contact)


def change(session: Session, done: Row[Any], now: datetime) -> str:
    """Let the new owner take the old one's place.

    Args:
        session: The caller's transaction, which holds the battery.
        done: The row of a transfer to which both have said yes.
        now: The time of the request, aware.

    Returns:
        The new owner's code; only its hash is kept.
    """
    owner_code, battery_id = one_time(), done.battery_id
    session.execute(
        update(ownership)
        .where(ownership.c.battery_id == battery_id, ownership.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    # Whose it was is nobody's business any more.
    session.execute(
        delete(battery_owner).where(battery_owner.c.battery_id == battery_id)
    )
    session.execute(
        insert(battery_owner).values(
            battery_id=battery_id, owner_id=done.owner_id, since=now
        )
    )
    session.execute(
        insert(ownership).values(
            battery_id=battery_id,
            ownership_id=new_id(now),
            owner_id=done.owner_id,
            owner_code_sha256=hash_code(owner_code),
            since=now,
        )
    )
    _tell(session, done, now)
    revoke_for(session, battery_id=battery_id, cause=Cause.TRANSFERRED, now=now)
    return owner_code


def _tell(session: Session, done: Row[Any], now: datetime) -> None:
    told = {
        "transfer_id": str(done.transfer_id),
        "clearance_id": str(done.clearance_id),
        "transferred_at": now.isoformat(),
    }
    writes = Writes()
    ledger.seal(
        writes,
        kind=LeafKind.TRANSFER,
        battery_id=done.battery_id,
        subject_id=done.transfer_id,
        content=told,
        now=now,
    )
    notices.tell(
        writes,
        topic=Topic.TRANSFERRED,
        battery_id=done.battery_id,
        payload=told,
        now=now,
    )
    writes.flush(session)
