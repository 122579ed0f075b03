"""A battery changes its owner: opened at the counter, agreed to by each party."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, make_response, request, url_for

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import PUBLIC
from battery_registry.services import transfers
from battery_registry.services.ownerships import OwnerCodeWrongError
from battery_registry.services.transfers import Consent, Progress
from battery_registry.web import clearances, errors
from battery_registry.web.checks import DEALERS
from battery_registry.web.showing import render
from battery_registry.wire import bodies
from battery_registry.wire.resale import ConsentSchema

blueprint = Blueprint("transfers_page", __name__)


@blueprint.post("/transfers", endpoint="open_one")
@context.requires(DEALERS)
def open_one() -> Response:
    """Open a transfer and show, once, the slip of either party."""
    found = clearances.get(_clearance_id())
    opened = context.transact(
        lambda session: transfers.open_transfer(
            session,
            token=clearances.sign(found),
            owner_code=request.form.get("owner_code", "").strip() or None,
            caller=context.caller(),
            signer=clearances.signer(),
            now=context.now(),
        )
    )
    base = context.runtime().settings.base_url
    address = base + url_for("transfers_page.form", transfer_id=opened.transfer_id)
    return _unkept(render("transfer_opened.html", opened=opened, address=address))


@blueprint.get("/transfers/<uuid:transfer_id>")
@context.requires(PUBLIC)
def form(transfer_id: UUID) -> Response:
    """Ask a party for its code; whether there is such a transfer is not said."""
    return _unkept(_form(transfer_id, {}))


@blueprint.post("/transfers/<uuid:transfer_id>")
@context.requires(PUBLIC)
def agree(transfer_id: UUID) -> Response:
    """Take one party's yes; the receiver's completes it."""
    filled = request.form.to_dict()
    names = ("code", "name", "phone")
    told = {n: filled[n].strip() for n in names if filled.get(n, "").strip()}
    try:
        given = Consent(**bodies.load(ConsentSchema(), told))
        done = _consent(transfer_id, given)
    except RegistryError as refusal:
        text = _form(transfer_id, filled, refusal=refusal)
        return _unkept(text, context.STATUS[refusal.kind])
    return _unkept(render("transfer_done.html", done=done))


def _consent(transfer_id: UUID, given: Consent) -> Progress:
    try:
        return context.transact(
            lambda session: transfers.consent(
                session,
                transfer_id=transfer_id,
                given=given,
                vault=context.runtime().vault,
                now=context.now(),
            )
        )
    except OwnerCodeWrongError:
        context.transact(
            lambda session: transfers.note_wrong(session, transfer_id=transfer_id)
        )
        raise


def _form(
    transfer_id: UUID,
    filled: Mapping[str, str],
    *,
    refusal: RegistryError | None = None,
) -> str:
    return render(
        "transfer.html",
        transfer_id=transfer_id,
        filled=filled,
        says=errors.words(refusal) if refusal else "",
        faults=dict(errors.faults(refusal)) if refusal else {},
    )


def _unkept(text: str, status: int = 200) -> Response:
    """Answer with a page that no cache may keep: it holds a code or a name."""
    response = make_response(text, status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _clearance_id() -> UUID:
    try:
        return UUID(request.form.get("clearance_id", ""))
    except ValueError:
        raise clearances.NoSuchClearanceError from None
