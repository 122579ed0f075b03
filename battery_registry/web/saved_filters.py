"""Keep the red list's filters under a name, and drop them."""

from typing import Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import NotAllowedError, Reach, only
from battery_registry.services import saved_filters
from battery_registry.web import language, regulators
from battery_registry.wire import red_list as listed

_READERS: Final = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)

blueprint = Blueprint("saved_filters", __name__)


@blueprint.post("/red-list/filters")
@context.requires(_READERS)
def keep() -> Response:
    """Keep the filters of the form under the name of the form."""
    name = request.form.get("name", "").strip()
    # What is kept is read once before: an address that the list refuses is none.
    asked = dict(parse_qsl(request.form.get("query", "")))
    told = MultiDict({key: asked[key] for key in regulators.FILTERS if asked.get(key)})
    listed.parse_filters(told)
    try:
        context.transact(
            lambda session: saved_filters.keep(
                session,
                person_id=_person(),
                name=name,
                query=urlencode(told),
                now=context.now(),
            )
        )
    except RegistryError as refusal:
        text = regulators.red_list_page(told, name=name, refusal=refusal)
        return make_response(text, context.STATUS[refusal.kind])
    flash(context.text("saved_filters.kept", name=name))
    return _to_list(told)


@blueprint.post("/red-list/filters/<uuid:filter_id>/delete")
@context.requires(_READERS)
def drop(filter_id: UUID) -> Response:
    """Drop one of one's own filters."""
    context.transact(
        lambda session: saved_filters.drop(
            session, person_id=_person(), filter_id=filter_id
        )
    )
    flash(context.text("saved_filters.dropped"))
    return _to_list(MultiDict())


def _person() -> UUID:
    caller = context.caller()
    if caller.person_id is None:
        raise NotAllowedError(role=caller.role.value)
    return caller.person_id


def _to_list(told: MultiDict[str, str]) -> Response:
    address = language.page("regulators.red_list", **told.to_dict())
    return make_response(redirect(address, 303))
