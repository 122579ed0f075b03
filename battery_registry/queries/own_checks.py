"""What an organisation has asked before, and the clearances that it was given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain.clearance import SELLABLE, Clearance, Purpose
from battery_registry.domain.code import PublicCode, show
from battery_registry.domain.sale import Answer
from battery_registry.store.tables.resale import clearance, own_check

LIMIT: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCheck:
    """One question and its answer at that time.

    Args:
        check_id: Its id.
        face: ``code`` or ``serial``.
        asked: What was asked for.
        answer: What was answered.
        reasons: Stable reasons, the gravest first.
        checked_at: When, UTC.
    """

    check_id: UUID
    face: str
    asked: str
    answer: Answer
    reasons: tuple[str, ...]
    checked_at: datetime

    @property
    def is_sellable(self) -> bool:
        """Whether it could be sold then."""
        return self.answer in SELLABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnClearance:
    """A clearance that an organisation was given, and whether it was taken back."""

    clearance: Clearance
    revoked_at: datetime | None

    def holds(self, *, now: datetime) -> bool:
        """Tell whether it holds at a time."""
        return self.revoked_at is None and now < self.clearance.expires_at


def list_checks(
    session: Session, *, organisation_id: UUID, before: UUID | None = None
) -> tuple[OwnCheck, ...]:
    """List an organisation's checks, newest first, ``LIMIT`` at most.

    Args:
        session: Where to read.
        organisation_id: Whose.
        before: The last of the page before; its ids are in the order of time.
    """
    wanted = (
        select(own_check)
        .where(own_check.c.organisation_id == organisation_id)
        .order_by(own_check.c.check_id.desc())
        .limit(LIMIT)
    )
    if before is not None:
        wanted = wanted.where(own_check.c.check_id < before)
    return tuple(_check(row) for row in session.execute(wanted))


def find_check(
    session: Session, *, organisation_id: UUID, check_id: UUID
) -> OwnCheck | None:
    """Find one check of an organisation."""
    row = session.execute(
        select(own_check)
        .where(own_check.c.organisation_id == organisation_id)
        .where(own_check.c.check_id == check_id)
    ).one_or_none()
    return None if row is None else _check(row)


def list_clearances(
    session: Session,
    *,
    organisation_id: UUID,
    issuer: str,
    status_list: str,
    before: UUID | None = None,
) -> tuple[OwnClearance, ...]:
    """List an organisation's clearances, newest first, ``LIMIT`` at most.

    Args:
        session: Where to read.
        organisation_id: Whose.
        issuer: The registry's address.
        status_list: The address of its status list.
        before: The last of the page before.
    """
    wanted = (
        select(clearance)
        .where(clearance.c.organisation_id == organisation_id)
        .order_by(clearance.c.clearance_id.desc())
        .limit(LIMIT)
    )
    if before is not None:
        wanted = wanted.where(clearance.c.clearance_id < before)
    rows = session.execute(wanted)
    return tuple(_clearance(row, issuer, status_list) for row in rows)


def find_clearance(
    session: Session,
    *,
    organisation_id: UUID,
    clearance_id: UUID,
    issuer: str,
    status_list: str,
) -> OwnClearance | None:
    """Find a clearance that an organisation was given."""
    row = session.execute(
        select(clearance)
        .where(clearance.c.organisation_id == organisation_id)
        .where(clearance.c.clearance_id == clearance_id)
    ).one_or_none()
    return None if row is None else _clearance(row, issuer, status_list)


def _check(row: Row[Any]) -> OwnCheck:
    return OwnCheck(
        check_id=row.check_id,
        face=row.face,
        asked=row.asked,
        answer=Answer(row.answer),
        reasons=tuple(row.reasons),
        checked_at=row.checked_at,
    )


def _clearance(row: Row[Any], issuer: str, status_list: str) -> OwnClearance:
    told = Clearance(
        clearance_id=str(row.clearance_id),
        issuer=issuer,
        code=show(PublicCode(row.public_code)),
        answer=Answer(row.answer),
        # Those given before these were kept are over long since.
        verdict=row.verdict or "",
        reasons=tuple(row.reasons or ()),
        purpose=Purpose(row.purpose),
        position=row.position,
        status_list=status_list,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
    )
    return OwnClearance(clearance=told, revoked_at=row.revoked_at)
