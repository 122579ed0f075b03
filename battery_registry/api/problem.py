"""Refusals as RFC 9457 problem JSON: one shape for every error."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.canonical import plain_json

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: "Bad request",
    401: "Sign-in required",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    410: "Gone",
    422: "Not accepted",
    429: "Too many requests",
    503: "Not available now",
}
_TYPE = "urn:battery-registry:problem:"


def body(refusal: RegistryError) -> dict[str, Any]:
    """Spell a refusal as a problem's members."""
    status = context.STATUS[refusal.kind]
    detail = context.text(f"refusal.{refusal.code}", **refusal.params)
    told: dict[str, Any] = {
        "type": f"{_TYPE}{refusal.code}",
        "title": _TITLES[status],
        "status": status,
        "detail": detail,
        "code": refusal.code,
    }
    faults = _faults(refusal, detail)
    if faults:
        told["errors"] = faults
    return {**refusal.extra, **told}


def _faults(refusal: RegistryError, detail: str) -> list[dict[str, str]]:
    listed = refusal.extra.get("errors")
    if isinstance(listed, list):
        return [{**fault, "detail": context.fault(fault["detail"])} for fault in listed]
    if refusal.field is None:
        return []
    return [
        {
            "field": refusal.field,
            "pointer": _pointer(refusal.field),
            "detail": detail,
        }
    ]


def _pointer(field: str) -> str:
    """Spell a field as a JSON pointer (RFC 6901)."""
    escaped = field.replace("~", "~0").replace("/", "~1")
    return "/" + escaped.replace(".", "/")


def refused(refusal: RegistryError) -> Response:
    """Answer a refusal."""
    told = body(refusal)
    response = _answer(told)
    if told["status"] == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="battery-registry"'
    return response


def http_error(error: HTTPException) -> Response:
    """Answer what Flask or Werkzeug found wrong, keeping its headers."""
    status = error.code or 500
    code = (error.name or "error").lower().replace(" ", "_")
    response = _answer(
        {
            "type": f"{_TYPE}{code}",
            "title": error.name,
            "status": status,
            "detail": context.text(f"http.{status}"),
            "code": code,
        }
    )
    # A 405 must name what is allowed, a 413 or 429 may say when to come back.
    for name, value in error.get_headers(request.environ):
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _answer(told: Mapping[str, Any]) -> Response:
    text = plain_json({"instance": request.path, **told})
    return Response(text, status=told["status"], content_type=MEDIA_TYPE)
