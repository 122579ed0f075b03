"""Batteries that somebody misses: reported, taken off the market, found again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Caller, NotAllowedError, SignInRequiredError
from battery_registry.domain.code import PublicCode
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.registration import LabelUnknownError
from battery_registry.domain.roles import Role
from battery_registry.services import ledger, notices, ownerships, revocation
from battery_registry.services.notices import Topic
from battery_registry.services.ownerships import OwnerCodeWrongError
from battery_registry.services.revocation import Cause
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.resale import loss_report
from battery_registry.store.writes import Writes

_REPORTERS: Final = frozenset({Role.INSPECTOR, Role.REGULATOR, Role.ADMIN})
_OWNER: Final = "owner"
# Whose reports each may take back: who has a stolen battery can have its owner's
# code too, so an authority's word is not the owner's to unsay.
_OF_OWNERS: Final = frozenset({_OWNER})
_OF_STATIONS: Final = _OF_OWNERS | {Role.INSPECTOR.value}
_OF_ALL: Final = _OF_STATIONS | {Role.REGULATOR.value, Role.ADMIN.value}
_WITHDRAWS: Final[Mapping[str, frozenset[str]]] = {
    _OWNER: _OF_OWNERS,
    Role.INSPECTOR.value: _OF_STATIONS,
    Role.REGULATOR.value: _OF_ALL,
    Role.ADMIN.value: _OF_ALL,
}


class Loss(StrEnum):
    """How it was lost."""

    LOST = "lost"
    STOLEN = "stolen"


class LossReportedError(RegistryError):
    """It is reported already."""

    code: ClassVar[str] = "loss_reported"
    kind: ClassVar[Kind] = Kind.CONFLICT


class LossNotReportedError(RegistryError):
    """There is no report to withdraw."""

    code: ClassVar[str] = "loss_not_reported"
    kind: ClassVar[Kind] = Kind.CONFLICT


class LossNotYoursError(RegistryError):
    """Somebody of more authority reported it, and takes it back."""

    code: ClassVar[str] = "loss_not_yours"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    """Who says it: an organisation by its key, or the owner by the owner's code."""

    caller: Caller | None = None
    owner_code: str | None = None


def report(
    session: Session,
    *,
    public_code: PublicCode,
    loss: Loss,
    reference: str | None,
    witness: Witness,
    now: datetime,
) -> UUID:
    """Report a battery lost or stolen: it may not be sold from now on.

    Args:
        session: The caller's transaction.
        public_code: Any label of it.
        loss: How it was lost.
        reference: The number of a report elsewhere, such as the police's.
        witness: Who says it.
        now: The time of the request, aware.

    Returns:
        The report's id.

    Raises:
        LabelUnknownError: There is no battery with this label.
        SignInRequiredError: Neither a key nor an owner's code is given.
        NotAllowedError: The key's role reports no losses.
        OwnerCodeWrongError: The code is not the owner's.
        LossReportedError: It is reported already.
    """
    held = _hold(session, public_code)
    reporter = _check(session, held, witness)
    if held.lost_reported_at is not None:
        raise LossReportedError(field="code")
    report_id = new_id(now)
    session.execute(
        insert(loss_report).values(
            battery_id=held.battery_id,
            report_id=report_id,
            kind=loss.value,
            reporter=reporter,
            organisation_id=witness.caller and witness.caller.organisation_id,
            reference=reference,
            reported_at=now,
        )
    )
    _mark(session, held.battery_id, now)
    told = {"loss": loss.value, "reporter": reporter, "reported_at": now.isoformat()}
    _tell(session, held, Topic.LOSS_REPORTED, report_id, told, now)
    revocation.revoke_for(
        session, battery_id=held.battery_id, cause=Cause.LOST, now=now
    )
    return report_id


def withdraw(
    session: Session, *, public_code: PublicCode, witness: Witness, now: datetime
) -> UUID:
    """Take a report back: the battery was found.

    Raises:
        LossNotReportedError: There is none.
        LossNotYoursError: It was told by somebody of more authority.
        RegistryError: As ``report``.
    """
    held = _hold(session, public_code)
    reporter = _check(session, held, witness)
    found = _end(session, held.battery_id, reporter, now)
    _mark(session, held.battery_id, None)
    told = {"reporter": reporter, "withdrawn_at": now.isoformat()}
    _tell(session, held, Topic.LOSS_WITHDRAWN, found, told, now)
    revocation.revoke_for(
        session, battery_id=held.battery_id, cause=Cause.FOUND, now=now
    )
    return found


def _end(session: Session, battery_id: UUID, reporter: str, now: datetime) -> UUID:
    ended = session.execute(
        update(loss_report)
        .where(loss_report.c.battery_id == battery_id)
        .where(loss_report.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(loss_report.c.report_id, loss_report.c.reporter)
    ).one_or_none()
    if ended is None:
        raise LossNotReportedError(field="code")
    if ended.reporter not in _WITHDRAWS[reporter]:
        raise LossNotYoursError(field="code")
    found: UUID = ended.report_id
    return found


def _hold(session: Session, public_code: PublicCode) -> Any:
    found = session.execute(
        select(
            battery.c.battery_id,
            battery.c.public_code,
            battery.c.district_code,
            battery.c.lost_reported_at,
        )
        .join(label, label.c.battery_id == battery.c.battery_id)
        .where(label.c.code == public_code)
        .with_for_update(of=battery)
    ).one_or_none()
    if found is None:
        raise LabelUnknownError(field="code")
    return found


def _check(session: Session, held: Row[Any], witness: Witness) -> str:
    """Say in what capacity the witness speaks.

    Raises:
        SignInRequiredError: In none.
        NotAllowedError: In one that reports no losses.
        OwnerCodeWrongError: As an owner that they are not.
    """
    if witness.owner_code is not None:
        if not ownerships.is_owner(
            session, battery_id=held.battery_id, code=witness.owner_code
        ):
            raise OwnerCodeWrongError(field="owner_code")
        return _OWNER
    if witness.caller is None:
        raise SignInRequiredError
    if witness.caller.role not in _REPORTERS:
        raise NotAllowedError(role=witness.caller.role.value)
    return witness.caller.role.value


def _mark(session: Session, battery_id: UUID, at: datetime | None) -> None:
    session.execute(
        update(battery)
        .where(battery.c.battery_id == battery_id)
        .values(lost_reported_at=at)
    )


def _tell(
    session: Session,
    held: Row[Any],
    topic: Topic,
    report_id: UUID,
    told: Mapping[str, object],
    now: datetime,
) -> None:
    writes = Writes()
    ledger.seal(
        writes,
        kind=LeafKind.LOSS,
        battery_id=held.battery_id,
        subject_id=report_id,
        content=told,
        now=now,
    )
    notices.tell(
        writes,
        topic=topic,
        battery_id=held.battery_id,
        payload={
            **told,
            "code": held.public_code,
            "district_code": held.district_code,
            "report_id": str(report_id),
        },
        now=now,
    )
    writes.flush(session)
