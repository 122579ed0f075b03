"""The registry's signed word of what it answered about a battery's code.

It is no clearance: it proves that the page was this registry's, at that time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from battery_registry.domain import Kind, RegistryError, jws
from battery_registry.domain.jwk import decode
from battery_registry.domain.jws import JwsError

LIFETIME: Final = timedelta(hours=24)
TOKEN_TYPE: Final = "battery-answer+jwt"  # noqa: S105 - a media type


class StatementError(RegistryError):
    """It is no signed answer of this registry that still counts; ``why`` says it."""

    code: ClassVar[str] = "statement_invalid"
    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What was answered.

    Args:
        issuer: The registry's address.
        public_code: The battery's code, as shown.
        verdict: The code's colour, or what it is without one.
        answer: Whether it may be sold.
        told_at: When it was answered, aware; it counts for a day.
    """

    issuer: str
    public_code: str
    verdict: str
    answer: str
    told_at: datetime

    @property
    def expires_at(self) -> datetime:
        """Until when it counts."""
        return self.told_at + LIFETIME

    def content(self) -> dict[str, Any]:
        """Spell it as the claims of a JWT (RFC 7519)."""
        return {
            "iss": self.issuer,
            "sub": self.public_code,
            "verdict": self.verdict,
            "sellable": self.answer,
            "iat": int(self.told_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
        }


def verify(token: str, *, jwks: Mapping[str, object], now: datetime) -> Statement:
    """Check a signed answer, without asking the registry.

    Args:
        token: The compact JWS.
        jwks: The registry's public keys.
        now: The time of the check, aware.

    Raises:
        StatementError: It is not signed by one of the keys, is of another kind,
            or counts no longer.
    """
    try:
        raw = jws.verify(token, jwks)
    except JwsError as refusal:
        raise StatementError(why=refusal.params["why"]) from refusal
    header = json.loads(decode(token.partition(".")[0]))
    if header.get("typ") != TOKEN_TYPE:
        raise StatementError(why="another kind of token")
    try:
        told = json.loads(raw)
        found = Statement(
            issuer=told["iss"],
            public_code=told["sub"],
            verdict=told["verdict"],
            answer=told["sellable"],
            told_at=datetime.fromtimestamp(told["iat"], UTC),
        )
        over = now >= found.expires_at
    except (ValueError, KeyError, TypeError, OverflowError):
        raise StatementError(why="not the claims of an answer") from None
    if over:
        raise StatementError(why="expired")
    return found
