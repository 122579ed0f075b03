"""The start page of collectors and recyclers: what waits for them."""

from flask import Blueprint, request

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.roles import Role
from battery_registry.queries import manifests, red_list
from battery_registry.queries.red_list import Filters
from battery_registry.web import acceptance
from battery_registry.web.showing import render

# A pack is its holder's business wherever it was found.
_HOLDERS = only(collector=Reach.ALL, recycler=Reach.ALL)
_MOST_MANIFESTS = 20

blueprint = Blueprint("work", __name__)


@blueprint.get("/work")
@context.requires(_HOLDERS)
def start() -> str:
    """Show offers, manifests, packs held and what is late."""
    caller = context.caller()
    waiting, _ = acceptance.find_offers()
    filters = Filters(holder=caller.organisation_code)
    with context.reading() as session:
        held = red_list.find(
            session,
            filters=filters,
            scope=context.scope(),
            now=context.now(),
            cursor=request.args.get("cursor"),
        )
        sent = manifests.list_page(
            session, party=caller.organisation_code, limit=_MOST_MANIFESTS
        ).items
    return render(
        "work.html",
        waiting=waiting,
        held=held,
        manifests=sent,
        is_collector=caller.role is Role.COLLECTOR,
        own=caller.organisation_code,
        is_first="cursor" not in request.args,
    )
