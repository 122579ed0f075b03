"""The regulator's pages of fires, the batteries they name, and their siblings."""

from uuid import UUID

from flask import Blueprint, request

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import fires
from battery_registry.web.showing import render

_READERS = only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL)

blueprint = Blueprint("fires_page", __name__)


@blueprint.get("/fires")
@context.requires(_READERS)
def overview() -> str:
    """Show reports of fires, the newest first."""
    with context.reading() as session:
        page = fires.find_all(session, cursor=request.args.get("cursor"))
    return render("fires.html", fires=page)


@blueprint.get("/fires/<uuid:fire_id>")
@context.requires(_READERS)
def fire(fire_id: UUID) -> str:
    """Show a fire, the batteries it names, and a page of their siblings."""
    with context.reading() as session:
        family = fires.get_family(
            session, fire_id=fire_id, cursor=request.args.get("cursor")
        )
    return render("fire.html", family=family)
