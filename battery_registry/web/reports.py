"""Residents report a battery without an account; regulators see what they told."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug import Response as AnyResponse

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import PUBLIC, Reach, only
from battery_registry.domain.reports import (
    LONGEST_CONTACT,
    LONGEST_NOTE,
    Report,
    ReportKind,
    kind_of,
)
from battery_registry.queries import districts
from battery_registry.queries import reports as found
from battery_registry.services import reports
from battery_registry.web import errors, language
from battery_registry.web.showing import render

_READERS = only(regulator=Reach.OWN_DISTRICT, admin=Reach.ALL)
_FIELDS = ("kind", "code", "district", "note", "contact")
_LONGEST_SHOWN = 1_000

blueprint = Blueprint("reports_page", __name__)


@blueprint.get("/report")
@context.requires(PUBLIC)
def form() -> Response:
    """Show the empty form; the address may name the battery and the kind."""
    return _form({name: request.args.get(name, "") for name in ("kind", "code")})


@blueprint.post("/report")
@context.requires(PUBLIC)
def tell() -> AnyResponse:
    """Take a report in, or say what must be mended; nothing typed is lost."""
    told = {name: request.form.get(name, "").strip() for name in _FIELDS}
    runtime, now = context.runtime(), context.now()
    try:
        report = _report(told)
        context.transact(
            lambda session: reports.file_report(
                session, report=report, vault=runtime.vault, now=now
            )
        )
    except RegistryError as refusal:
        faults = dict(errors.faults(refusal))
        return _form(told, faults=faults, says=errors.words(refusal), refusal=refusal)
    return redirect(language.page("reports_page.thanks"), 303)


def _report(told: dict[str, str]) -> Report:
    code = told["code"]
    return Report(
        kind=kind_of(told["kind"]),
        public_code=public_codes.parse(code) if code else None,
        district_code=_district(told["district"]),
        # A browser sends lines with two signs; the limit counts what people typed.
        note=told["note"].replace("\r\n", "\n"),
        contact=told["contact"] or None,
    )


def _district(code: str) -> str | None:
    with context.reading() as session:
        known = {each.district_code for each in districts.list_all(session)}
    return code if code in known else None


def _form(
    told: dict[str, str],
    *,
    faults: dict[str, str] | None = None,
    says: str = "",
    refusal: RegistryError | None = None,
) -> Response:
    with context.reading() as session:
        known = districts.list_all(session)
    text = render(
        "report.html",
        told={name: value[:_LONGEST_SHOWN] for name, value in told.items()},
        faults=faults or {},
        says=says,
        kinds=tuple(ReportKind),
        districts=known,
        longest_note=LONGEST_NOTE,
        longest_contact=LONGEST_CONTACT,
    )
    return make_response(text, context.STATUS[refusal.kind] if refusal else 200)


@blueprint.get("/report/thanks")
@context.requires(PUBLIC)
def thanks() -> str:
    """Say that it was kept, and what to do meanwhile."""
    return render("report_thanks.html")


@blueprint.get("/reports", endpoint="overview")
@context.requires(_READERS)
def overview() -> str:
    """Show what residents reported: what waits, or what was settled."""
    is_open = request.args.get("settled") != "true"
    with context.reading() as session:
        page = found.find(
            session,
            vault=context.runtime().vault,
            is_open=is_open,
            district_code=context.scope().district_code,
            cursor=request.args.get("cursor"),
        )
    return render("reports.html", page_of=page, is_open=is_open)


@blueprint.post("/reports/<uuid:report_id>/settle")
@context.requires(_READERS)
def settle(report_id: UUID) -> AnyResponse:
    """Mark a report as looked after."""
    caller, scope, now = context.caller(), context.scope(), context.now()
    context.transact(
        lambda session: reports.settle(
            session, report_id=report_id, caller=caller, scope=scope, now=now
        )
    )
    return redirect(language.page("reports_page.overview"), 303)
