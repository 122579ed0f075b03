"""A red case's dossier: all facts on one page, to print."""

from typing import Final

from flask import Blueprint
from markupsafe import Markup

from battery_registry import context
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.queries import dossier
from battery_registry.services import label_drawing
from battery_registry.web.incidents import Words
from battery_registry.web.showing import render

_READERS: Final = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)

blueprint = Blueprint("cases_page", __name__)


class NoDossierError(RegistryError):
    """There is no such red case, or it is not the reader's to see."""

    code = "custody_no_case"
    kind = Kind.NOT_FOUND


@blueprint.get("/cases/<code>/dossier")
@context.requires(_READERS)
def show(code: str) -> str:
    """Show everything that is known of a battery's newest case."""
    now = context.now()
    with context.reading() as session:
        found = dossier.find(
            session, code=public_codes.parse(code), scope=context.scope(), now=now
        )
    if found is None:
        raise NoDossierError
    address = public_codes.url(
        context.runtime().settings.base_url, code=found.battery.public_code
    )
    return render(
        "dossier.html",
        found=found,
        address=address,
        qr=Markup(label_drawing.qr_svg(address).decode()),  # noqa: S704 - drawn by us
        made_at=now.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        words=Words(),
    )
