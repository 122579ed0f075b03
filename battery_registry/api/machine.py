"""Addresses for machines that watch or describe the service."""

from typing import Final

from flask import Blueprint, Response, current_app, jsonify

from battery_registry import context
from battery_registry.domain import jwk
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.canonical import plain_json
from battery_registry.store import schema

JWKS_PATH: Final = "/.well-known/jwks.json"

blueprint = Blueprint("machine", __name__)


@blueprint.get("/openapi.json")
@context.requires(PUBLIC)
def openapi() -> Response:
    """Give the description of this API."""
    return jsonify(current_app.extensions["openapi"].document())


@blueprint.get("/healthz")
@context.requires(PUBLIC)
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@context.requires(PUBLIC)
def readyz() -> tuple[Response, int]:
    """Say whether the database is there and at this version's schema."""
    found = schema.current(context.runtime().database)
    is_ready = found == schema.newest()
    told = {"status": "ready" if is_ready else "not ready", "schema": found}
    return jsonify(told), 200 if is_ready else 503


@blueprint.get(JWKS_PATH)
@context.requires(PUBLIC)
def keys() -> Response:
    """Give the keys that clearances, the status list and the feed are signed with."""
    settings = context.runtime().settings
    old = [jwk.told_jwk(raw) for raw in settings.old_public_keys]
    told = {"keys": [jwk.public_jwk(settings.signing_key), *old]}
    return Response(plain_json(told), content_type="application/jwk-set+json")
