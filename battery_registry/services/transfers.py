"""A battery changes its owner: both say yes, and a clearance stands meanwhile."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain import clearance as clearances
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Caller
from battery_registry.domain.clearance import ClearanceError
from battery_registry.services import ownerships
from battery_registry.services.clearances import Signer
from battery_registry.services.ownerships import OwnerCodeWrongError
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.resale import clearance, ownership, transfer
from battery_registry.store.vault import Vault

LIFETIME: Final = timedelta(hours=24)
MOST_TRIES: Final = 5


class TransferUnknownError(RegistryError):
    """There is no such transfer, or it has run out."""

    code: ClassVar[str] = "transfer_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class TransferDoneError(RegistryError):
    """The transfer is done already."""

    code: ClassVar[str] = "transfer_done"
    kind: ClassVar[Kind] = Kind.CONFLICT


class TransferNotGivenError(RegistryError):
    """The giver has not said yes yet."""

    code: ClassVar[str] = "transfer_not_given"
    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A transfer that waits for both parties; the codes are told once."""

    transfer_id: UUID
    code: str
    giver_code: str
    receiver_code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What one party says.

    Args:
        code: The one-time code; it says which party it is.
        name: The receiver's name, sealed; a giver needs none.
        phone: The receiver's telephone number, sealed.
    """

    code: str
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a transfer is.

    Args:
        given: The giver has said yes.
        accepted: The receiver has said yes.
        owner_code: The new owner's proof of ownership, told to them once.
    """

    given: bool
    accepted: bool
    owner_code: str | None = None


def open_transfer(
    session: Session,
    *,
    token: str,
    owner_code: str | None,
    caller: Caller,
    signer: Signer,
    now: datetime,
) -> Opened:
    """Open a transfer of a battery that has a clearance.

    Args:
        session: The caller's transaction.
        token: A clearance that holds.
        owner_code: The present owner's code; needed once there is an owner that
            came by a transfer.
        caller: Who opens it; hands each party its code.
        signer: Whose clearances count.
        now: The time of the request, aware.

    Raises:
        JwsError: The clearance is not this registry's.
        ClearanceError: It holds no longer.
        OwnerCodeWrongError: The giver is not the owner.
    """
    told = clearances.read(token, jwks=signer.jwks)
    kept = _hold_clearance(session, UUID(told.clearance_id), now)
    _check_giver(session, kept.battery_id, owner_code)
    transfer_id, giver, receiver = (
        new_id(now),
        ownerships.one_time(),
        ownerships.one_time(),
    )
    expires_at = min(now + LIFETIME, kept.expires_at)
    session.execute(
        insert(transfer).values(
            battery_id=kept.battery_id,
            transfer_id=transfer_id,
            clearance_id=kept.clearance_id,
            organisation_id=caller.organisation_id,
            giver_sha256=ownerships.hash_code(giver),
            receiver_sha256=ownerships.hash_code(receiver),
            wrong_tries=0,
            opened_at=now,
            expires_at=expires_at,
        )
    )
    return Opened(
        transfer_id=transfer_id,
        code=codes.show(codes.PublicCode(kept.public_code)),
        giver_code=giver,
        receiver_code=receiver,
        expires_at=expires_at,
    )


def consent(
    session: Session,
    *,
    transfer_id: UUID,
    given: Consent,
    vault: Vault,
    now: datetime,
) -> Progress:
    """Say yes for one party; with the receiver's the battery changes its owner.

    The giver says yes first: whoever says the last yes is told the new owner's
    code, and that must be nobody but the new owner.

    Args:
        session: The caller's transaction; it holds the battery, so that no red
            code comes between the check and the change.
        transfer_id: Which transfer.
        given: What the party says.
        vault: Seals the new owner's data.
        now: The time of the request, aware.

    Raises:
        TransferUnknownError: There is none, or it has run out.
        TransferDoneError: It is done.
        TransferNotGivenError: The receiver speaks before the giver did.
        OwnerCodeWrongError: The code is neither party's; see ``note_wrong``.
        ClearanceError: The battery may be sold no more.
    """
    found = _find(session, transfer_id, now)
    is_receiver = _is_receiver(found, given.code)
    _hold_clearance(session, found.clearance_id, now)
    if not is_receiver:
        _note_given(session, found, now)
        return Progress(given=True, accepted=False)
    owner_id = ownerships.keep_receiver(
        session, name=given.name, phone=given.phone, vault=vault, now=now
    )
    done = session.execute(
        update(transfer)
        .where(*_is(found), transfer.c.given_at.is_not(None))
        .values(accepted_at=now, owner_id=owner_id)
        .returning(transfer)
    ).one_or_none()
    if done is None:
        raise TransferNotGivenError
    return Progress(
        given=True, accepted=True, owner_code=ownerships.change(session, done, now)
    )


def _is_receiver(found: Row[Any], code: str) -> bool:
    """Tell by its one-time code which party speaks.

    Raises:
        OwnerCodeWrongError: It is neither's.
    """
    sha256 = ownerships.hash_code(code)
    if secrets.compare_digest(sha256, found.receiver_sha256):
        return True
    if secrets.compare_digest(sha256, found.giver_sha256):
        return False
    raise OwnerCodeWrongError(field="code")


def _note_given(session: Session, found: Row[Any], now: datetime) -> None:
    """Keep the giver's yes; said again, the first one counts."""
    session.execute(
        update(transfer)
        .where(*_is(found), transfer.c.given_at.is_(None))
        .values(given_at=now)
    )


def _is(found: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    return (
        transfer.c.battery_id == found.battery_id,
        transfer.c.transfer_id == found.transfer_id,
    )


def note_wrong(session: Session, *, transfer_id: UUID) -> None:
    """Count a wrong code; after five the transfer is void."""
    session.execute(
        update(transfer)
        .where(transfer.c.transfer_id == transfer_id)
        .values(wrong_tries=transfer.c.wrong_tries + 1)
    )


def _hold_clearance(session: Session, clearance_id: UUID, now: datetime) -> Row[Any]:
    """Hold the battery of a clearance that still holds itself.

    Raises:
        ClearanceError: It does not.
    """
    battery_id = session.scalar(
        select(clearance.c.battery_id).where(clearance.c.clearance_id == clearance_id)
    )
    session.execute(
        select(battery.c.battery_id)
        .where(battery.c.battery_id == battery_id)
        .with_for_update()
    )
    # Read after the lock: what was taken back meanwhile is seen.
    kept = session.execute(
        select(clearance)
        .where(clearance.c.battery_id == battery_id)
        .where(clearance.c.clearance_id == clearance_id)
    ).one_or_none()
    if kept is None or kept.revoked_at is not None:
        raise ClearanceError(field="clearance", why="revoked")
    if kept.expires_at <= now:
        raise ClearanceError(field="clearance", why="expired")
    return kept


def _check_giver(session: Session, battery_id: UUID, owner_code: str | None) -> None:
    owned = session.scalar(
        select(ownership.c.ownership_id)
        .where(ownership.c.battery_id == battery_id)
        .where(ownership.c.ended_at.is_(None))
    )
    if owned is None:
        return
    if owner_code is None or not ownerships.is_owner(
        session, battery_id=battery_id, code=owner_code
    ):
        raise OwnerCodeWrongError(field="owner_code")


def _find(session: Session, transfer_id: UUID, now: datetime) -> Row[Any]:
    found = session.execute(
        select(transfer).where(transfer.c.transfer_id == transfer_id)
    ).one_or_none()
    if found is None or found.expires_at <= now or found.wrong_tries >= MOST_TRIES:
        raise TransferUnknownError
    if found.given_at is not None and found.accepted_at is not None:
        raise TransferDoneError
    return found
