"""The label page: choose a size, see it drawn to scale, print codes or blanks."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from flask import Blueprint, Response, make_response, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.services import label_drawing, label_preview, labels
from battery_registry.services.label_sheets import TEMPLATES
from battery_registry.services.labels import Printer
from battery_registry.web import errors, label_design
from battery_registry.web.label_design import Design
from battery_registry.web.showing import render

_PRINTERS = only(inspector=Reach.OWN_STATION, admin=Reach.ALL)
_SAMPLE: Final = PublicCode(public_codes.ALPHABET[0] * public_codes.LENGTH)
# A tag is drawn on the screen with a signature that no key of ours made.
_NOBODYS_KEY: Final = bytes(32)
_MOST: Final = 1000

blueprint = Blueprint("label_designer", __name__)


class NothingToPrintError(RegistryError):
    """Neither codes nor a number of blank labels was given, or both."""

    code: ClassVar[str] = "label_nothing"


class TooManyLabelsError(RegistryError):
    """More labels than a page prints at once."""

    code: ClassVar[str] = "label_too_many"


@blueprint.get("/labels")
@context.requires(_PRINTERS)
def overview() -> Response:
    """Show the sizes, the chosen one to scale, and what can be printed."""
    return _page(
        label_design.filled(request.args), {"codes": request.args.get("codes", "")}
    )


@blueprint.get("/labels/preview.svg")
@context.requires(_PRINTERS)
def preview() -> Response:
    """Draw a page of the chosen size, with a code that no battery has."""
    form = label_design.filled(request.args)
    design = label_design.read(form)
    (sample,) = labels.texts(
        [_SAMPLE], template=design.template, printer=_printer(form, _NOBODYS_KEY)
    )
    drawn = label_preview.page_svg(
        sample, template=design.template, placing=design.placing
    )
    response = Response(drawn, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/labels")
@context.requires(_PRINTERS)
def draw() -> Response:
    """Make a PDF of the labels, or say what must be mended and keep what was typed."""
    form = label_design.filled(request.form)
    told = {name: request.form.get(name, "").strip() for name in ("codes", "count")}
    try:
        content, number = _print(form, told)
    except RegistryError as refusal:
        return _page(form, told, refusal)
    response = Response(content, content_type="application/pdf")
    name = f"labels-{form['template']}-{number}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _print(form: Mapping[str, str], told: Mapping[str, str]) -> tuple[bytes, int]:
    design = label_design.read(form)
    # What cannot be drawn is refused before codes are made.
    _draw([_SAMPLE], design, form)
    asked = told["codes"].replace(",", " ").split()
    if bool(asked) is bool(told["count"]):
        raise NothingToPrintError(field="codes")
    codes = _wanted(asked, design) if asked else _blank(told["count"], design)
    return _draw(codes, design, form), len(codes)


def _wanted(asked: Sequence[str], design: Design) -> tuple[PublicCode, ...]:
    if len(asked) > _MOST:
        raise TooManyLabelsError(field="codes", most=_MOST)
    with context.reading() as session:
        return labels.get_printable(session, codes=asked, template=design.template)


def _blank(count: str, design: Design) -> tuple[PublicCode, ...]:
    labels.refuse_blank_tags(design.template)
    number = int(count) if count.isdecimal() and len(count) < len(str(_MOST)) + 2 else 0
    if number > _MOST:
        raise TooManyLabelsError(field="count", most=_MOST)
    caller, now = context.caller(), context.now()
    return context.transact(
        lambda session: labels.make_blank(
            session, count=number, organisation_id=caller.organisation_id, now=now
        )
    )


def _draw(
    codes: Sequence[PublicCode], design: Design, form: Mapping[str, str]
) -> bytes:
    return label_drawing.label_sheet_pdf(
        labels.texts(
            codes,
            template=design.template,
            printer=_printer(form, context.runtime().settings.signing_key),
        ),
        template=design.template,
        made_at=context.now(),
        placing=design.placing,
    )


def _printer(form: Mapping[str, str], key: bytes) -> Printer:
    base_url = context.runtime().settings.base_url
    return Printer(base_url=base_url, signing_key=key, caption=form["caption"])


def _page(
    form: Mapping[str, str],
    told: Mapping[str, str],
    refusal: RegistryError | None = None,
) -> Response:
    fault = refusal
    try:
        _draw([_SAMPLE], label_design.read(form), form)
        is_drawable = True
    except RegistryError as undrawable:
        is_drawable, fault = False, fault or undrawable
    text = render(
        "labels.html",
        templates=TEMPLATES,
        custom=label_design.CUSTOM,
        measures=tuple(label_design.MEASURES),
        form=form,
        told=told,
        most=_MOST,
        is_drawable=is_drawable,
        says=errors.words(fault) if fault else "",
        faults=_by_field(fault),
    )
    return make_response(text, context.STATUS[refusal.kind] if refusal else 200)


def _by_field(refusal: RegistryError | None) -> dict[str, str]:
    """Name the form's own fields, where a service knows others."""
    found = errors.faults(refusal) if refusal else ()
    return {("codes" if field == "code" else field): said for field, said in found}
