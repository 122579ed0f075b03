"""The page behind the QR code: what a battery's code is, and what to do now.

Everybody may see it, so it shows nobody's data and no figure of a reading.
"""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, Response, jsonify, make_response, request

from battery_registry import context
from battery_registry.domain import code as public_codes
from battery_registry.domain.afterlife import BatteryDestroyedError, Sighting
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.city_time import city_date
from battery_registry.domain.code import CodeCheckError, MalformedCodeError, PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.sale import Answer, Reason
from battery_registry.queries import batteries, disclosed, sites
from battery_registry.queries.batteries import BatteryRecord, Labelled
from battery_registry.queries.disclosed import Disclosed
from battery_registry.web import linksets, reasons
from battery_registry.web.showing import render

# Green needs no reasons, and of a destroyed one they no longer matter.
_EXPLAINED: Final = frozenset({"red", "yellow", "void", "incomplete", "not_covered"})
_LONGEST_SHOWN: Final = 64
_NEEDS_A_SITE: Final = frozenset({"red", "yellow", "void", "incomplete", "destroyed"})

blueprint = Blueprint("residents", __name__)


@blueprint.get("/b/<code>")
@context.requires(PUBLIC)
def battery(code: str) -> Response:
    """Show a battery's page, or say why there is none."""
    try:
        wanted = public_codes.parse(code)
    except CodeCheckError:
        return _not_found("typo", code[:_LONGEST_SHOWN])
    except MalformedCodeError:
        return _not_found("malformed", None)
    with context.reading() as session:
        found = batteries.find_public(session, code=wanted, now=context.now())
        if found is None or found.battery is None:
            return _not_found(
                "unknown" if found is None else "blank", public_codes.show(wanted)
            )
        near = sites.find_in_district(
            session, district_code=found.battery.district_code
        )
        readings = None
        if context.runtime().settings.shows_readings:
            readings = disclosed.find(session, battery_id=found.battery.battery_id)
    _report_if_ended(wanted, found, found.battery)
    return _answer(found, found.battery, near, readings)


def _report_if_ended(code: PublicCode, found: Labelled, record: BatteryRecord) -> None:
    """Tell the regulator of a scan that a living battery cannot give."""
    is_gone = Reason.DESTROYED in record.sale.reasons
    if is_gone or found.replaced_by or record.case_state is State.MISSING:
        context.report_sighting(code, seen=Sighting.SCAN)


def _answer(
    found: Labelled,
    record: BatteryRecord,
    near: Sequence[sites.Site],
    readings: Disclosed | None,
) -> Response:
    if linksets.is_asked():
        anchor = public_codes.url(
            context.runtime().settings.base_url, code=record.public_code
        )
        return linksets.answer(record, anchor=anchor)
    is_destroyed = Reason.DESTROYED in record.sale.reasons
    shown = "destroyed" if is_destroyed else record.code.value
    status = 410 if is_destroyed else 200
    if _wants_json():
        told = {
            "code": public_codes.show(record.public_code),
            "verdict": shown,
            "sellable": record.sale.answer.value,
            "next_due": record.next_due.isoformat() if record.next_due else None,
            "tested_on": city_date(record.tested_at).isoformat(),
        }
        if is_destroyed:
            told["type"] = f"urn:battery-registry:problem:{BatteryDestroyedError.code}"
        return _finish(jsonify(told), status)
    text = render(
        "battery.html",
        battery=record,
        label=found,
        shown=shown,
        reasons=reasons.for_residents(record.verdict) if shown in _EXPLAINED else (),
        near=near,
        needs_site=shown in _NEEDS_A_SITE,
        readings=readings,
        now=context.now(),
        days_ago=(city_date(context.now()) - city_date(record.tested_at)).days,
    )
    return _finish(make_response(text), status)


def _not_found(why: str, code: str | None) -> Response:
    if _wants_json():
        told = {
            "code": code,
            "verdict": None,
            "sellable": Answer.UNKNOWN.value,
            "next_due": None,
            "tested_on": None,
        }
        return _finish(jsonify(told), 404)
    return _finish(make_response(render("battery_not_found.html", why=why)), 404)


def _wants_json() -> bool:
    offered = ["text/html", "application/json"]
    return request.accept_mimetypes.best_match(offered) == "application/json"


def _finish(response: Response, status: int) -> Response:
    response.status_code = status
    response.vary.update(("Accept", "Accept-Language"))
    # A code can turn red at any moment: nobody may keep an old page.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
