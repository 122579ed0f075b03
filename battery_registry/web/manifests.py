"""Manifests: what was sent, what arrived, what differs; each party sees its own."""

from uuid import UUID

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.domain.manifest_refusals import NoManifestError
from battery_registry.domain.roles import Role
from battery_registry.queries import manifests
from battery_registry.queries.manifests import WholeManifest
from battery_registry.services import label_drawing
from battery_registry.web.incidents import Words
from battery_registry.web.showing import render
from battery_registry.wire.manifests import parse_page

_READERS = only(
    collector=Reach.OWN_ORGANISATION,
    recycler=Reach.OWN_ORGANISATION,
    regulator=Reach.ALL,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)
_PARTIES = frozenset({Role.COLLECTOR, Role.RECYCLER})

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
        found = manifests.list_page(session, party=_party(), **asked)
    return render("manifests.html", found=found, is_first="cursor" not in asked)


@blueprint.get("/manifests/<uuid:manifest_id>")
@context.requires(_READERS)
def one(manifest_id: UUID) -> str:
    """Show a manifest with its drums, its packs, and what differs."""
    caller = context.caller()
    return render(
        "manifest.html",
        found=_get(manifest_id),
        words=Words(),
        own=caller.organisation_code,
        role=caller.role,
    )


@blueprint.get("/manifests/<uuid:manifest_id>/sheet")
@context.requires(_READERS)
def sheet(manifest_id: UUID) -> str:
    """Show the transfer sheet that goes with the drums, with a QR for each pack."""
    found, base = _get(manifest_id), context.runtime().settings.base_url
    qr = {
        pack.public_code: _qr(public_codes.url(base, code=PublicCode(pack.public_code)))
        for pack in found.packs
    }
    own = _qr(f"{base}/manifests/{manifest_id}")
    return render("manifest_sheet.html", found=found, qr=qr, own_qr=own)


def _qr(address: str) -> Markup:
    # Our own drawing of our own address: nobody else's text is in it.
    return Markup(label_drawing.qr_svg(address).decode())  # noqa: S704 - drawn by us


def _get(manifest_id: UUID) -> WholeManifest:
    with context.reading() as session:
        found = manifests.find(session, manifest_id=manifest_id, party=_party())
    if found is None:
        raise NoManifestError
    return found


def _party() -> str | None:
    caller = context.caller()
    return caller.organisation_code if caller.role in _PARTIES else None
