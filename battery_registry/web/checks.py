"""The dealer's counter: check a battery before a sale, and see one's own checks."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request

from battery_registry import context
from battery_registry.context import Face
from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.clearance import Purpose
from battery_registry.domain.code import CodeCheckError, MalformedCodeError, PublicCode
from battery_registry.domain.sale import Answer, SaleAnswer
from battery_registry.queries import own_checks, sale, serials
from battery_registry.queries.own_checks import OwnCheck
from battery_registry.services import asking
from battery_registry.services import own_checks as kept
from battery_registry.web import errors, language
from battery_registry.web.showing import render
from battery_registry.wire import bodies
from battery_registry.wire.resale import SerialAskedSchema

DEALERS: Final = only(dealer=Reach.OWN_ORGANISATION)

blueprint = Blueprint("checks_page", __name__)


@blueprint.get("/check", endpoint="overview")
@context.requires(DEALERS)
def overview() -> str:
    """Show the field, the answer to one check, and the organisation's checks."""
    return page()


@blueprint.post("/check")
@context.requires(DEALERS)
def check() -> Response:
    """Answer for a code or a serial, and keep the check for its organisation."""
    asked = request.form.get("asked", "").strip()
    try:
        face, shown, given = _ask(asked)
    except RegistryError as refusal:
        return make_response(
            page(asked=asked, refusal=refusal), context.STATUS[refusal.kind]
        )
    check_id = context.transact(
        lambda session: kept.note(
            session,
            face=face,
            asked=shown,
            answer=given.answer,
            reasons=given.reasons,
            caller=context.caller(),
            now=context.now(),
        )
    )
    return make_response(
        redirect(language.page("checks_page.overview", of=check_id), 303)
    )


def _ask(asked: str) -> tuple[Face, str, SaleAnswer]:
    """Ask by code; what can be none is asked as a maker's serial.

    Raises:
        CodeCheckError: It looks like a code, is misread, and is no serial either.
        InvalidInputError: It is neither.
    """
    try:
        code = codes.parse(asked, field="asked")
    except MalformedCodeError:
        return Face.SERIAL, asked, _by_serial(asked)
    except CodeCheckError:
        given = _by_serial(asked)
        if given.answer is Answer.UNKNOWN:
            raise
        return Face.SERIAL, asked, given
    return Face.CODE, codes.show(code), _by_code(code)


def _by_code(code: PublicCode) -> SaleAnswer:
    with context.asking() as connection:
        found = sale.answer(connection, code=code, now=context.now())
    context.note_check(face=Face.CODE, subject=code, answer=found.answer.value)
    if found.is_ended:
        context.report_sighting(code, seen=Sighting.SALE_CHECK)
    return SaleAnswer(answer=found.answer, reasons=found.reasons)


def _by_serial(asked: str) -> SaleAnswer:
    serial = bodies.load(SerialAskedSchema(), {"serial": asked})["serial"]
    context.transact(
        lambda session: asking.count(
            session,
            what="serial",
            address=context.address(),
            most=asking.MOST_SERIALS,
            vault=context.runtime().vault,
            now=context.now(),
        )
    )
    with context.reading() as session:
        given = serials.answer(session, serial=serial, now=context.now())
    context.note_check(face=Face.SERIAL, subject=serial, answer=given.answer.value)
    return given


def page(*, asked: str = "", refusal: RegistryError | None = None) -> str:
    """Show the counter's page, with what was asked and why it was refused."""
    organisation_id = context.caller().organisation_id
    with context.reading() as session:
        past = own_checks.list_checks(
            session, organisation_id=organisation_id, before=_id_of("before")
        )
    return render(
        "check.html",
        shown=_shown(organisation_id),
        past=past,
        is_more=len(past) == own_checks.LIMIT,
        is_first="before" not in request.args,
        purposes=[
            (each, context.text(f"clearance.purpose.{each}")) for each in Purpose
        ],
        asked=asked,
        says=errors.words(refusal) if refusal else "",
        faults={"asked": errors.words(refusal)} if refusal else {},
    )


def _shown(organisation_id: UUID) -> OwnCheck | None:
    check_id = _id_of("of")
    if check_id is None:
        return None
    with context.reading() as session:
        return own_checks.find_check(
            session, organisation_id=organisation_id, check_id=check_id
        )


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
