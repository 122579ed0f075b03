"""Addresses for machines that watch or describe the service."""

from flask import Blueprint, Response, current_app, jsonify

from battery_registry import context
from battery_registry.domain.caller import PUBLIC
from battery_registry.store import schema

blueprint = Blueprint("machine", __name__)


@blueprint.get("/openapi.json")
@context.requires(PUBLIC)
def openapi() -> Response:
    """Give the description of this API."""
    return jsonify(current_app.extensions["openapi"].spec.to_dict())


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
