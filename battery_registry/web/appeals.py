"""The regulator's pages of what must be decided: appeals, retests, warnings."""

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import appeals, early_warning
from battery_registry.services import appeals as deciding
from battery_registry.services.appeals import Decision
from battery_registry.web import language
from battery_registry.web.showing import NOTHING, render
from battery_registry.wire.appeals import parse_decision

_READERS = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
_DECIDERS = only(regulator=Reach.OWN_DISTRICT)
_CHOICES = {"yes": True, "no": False}
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
    may_decide = context.caller().role in _DECIDERS.roles
    return render("appeals.html", appeals=filed, retests=opened, may_decide=may_decide)


@blueprint.post("/appeals/<uuid:appeal_id>/decision")
@context.requires(_DECIDERS)
def decide(appeal_id: UUID) -> Response:
    """Decide an appeal, and show the list again."""
    # Neither button is a fault of the form, and no rejection.
    chosen = _CHOICES.get(request.form.get("upheld", ""))
    told = {"upheld": chosen, "note": request.form.get("note", "")}
    is_upheld, note = parse_decision(told)
    decision = Decision(appeal_id=appeal_id, is_upheld=is_upheld, note=note)
    context.transact(
        lambda session: deciding.decide(
            session,
            decision=decision,
            caller=context.caller(),
            ruleset=context.runtime().ruleset,
            now=context.now(),
        )
    )
    return make_response(redirect(language.page("appeals_page.overview"), 303))


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
