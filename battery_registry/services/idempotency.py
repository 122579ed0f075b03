"""The same request sent again gets the same answer again.

Beside the id that every inspection carries: a key that a client gives to a
whole request (draft-ietf-httpapi-idempotency-key-header). Only what was
answered well is kept; who was refused may mend the request and send it with
the same key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.store.tables.inspections import idempotency_key

LONGEST_KEY = 255


class KeyMalformedError(RegistryError):
    """A key has 1 to 255 printable ASCII characters."""

    code = "idempotency_key_malformed"


class KeyReusedError(RegistryError):
    """The key came before, with another body."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What was asked; without a key there is nothing to remember.

    Args:
        organisation_id: Keys of two organisations never meet.
        route: Nor do keys of two addresses.
        key: The client's key, if it gave one.
        body_sha256: Hash of the body's bytes.
    """

    organisation_id: UUID
    route: str
    key: str | None
    body_sha256: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    text: str
    is_replayed: bool = False


def check_key(key: str | None) -> str | None:
    """Check a key's spelling.

    Raises:
        KeyMalformedError: Empty, too long or unprintable.
    """
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise KeyMalformedError(field="Idempotency-Key")
    return key


def once(
    session: Session, request: Request, *, answer: Callable[[], Reply], now: datetime
) -> Reply:
    """Answer, or answer again what was answered before.

    Two requests with one key at the same time: the database lets one of them
    in, and the other, tried again, finds the answer.

    Raises:
        KeyReusedError: The key came before, with another body.
    """
    if request.key is None:
        return answer()
    kept = session.execute(
        select(idempotency_key)
        .where(idempotency_key.c.organisation_id == request.organisation_id)
        .where(idempotency_key.c.route == request.route)
        .where(idempotency_key.c.key == request.key)
    ).one_or_none()
    if kept is not None:
        if kept.request_sha256 != request.body_sha256:
            raise KeyReusedError(field="Idempotency-Key")
        return Reply(status=kept.status, text=kept.response, is_replayed=True)
    reply = answer()
    session.execute(
        insert(idempotency_key).values(
            organisation_id=request.organisation_id,
            route=request.route,
            key=request.key,
            request_sha256=request.body_sha256,
            status=reply.status,
            response=reply.text,
            created_at=now,
        )
    )
    return reply
