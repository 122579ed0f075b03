"""The auditor's page: checkpoints, proofs, what was asked, who did what."""

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, request

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain import RegistryError, checkpoint
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.checkpoint import Checkpoint, CheckpointUnknownError
from battery_registry.queries import audit
from battery_registry.services import checkpoints
from battery_registry.web import errors, language
from battery_registry.web.showing import render

_AUDITORS: Final = only(auditor=Reach.ALL, admin=Reach.ALL)
_LONGEST_SIZE: Final = 9

blueprint = Blueprint("ledger_page", __name__)


@blueprint.get("/ledger")
@context.requires(_AUDITORS)
def overview() -> Response:
    """Show the newest checkpoint, and prove what is asked for."""
    asked = {name: request.args.get(name, "").strip() for name in _ASKED}
    refusal: RegistryError | None = None
    leaves, growth = None, None
    with context.reading() as session:
        sealed = checkpoints.find_newest(session)
        try:
            leaves = _leaves(session, asked["code"], sealed)
            growth = _growth(session, asked["first"], asked["second"])
        except RegistryError as raised:
            refusal = raised
        values = {
            "newest": checkpoints.list_newest(session, most=20),
            "waiting": checkpoints.count_waiting(session),
            "checks": audit.list_asked(session),
            "deeds": audit.list_deeds(session),
        }
    text = render(
        "ledger.html",
        **values,
        asked=asked,
        leaves=leaves,
        growth=growth,
        sealed=sealed,
        note=_note(sealed) if sealed else "",
        says=errors.words(refusal) if refusal else "",
        faults=dict(errors.faults(refusal)) if refusal else {},
    )
    return make_response(text, context.STATUS[refusal.kind] if refusal else 200)


@blueprint.post("/ledger/seal")
@context.requires(_AUDITORS)
def seal() -> Response:
    """Seal what is not sealed yet; pressing twice is once."""
    context.transact(lambda session: checkpoints.seal(session, now=context.now()))
    return make_response(redirect(language.page("ledger_page.overview"), 303))


def _leaves(
    session: Session, code: str, sealed: Checkpoint | None
) -> tuple[audit.ProvenLeaf, ...] | None:
    if not code:
        return None
    return audit.prove_battery(session, code=public_codes.parse(code), sealed=sealed)


def _growth(
    session: Session, first: str, second: str
) -> tuple[Checkpoint, Checkpoint, int] | None:
    if not (first or second):
        return None
    earlier, later = (
        _checkpoint(session, first, "first"),
        _checkpoint(session, second, "second"),
    )
    if earlier.size > later.size:
        earlier, later = later, earlier
    return earlier, later, audit.prove_growth(session, first=earlier, second=later)


def _checkpoint(session: Session, size: str, field: str) -> Checkpoint:
    if not size.isdecimal() or len(size) > _LONGEST_SIZE:
        raise CheckpointUnknownError(field=field)
    return checkpoints.get(session, size=int(size))


def _note(sealed: Checkpoint) -> str:
    options = context.runtime().settings
    origin = urlsplit(options.base_url).netloc
    return checkpoint.note(sealed, origin=origin, key=options.signing_key)


_ASKED: Final = ("code", "first", "second")
