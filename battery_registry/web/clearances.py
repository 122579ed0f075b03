"""Clearances at the dealer's counter: taken, shown, printed, listed."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request
from markupsafe import Markup

from battery_registry import context
from battery_registry.context import Face
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain import clearance as rules
from battery_registry.domain import code as codes
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.code import PublicCode
from battery_registry.queries import own_checks
from battery_registry.queries.own_checks import OwnClearance
from battery_registry.services import clearances, label_drawing
from battery_registry.services.clearances import NotSellableError, Signer
from battery_registry.web import checks, language
from battery_registry.web.checks import DEALERS
from battery_registry.web.showing import render
from battery_registry.wire import bodies
from battery_registry.wire.resale import ClearanceAskedSchema

blueprint = Blueprint("clearances_page", __name__)


class NoSuchClearanceError(RegistryError):
    """There is no such clearance, or it is another organisation's."""

    code = "clearance_unknown"
    kind = Kind.NOT_FOUND


@blueprint.get("/clearances", endpoint="overview")
@context.requires(DEALERS)
def overview() -> str:
    """List the organisation's clearances, newest first."""
    signs = signer()
    with context.reading() as session:
        found = own_checks.list_clearances(
            session,
            organisation_id=context.caller().organisation_id,
            issuer=signs.issuer,
            status_list=signs.status_list,
            before=_before(),
        )
    return render(
        "clearances.html",
        found=found,
        now=context.now(),
        is_more=len(found) == own_checks.LIMIT,
        is_first="before" not in request.args,
    )


@blueprint.post("/clearances")
@context.requires(DEALERS)
def take() -> Response:
    """Take a clearance for a battery that may be sold now."""
    told = {name: request.form.get(name, "") for name in ("code", "purpose")}
    asked = bodies.load(ClearanceAskedSchema(), told)
    code = codes.parse(asked["code"])
    try:
        given = context.transact(
            lambda session: clearances.issue(
                session,
                public_code=code,
                purpose=asked["purpose"],
                caller=context.caller(),
                signer=signer(),
                now=context.now(),
            )
        )
    except NotSellableError as refusal:
        _note(code, str(refusal.extra["answer"]))
        context.report_sighting(code, seen=Sighting.SALE_CHECK)
        text = checks.page(asked=codes.show(code), refusal=refusal)
        return make_response(text, context.STATUS[refusal.kind])
    _note(code, given.clearance.answer.value)
    if given.clearance.code != codes.show(code):
        context.report_sighting(code, seen=Sighting.SALE_CHECK)
    address = language.page(
        "clearances_page.one", clearance_id=given.clearance.clearance_id
    )
    return make_response(redirect(address, 303))


@blueprint.get("/clearances/<uuid:clearance_id>")
@context.requires(DEALERS)
def one(clearance_id: UUID) -> str:
    """Show a clearance, to read and to print."""
    found = get(clearance_id)
    code = PublicCode(found.clearance.code.replace("-", ""))
    address = codes.url(found.clearance.issuer, code=code)
    return render(
        "clearance.html",
        found=found,
        holds=found.holds(now=context.now()),
        token=sign(found),
        # Our own drawing of our own address: nobody else's text is in it.
        qr=Markup(label_drawing.qr_svg(address).decode()),  # noqa: S704 - drawn by us
    )


@blueprint.get("/clearances/<uuid:clearance_id>.jws")
@context.requires(DEALERS)
def download(clearance_id: UUID) -> Response:
    """Give the signed text, for a listing or for a check without the network."""
    response = Response(sign(get(clearance_id)), content_type="application/jose")
    name = f"clearance-{clearance_id}.jws"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def signer() -> Signer:
    """Get who signs for this registry."""
    return Signer.of(context.runtime().settings)


def sign(found: OwnClearance) -> str:
    """Sign a clearance again: the same words, by the key in use."""
    claims = rules.claims(found.clearance)
    return signer().sign(claims, token_type=rules.TOKEN_TYPE)


def get(clearance_id: UUID) -> OwnClearance:
    """Get a clearance of the caller's organisation.

    Raises:
        NoSuchClearanceError: There is none.
    """
    signs = signer()
    with context.reading() as session:
        found = own_checks.find_clearance(
            session,
            organisation_id=context.caller().organisation_id,
            clearance_id=clearance_id,
            issuer=signs.issuer,
            status_list=signs.status_list,
        )
    if found is None:
        raise NoSuchClearanceError
    return found


def _note(code: PublicCode, told: str) -> None:
    context.note_check(face=Face.CLEARANCE, subject=code, answer=told)


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None
