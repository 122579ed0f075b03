"""Answers as JSON: compact, in UTF-8, times as RFC 3339."""

from datetime import datetime

from flask import Response

from battery_registry.domain.canonical import plain_json

MEDIA_TYPE = "application/json"


def answer(value: object, *, status: int = 200) -> Response:
    """Answer with a JSON value."""
    return Response(plain_json(value), status=status, content_type=MEDIA_TYPE)


def moment(at: datetime | None) -> str | None:
    """Spell a time."""
    return None if at is None else at.isoformat()
