"""The regulator's pages of recalls: propose, look at, confirm, withdraw."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import recalls as listed
from battery_registry.queries.recalls import CoveredPage, RecallRecord
from battery_registry.services import recalls
from battery_registry.web import errors, language
from battery_registry.web.showing import render
from battery_registry.wire.recalls import RecallRequestSchema, parse_recall

_READERS = only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL)
_WRITERS = only(regulator=Reach.ALL)
_FIELDS = tuple(RecallRequestSchema().fields)

blueprint = Blueprint("recalls_page", __name__)


@blueprint.get("/recalls")
@context.requires(_READERS)
def overview() -> str:
    """Show every recall, the newest first, and the form of a new one."""
    told = {name: request.args[name] for name in _FIELDS if name in request.args}
    return _overview(told)


@blueprint.post("/recalls")
@context.requires(_WRITERS)
def propose() -> Response:
    """Propose a recall; then its preview is shown."""
    told = {name: request.form.get(name, "").strip() for name in _FIELDS}
    try:
        criteria, reason = parse_recall({k: v for k, v in told.items() if v})
    except RegistryError as refusal:
        text = _overview(told, faults=errors.faults(refusal))
        return make_response(text, context.STATUS[refusal.kind])
    recall_id = context.transact(
        lambda session: recalls.propose(
            session,
            criteria=criteria,
            reason=reason,
            caller=context.caller(),
            now=context.now(),
        )
    )
    return _show(recall_id)


@blueprint.get("/recalls/<uuid:recall_id>")
@context.requires(_READERS)
def recall(recall_id: UUID) -> str:
    """Show a recall and the batteries it covers, or would cover."""
    with context.reading() as session:
        found: RecallRecord = listed.get(session, recall_id=recall_id)
        covered: CoveredPage = listed.find_batteries(
            session, recall_id=recall_id, cursor=request.args.get("cursor")
        )
    return render("recall.html", recall=found, covered=covered, may_act=_may_act())


@blueprint.post("/recalls/<uuid:recall_id>/confirm")
@context.requires(_WRITERS)
def confirm(recall_id: UUID) -> Response:
    """Confirm a recall, as a second person."""
    return _act(recall_id, recalls.confirm)


@blueprint.post("/recalls/<uuid:recall_id>/withdraw")
@context.requires(_WRITERS)
def withdraw(recall_id: UUID) -> Response:
    """Withdraw a recall; once confirmed, it takes two people."""
    return _act(recall_id, recalls.withdraw)


def _act(recall_id: UUID, act: Callable[..., None]) -> Response:
    def work(session: Session) -> None:
        act(session, recall_id=recall_id, caller=context.caller(), now=context.now())

    context.transact(work)
    return _show(recall_id)


def _show(recall_id: UUID) -> Response:
    address = language.page("recalls_page.recall", recall_id=recall_id)
    return make_response(redirect(address, 303))


def _overview(told: dict[str, str], *, faults: tuple[tuple[str, str], ...] = ()) -> str:
    with context.reading() as session:
        page = listed.find_all(session, cursor=request.args.get("cursor"))
    return render(
        "recalls.html", recalls=page, told=told, faults=faults, may_act=_may_act()
    )


def _may_act() -> bool:
    return context.caller().role in _WRITERS.roles
