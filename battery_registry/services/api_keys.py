"""Keys of machines: made once, shown once, kept as a hash."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Caller
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.store import parties
from battery_registry.store.tables.parties import api_key

_SHAPE = re.compile(r"br_live_([0-9a-z]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
_PREFIX_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_SECRET_BYTES = 32
# The same words as at the station, or nothing that it signs can be checked.
_EXPORT_INFO = b"battery-station export 1"


class UnknownKeyError(RegistryError):
    """No such key."""

    code = "key_unknown"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Who signs files with a key: the key's public half, and its station."""

    public_key: bytes
    station_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewKey:
    """A key as it is shown, once."""

    prefix: str
    text: str


def make(
    session: Session,
    *,
    organisation_id: UUID,
    station_id: UUID | None,
    role: Role,
    purpose: str,
    now: datetime,
    district_code: str | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key; only its hash is kept, since 256 random bits need no more.

    Args:
        session: The transaction.
        organisation_id: Whose key it is.
        station_id: The station it is bound to, where it hands in.
        role: What it is for.
        purpose: What uses it, for the operator's list.
        now: The time of the request.
        district_code: The district a regulator's key answers for; without
            one it is the station's, or the whole city.
        expires_at: When it ends.
    """
    prefix = "".join(secrets.choice(_PREFIX_SIGNS) for _ in range(8))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    text = f"br_live_{prefix}_{secret}"
    session.execute(
        insert(api_key).values(
            prefix=prefix,
            secret_sha256=_sha256(secret),
            export_public_key=_export_public_key(text),
            organisation_id=organisation_id,
            station_id=station_id,
            district_code=district_code,
            role=role.value,
            purpose=purpose,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return NewKey(prefix=prefix, text=text)


def disable(session: Session, *, prefix: str, now: datetime) -> None:
    """Disable a key at once.

    Raises:
        UnknownKeyError: There is no such key.
    """
    done = session.execute(
        update(api_key)
        .where(api_key.c.prefix == prefix)
        .values(disabled_at=now)
        .returning(api_key.c.prefix)
    )
    if done.one_or_none() is None:
        raise UnknownKeyError(prefix=prefix)


def find_caller(session: Session, *, presented: str, now: datetime) -> Caller | None:
    """Find who presents a key; None when it is wrong, disabled or expired."""
    shape = _SHAPE.fullmatch(presented)
    if shape is None:
        return None
    found = parties.find_api_key(session, prefix=shape[1])
    if found is None or not hmac.compare_digest(found.secret_sha256, _sha256(shape[2])):
        return None
    ended = found.disabled_at or found.organisation_disabled_at
    if ended or found.station_disabled_at:
        return None
    if found.expires_at is not None and found.expires_at <= now:
        return None
    return Caller(
        organisation_id=found.organisation_id,
        organisation_code=found.organisation_code,
        organisation_kind=OrganisationKind(found.organisation_kind),
        role=Role(found.role),
        station_id=found.station_id,
        station_code=found.station_code,
        district_code=found.district_code,
        key_prefix=shape[1],
    )


def find_signer(session: Session, *, prefix: str, now: datetime) -> Signer | None:
    """Find who signs with a key; None when it has ended or is no station's."""
    public_key = session.scalar(
        select(api_key.c.export_public_key).where(api_key.c.prefix == prefix)
    )
    found = parties.find_api_key(session, prefix=prefix)
    if public_key is None or found is None or found.station_code is None:
        return None
    if found.disabled_at or found.organisation_disabled_at or found.station_disabled_at:
        return None
    if found.expires_at is not None and found.expires_at <= now:
        return None
    return Signer(public_key=public_key, station_code=found.station_code)


def _export_public_key(text: str) -> bytes:
    """Make the public half of the key that a station signs its files with."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_EXPORT_INFO).derive(
        text.encode()
    )
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
