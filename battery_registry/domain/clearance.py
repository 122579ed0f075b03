"""A clearance: the registry's signed word that a battery may be sold, for a day.

It is verified without asking the registry: with its public keys and a list of
what was taken back, both of which anybody may fetch and keep.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from battery_registry.domain import Kind, RegistryError, jws, status_list
from battery_registry.domain.sale import Answer
from battery_registry.domain.status_list import StatusList

LIFETIME: Final = timedelta(hours=24)
TOKEN_TYPE: Final = "clearance+jwt"  # noqa: S105 - a media type
LIST_TYPE: Final = "vc+jwt"
SELLABLE: Final = frozenset({Answer.CLEAR, Answer.CLEAR_WITH_NOTICE})

_ENTRY: Final = "BitstringStatusListEntry"


class Purpose(StrEnum):
    """What a clearance is asked for."""

    SALE = "sale"
    LISTING = "listing"
    RENTAL = "rental"
    TRANSFER = "transfer"


class ClearanceError(RegistryError):
    """A clearance does not hold; ``why`` says which check it failed."""

    code: ClassVar[str] = "clearance_invalid"
    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True, slots=True)
class Clearance:
    """What a clearance says.

    Args:
        clearance_id: Its own id, ``jti``.
        issuer: The registry's address.
        code: The battery's code, as people read it.
        answer: ``clear`` or ``clear_with_notice``.
        verdict: The code in force, ``green`` or ``yellow``; to be shown.
        reasons: Stable reasons of a notice.
        purpose: What it was asked for.
        position: Its place in the status list.
        status_list: The address of that list.
        issued_at: Whole seconds, UTC.
        expires_at: Whole seconds, UTC.
    """

    clearance_id: str
    issuer: str
    code: str
    answer: Answer
    verdict: str
    reasons: tuple[str, ...]
    purpose: Purpose
    position: int
    status_list: str
    issued_at: datetime
    expires_at: datetime


def claims(told: Clearance) -> dict[str, Any]:
    """Spell a clearance as the claims of a JWT (RFC 7519)."""
    return {
        "iss": told.issuer,
        "sub": told.code,
        "jti": told.clearance_id,
        "iat": int(told.issued_at.timestamp()),
        "exp": int(told.expires_at.timestamp()),
        "answer": told.answer.value,
        "verdict": told.verdict,
        "reasons": list(told.reasons),
        "purpose": told.purpose.value,
        "credentialStatus": {
            "type": _ENTRY,
            "statusPurpose": "revocation",
            "statusListIndex": str(told.position),
            "statusListCredential": told.status_list,
        },
    }


def read(token: str, *, jwks: Mapping[str, object]) -> Clearance:
    """Read a clearance whose signature fits; whether it still holds is not said.

    Raises:
        JwsError: The signature does not fit.
        ClearanceError: It is another kind of token.
    """
    raw = jws.verify(token, jwks)
    try:
        return _read(json.loads(raw))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise ClearanceError(why="not a clearance") from None


def _read(told: Any) -> Clearance:
    status = told["credentialStatus"]
    if status["type"] != _ENTRY or status["statusPurpose"] != "revocation":
        raise ClearanceError(why="not a clearance")
    answer = Answer(told["answer"])
    if answer not in SELLABLE:
        raise ClearanceError(why="not a clearance")
    return Clearance(
        clearance_id=str(told["jti"]),
        issuer=str(told["iss"]),
        code=str(told["sub"]),
        answer=answer,
        verdict=str(told["verdict"]),
        reasons=tuple(str(reason) for reason in told["reasons"]),
        purpose=Purpose(told["purpose"]),
        position=int(status["statusListIndex"]),
        status_list=str(status["statusListCredential"]),
        issued_at=datetime.fromtimestamp(told["iat"], UTC),
        expires_at=datetime.fromtimestamp(told["exp"], UTC),
    )


def verify(
    token: str, *, jwks: Mapping[str, object], list_token: str, now: datetime
) -> Clearance:
    """Check a clearance offline.

    Args:
        token: The clearance.
        jwks: The registry's public keys.
        list_token: The signed status list, made after the clearance.
        now: The time, aware.

    Returns:
        What it says; it holds now.

    Raises:
        JwsError: One of the signatures does not fit.
        StatusListError: The list is not one.
        ClearanceError: It does not hold; ``why`` is ``not begun``, ``expired``,
            ``another list``, ``list too old``, ``list older than clearance`` or
            ``revoked``.
    """
    told = read(token, jwks=jwks)
    listed = _read_list(list_token, jwks)
    _check_time(told, now)
    _check_list(told, listed, now)
    if listed.is_set(told.position):
        raise ClearanceError(why="revoked")
    return told


def _read_list(token: str, jwks: Mapping[str, object]) -> StatusList:
    raw = jws.verify(token, jwks)
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise ClearanceError(why="another list") from None
    return status_list.read(told)


def _check_time(told: Clearance, now: datetime) -> None:
    if now.replace(microsecond=0) < told.issued_at:
        raise ClearanceError(why="not begun")
    if now >= told.expires_at or told.expires_at > told.issued_at + LIFETIME:
        raise ClearanceError(why="expired")


def _check_list(told: Clearance, listed: StatusList, now: datetime) -> None:
    if listed.issuer != told.issuer or listed.address != told.status_list:
        raise ClearanceError(why="another list")
    if now >= listed.valid_until:
        raise ClearanceError(why="list too old")
    # Its place may have been another clearance's when that list was made.
    if listed.valid_from < told.issued_at:
        raise ClearanceError(why="list older than clearance")
