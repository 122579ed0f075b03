"""Where every red battery is now: with whom, how many, since when, what is late."""

from flask import Blueprint

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import whereabouts
from battery_registry.web.showing import render

blueprint = Blueprint("whereabouts_page", __name__)


@blueprint.get("/whereabouts", endpoint="overview")
@context.requires(
    only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
)
def overview() -> str:
    """Show how many open cases each holder answers for, by state."""
    with context.reading() as session:
        held = whereabouts.count(session, scope=context.scope(), now=context.now())
    return render(
        "whereabouts.html",
        held=held,
        packs=sum(one.packs for one in held),
        overdue=sum(one.overdue for one in held),
    )
