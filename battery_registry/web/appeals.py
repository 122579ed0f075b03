"""The regulator's pages of what must be decided: appeals, retests, warnings."""

from flask import Blueprint, request

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import appeals, early_warning
from battery_registry.web.showing import NOTHING, render

_READERS = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
_OF_THE_CITY = only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL)

blueprint = Blueprint("appeals_page", __name__)


@blueprint.get("/appeals")
@context.requires(_READERS)
def overview() -> str:
    """Show appeals and retests, and what is due."""
    now, scope = context.now(), context.scope()
    with context.reading() as session:
        filed = appeals.find_appeals(
            session, scope=scope, now=now, cursor=request.args.get("appeals")
        )
        opened = appeals.find_retests(
            session, scope=scope, now=now, cursor=request.args.get("retests")
        )
    return render("appeals.html", appeals=filed, retests=opened)


@blueprint.get("/early-warnings")
@context.requires(_OF_THE_CITY)
def warnings() -> str:
    """Show the models and months that stand out; a human decides."""
    with context.reading() as session:
        found = early_warning.find(session)
    return render("early_warnings.html", warnings=found, per_cent=per_cent)


def per_cent(share: float | None) -> str:
    """Show a share in per cent with one decimal."""
    return NOTHING if share is None else f"{100 * share:.1f} %"
