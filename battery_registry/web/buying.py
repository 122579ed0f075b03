"""Around the page behind the QR code: the buyer's view, is it genuine, all sites."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, request

from battery_registry import context
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.code import PublicCode
from battery_registry.domain.registration import BatteryUnknownError
from battery_registry.domain.sale import Reason
from battery_registry.domain.statement import TOKEN_TYPE, Statement
from battery_registry.queries import batteries, districts, sites
from battery_registry.queries.batteries import BatteryRecord
from battery_registry.services.clearances import Signer
from battery_registry.web.showing import render

blueprint = Blueprint("buying", __name__)


@blueprint.get("/b/<code>/buy")
@context.requires(PUBLIC)
def buy(code: str) -> Response:
    """Answer a buyer: may it be sold, and what to ask the seller for."""
    record = _get(public_codes.parse(code))
    return _finish(render("buy.html", battery=record, now=context.now()))


@blueprint.get("/b/<code>/genuine")
@context.requires(PUBLIC)
def genuine(code: str) -> Response:
    """Say how to tell this page from a false one, with a signed answer."""
    record, now = _get(public_codes.parse(code)), context.now()
    settings = context.runtime().settings
    signer = Signer.of(settings)
    is_destroyed = Reason.DESTROYED in record.sale.reasons
    told = Statement(
        issuer=signer.issuer,
        public_code=public_codes.show(record.public_code),
        verdict="destroyed" if is_destroyed else record.code.value,
        answer=record.sale.answer.value,
        told_at=now,
    )
    return _finish(
        render(
            "genuine.html",
            battery=record,
            host=urlsplit(settings.base_url).netloc,
            token=signer.sign(told.content(), token_type=TOKEN_TYPE),
            expires_at=told.expires_at,
            kid=signer.jwks["keys"][0]["kid"],
        )
    )


def _get(code: PublicCode) -> BatteryRecord:
    with context.reading() as session:
        found = batteries.find_public(session, code=code, now=context.now())
    if found is None or found.battery is None:
        raise BatteryUnknownError
    return found.battery


def _finish(text: str) -> Response:
    response = make_response(text)
    response.vary.add("Accept-Language")
    # A code can turn red at any moment: nobody may keep an old page.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/sites")
@context.requires(PUBLIC)
def all_sites() -> str:
    """List the test sites of a district, without asking where anybody is."""
    asked = request.args.get("district", "")
    with context.reading() as session:
        known = districts.list_all(session)
        chosen = next((each for each in known if each.district_code == asked), None)
        near = (
            sites.find_in_district(session, district_code=chosen.district_code)
            if chosen
            else ()
        )
    return render("sites.html", districts=known, chosen=chosen, near=near)
