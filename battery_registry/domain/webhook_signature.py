"""Signatures of webhooks, as Standard Webhooks writes them (symmetric, ``v1``).

Source: the Standard Webhooks specification, "Signature scheme": HMAC-SHA256
over ``id.timestamp.body``, base64, several signatures separated by blanks so
that secrets can be changed without a gap.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from battery_registry.domain import RegistryError

TOLERANCE: Final = timedelta(seconds=300)
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_LONGEST_TIME: Final = 12
_ID, _TIME, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class WebhookSignatureError(RegistryError):
    """A message is not signed as it should be; ``why`` says what is wrong."""

    code: ClassVar[str] = "webhook_signature_invalid"


def sign(secret: str, *, message_id: str, at: datetime, body: bytes) -> str:
    """Sign a message; what goes into the header ``webhook-signature``.

    Args:
        secret: As given out: base64, with ``whsec_`` before it or without.
        message_id: The header ``webhook-id``.
        at: The header ``webhook-timestamp``, aware; whole seconds count.
        body: Exactly what is sent.

    Raises:
        WebhookSignatureError: The secret is empty or no base64.
    """
    signed = b".".join((message_id.encode(), str(int(at.timestamp())).encode(), body))
    mac = hmac.digest(_key(secret), signed, hashlib.sha256)
    return f"{_VERSION},{base64.b64encode(mac).decode()}"


def verify(
    secret: str, *, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Check a message that came in.

    Args:
        secret: As for ``sign``.
        headers: The message's headers by their names in lower case.
        body: Exactly what was received.
        now: The receiver's time, aware.

    Raises:
        WebhookSignatureError: A header is missing, the time is more than 300 s
            off, or no signature of version ``v1`` fits.
    """
    if not {_ID, _TIME, _SIGNATURE} <= headers.keys():
        raise WebhookSignatureError(why="header missing")
    at = _time(headers[_TIME])
    if abs(now - at) > TOLERANCE:
        raise WebhookSignatureError(why="time")
    wanted = sign(secret, message_id=headers[_ID], at=at, body=body)
    fits = [
        hmac.compare_digest(each.encode(), wanted.encode())
        for each in headers[_SIGNATURE].split()
    ]
    if not any(fits):
        raise WebhookSignatureError(why="signature")


def _time(text: str) -> datetime:
    if not text.isascii() or not text.isdecimal() or len(text) > _LONGEST_TIME:
        raise WebhookSignatureError(why="time")
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except ValueError:  # beyond the year 9999
        raise WebhookSignatureError(why="time") from None


def _key(secret: str) -> bytes:
    text = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise WebhookSignatureError(why="secret")
    return key
