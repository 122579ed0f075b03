"""Write a manifest of packs that were collected, and let its drums go."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.custody import State
from battery_registry.domain.manifests import PACKING_RULES, WasteKind
from battery_registry.domain.roles import OrganisationKind
from battery_registry.queries import organisations, red_list
from battery_registry.queries.red_list import MAX_LIMIT, Filters, RedCase
from battery_registry.services import manifests
from battery_registry.store.ids import new_id
from battery_registry.web import errors, language, load_form, telling
from battery_registry.web.showing import render
from battery_registry.wire.manifests import parse_manifest

_COLLECTORS: Final = only(collector=Reach.ALL)
_CARRIERS: Final = (OrganisationKind.COLLECTOR, OrganisationKind.CARRIER)

blueprint = Blueprint("loading_page", __name__)


@blueprint.get("/manifests/new")
@context.requires(_COLLECTORS)
def form() -> str:
    """Show the packs that are ready to go, and room for drums and papers."""
    now = context.now()
    filled = load_form.empty(
        manifest_id=str(new_id(now)),
        staff_number=context.caller().staff_number or "",
        now=now,
    )
    return _form({**filled, **request.args.to_dict()}, _ready())


@blueprint.post("/manifests/new")
@context.requires(_COLLECTORS)
def make() -> Response:
    """Write the manifest, or say what must be mended; told twice it is one."""
    filled, ready = request.form.to_dict(), _ready()
    if "add_drum" in filled:
        return make_response(_form(filled, ready))
    # What is listed meanwhile is no more ready, and still this form's.
    codes = [name.removeprefix("drum_") for name in filled if name.startswith("drum_")]
    try:
        draft = parse_manifest(load_form.as_json(filled, codes=codes))
        manifest_id = context.transact(
            lambda session: manifests.make(
                session, draft=draft, caller=context.caller(), now=context.now()
            )
        )
    except RegistryError as refusal:
        return _say(filled, ready, refusal, codes)
    flash(context.text("load.made"))
    return _to(manifest_id)


@blueprint.post("/manifests/<uuid:manifest_id>/dispatch")
@context.requires(_COLLECTORS)
def dispatch(manifest_id: UUID) -> Response:
    """Take every pack over as the carrier; all or none."""
    now = context.now()
    telling.act(
        lambda session: manifests.dispatch(
            session,
            manifest_id=manifest_id,
            occurred_at=now,
            caller=context.caller(),
            now=now,
            terms=context.terms(),
        ),
        done=context.text("load.dispatched"),
    )
    return _to(manifest_id)


def _to(manifest_id: UUID) -> Response:
    address = language.page("manifests_page.one", manifest_id=manifest_id)
    return make_response(redirect(address, 303))


def _damages() -> list[tuple[str, str]]:
    """Say each damage class with the packing that it needs."""
    return [
        (damage, f"{context.text(f'manifest.damage.{damage}')} ({rule.packing})")
        for damage, rule in PACKING_RULES.items()
    ]


def _ready() -> tuple[RedCase, ...]:
    """List the packs that this collector holds, ready to go."""
    holder = context.caller().organisation_code
    filters = Filters(holder=holder, states=(State.COLLECTED,))
    with context.reading() as session:
        return red_list.find(
            session,
            filters=filters,
            scope=context.scope(),
            now=context.now(),
            limit=MAX_LIMIT,
        ).items


def _say(
    filled: Mapping[str, str],
    ready: tuple[RedCase, ...],
    refusal: RegistryError,
    codes: list[str],
) -> Response:
    faults = {
        load_form.field_of(path, filled, codes): detail
        for path, detail in errors.faults(refusal)
    }
    text = _form(filled, ready, faults=faults, says=errors.words(refusal))
    return make_response(text, context.STATUS[refusal.kind])


def _form(
    filled: Mapping[str, str],
    ready: tuple[RedCase, ...],
    *,
    faults: Mapping[str, str] | None = None,
    says: str = "",
) -> str:
    with context.reading() as session:
        carriers = organisations.list_of(session, kinds=_CARRIERS)
        recyclers = organisations.list_of(session, kinds=(OrganisationKind.RECYCLER,))
    return render(
        "load.html",
        filled=filled,
        ready=ready,
        drums=load_form.drum_places(filled),
        most_drums=load_form.MOST_DRUMS,
        carriers=[(each.code, each.name) for each in carriers],
        recyclers=[(each.code, each.name) for each in recyclers],
        damages=_damages(),
        wastes=[(kind, context.text(f"manifest.waste.{kind}")) for kind in WasteKind],
        faults=faults or {},
        says=says,
    )
