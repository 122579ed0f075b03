"""People: how they sign in, and how a sign-in is known again.

Passwords are argon2id; a session is a random token of which only the hash is
kept, so it can be ended from here at any time.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Caller
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.store import parties
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import (
    person,
    sign_in_failure,
    sign_in_session,
)
from battery_registry.store.vault import Vault

_TOKEN_BYTES = 32
_WINDOW = timedelta(minutes=15)
# Per name *and* address: a stranger's guesses never lock out the person.
_FAILURES_PER_NAME_AND_ADDRESS = 10
_FAILURES_PER_ADDRESS = 100

_hasher = PasswordHasher()


class SignInRefusedError(RegistryError):
    """Name or password is wrong; which of them is not said."""

    code = "sign_in_refused"
    kind = Kind.INVALID


class TooManyAttemptsError(RegistryError):
    """Too many wrong passwords from this address."""

    code = "sign_in_too_many"
    kind = Kind.TOO_MANY


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognised:
    """Somebody whose password was right."""

    person_id: UUID
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A new session; the token goes into the cookie and nowhere else."""

    token: str
    person_id: UUID
    role: Role
    expires_at: datetime


def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    return _hasher.hash(password)


def recognise(
    session: Session, *, name: str, password: str, address: str, now: datetime
) -> Recognised | None:
    """Find whose name and password these are.

    It only reads: a password takes long to check, and who checks it inside a
    writing transaction holds up everybody else's.

    Raises:
        TooManyAttemptsError: Too many wrong passwords from this address.
    """
    check_attempts(session, sign_in=name, address=address, now=now)
    found = check_password(session, sign_in=name, password=password)
    if found is None:
        return None
    return Recognised(person_id=found.person_id, role=Role(found.role))


def check_password(session: Session, *, sign_in: str, password: str) -> Row[Any] | None:
    """Find the person whose name and password these are; takes equally long."""
    found = session.execute(
        select(person)
        .where(person.c.sign_in == sign_in)
        .where(person.c.disabled_at.is_(None))
    ).one_or_none()
    known = found.password_hash if found is not None else None
    try:
        _hasher.verify(known or _nobodys_hash(), password)
    except VerificationError:
        return None
    return found if known else None


@cache
def _nobodys_hash() -> str:
    # Checked when there is no such person, so that the answer takes as long.
    return _hasher.hash(secrets.token_urlsafe(16))


def check_attempts(
    session: Session, *, sign_in: str, address: str, now: datetime
) -> None:
    """Refuse who has guessed too often.

    Raises:
        TooManyAttemptsError: Try again in a quarter of an hour.
    """
    recent = (
        select(func.count())
        .select_from(sign_in_failure)
        .where(sign_in_failure.c.address == address)
        .where(sign_in_failure.c.at > now - _WINDOW)
    )
    for_name = session.scalar(recent.where(sign_in_failure.c.sign_in == sign_in)) or 0
    for_address = session.scalar(recent) or 0
    if (
        for_name >= _FAILURES_PER_NAME_AND_ADDRESS
        or for_address >= _FAILURES_PER_ADDRESS
    ):
        raise TooManyAttemptsError(minutes=int(_WINDOW.total_seconds() // 60))


def note_failure(
    session: Session, *, sign_in: str, address: str, now: datetime
) -> None:
    """Remember a wrong password."""
    session.execute(
        insert(sign_in_failure).values(
            failure_id=new_id(now), sign_in=sign_in[:64], address=address, at=now
        )
    )


def open_session(
    session: Session, *, found: Recognised, hours: int, now: datetime
) -> SignedIn:
    """Open a new session for somebody whose password was checked."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = now + timedelta(hours=hours)
    session.execute(
        insert(sign_in_session).values(
            token_sha256=_sha256(token),
            person_id=found.person_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return SignedIn(
        token=token,
        person_id=found.person_id,
        role=found.role,
        expires_at=expires_at,
    )


def end_session(session: Session, *, token: str, now: datetime) -> None:
    """End a session; ending one that is not there changes nothing."""
    session.execute(
        update(sign_in_session)
        .where(sign_in_session.c.token_sha256 == _sha256(token))
        .values(revoked_at=now)
    )


def find_caller(
    session: Session, *, token: str, now: datetime, vault: Vault
) -> Caller | None:
    """Find the person behind a session's token."""
    found = parties.find_signed_in(session, token_sha256=_sha256(token), now=now)
    if found is None:
        return None
    return Caller(
        organisation_id=found.organisation_id,
        organisation_code=found.organisation_code,
        organisation_kind=OrganisationKind(found.organisation_kind),
        role=Role(found.role),
        station_id=found.station_id,
        station_code=found.station_code,
        district_code=found.district_code or found.station_district_code,
        staff_number=found.staff_number,
        name=vault.unseal(found.name_encrypted) if found.name_encrypted else None,
        person_id=found.person_id,
    )


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
