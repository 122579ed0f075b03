"""The regulator's view of manifests: what was sent, what arrived, what differs."""

from uuid import UUID

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.manifest_refusals import NoManifestError
from battery_registry.queries import manifests
from battery_registry.web.incidents import Words
from battery_registry.web.showing import render
from battery_registry.wire.manifests import parse_page

_READERS = only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL)

blueprint = Blueprint("manifests_page", __name__)


@blueprint.get("/manifests", endpoint="overview")
@context.requires(_READERS)
def overview() -> str:
    """Show a page of manifests, newest first."""
    told = MultiDict(
        (name, value) for name, value in request.args.items(True) if name == "cursor"
    )
    asked = parse_page(told)
    with context.reading() as session:
        found = manifests.list_page(session, party=None, **asked)
    return render("manifests.html", found=found, is_first="cursor" not in asked)


@blueprint.get("/manifests/<uuid:manifest_id>")
@context.requires(_READERS)
def one(manifest_id: UUID) -> str:
    """Show a manifest with its drums, its packs, and what differs."""
    with context.reading() as session:
        found = manifests.find(session, manifest_id=manifest_id, party=None)
    if found is None:
        raise NoManifestError
    return render("manifest.html", found=found, words=Words())
