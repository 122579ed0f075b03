"""Labels to print: the QR as a drawing or a picture, and a sheet of paper."""

from collections.abc import Callable

from flask import Blueprint, Response, abort

from battery_registry import context
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.services import label_drawing, label_sheets, labels
from battery_registry.services.label_layout import LabelText

_SHEET = "a4-3x7"

blueprint = Blueprint("labels", __name__)


@blueprint.get("/labels/<code>.<form>")
@context.requires(only(inspector=Reach.OWN_STATION, admin=Reach.ALL))
def draw(code: str, form: str) -> Response:
    """Draw the label of a code; it carries the address and no result."""
    if form not in _FORMS:
        abort(404)
    with context.reading() as session:
        (label,) = labels.get_labels(session, codes=[code])
    media_type, make = _FORMS[form]
    address = public_codes.url(context.runtime().settings.base_url, code=label)
    response = Response(make(label, address), content_type=media_type)
    name = f"{public_codes.show(label)}.{form}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _svg(_label: PublicCode, address: str) -> bytes:
    return label_drawing.qr_svg(address)


def _png(_label: PublicCode, address: str) -> bytes:
    return label_drawing.qr_png(address)


def _pdf(label: PublicCode, address: str) -> bytes:
    return label_drawing.label_sheet_pdf(
        [LabelText(code=label, url=address)],
        template=label_sheets.get_template(_SHEET),
        made_at=context.now(),
    )


_FORMS: dict[str, tuple[str, Callable[[PublicCode, str], bytes]]] = {
    "svg": ("image/svg+xml", _svg),
    "png": ("image/png", _png),
    "pdf": ("application/pdf", _pdf),
}
