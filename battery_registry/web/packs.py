"""One red pack and its chain, for those who hold it: what to do with it next."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, flash, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.custody_refusals import CaseClosedError
from battery_registry.queries import custody
from battery_registry.queries.custody import Chain
from battery_registry.services.custody import NoCaseError, hand_over
from battery_registry.store.ids import new_id
from battery_registry.web import errors, language, step_form
from battery_registry.web.showing import render
from battery_registry.wire.custody import parse_hand_over

# As for machines: whoever may come to hold a pack sees its chain.
_CHAIN: Final = only(inspector=Reach.ALL, collector=Reach.ALL, recycler=Reach.ALL)

blueprint = Blueprint("packs_page", __name__)


@blueprint.get("/packs/<code>")
@context.requires(_CHAIN)
def one(code: str) -> str:
    """Show a pack's chain, and the steps that its holder may take."""
    return _page(_get(codes.parse(code)), {})


@blueprint.post("/packs/<code>/steps")
@context.requires(_CHAIN)
def step(code: str) -> Response:
    """Take one step as the holder; sent twice it is one."""
    public_code, filled = codes.parse(code), request.form.to_dict()
    chain = _get(public_code)
    try:
        told = parse_hand_over(_as_json(chain, filled))
        context.transact(
            lambda session: hand_over(
                session,
                public_code=public_code,
                hand_over=told,
                caller=context.caller(),
                now=context.now(),
                terms=context.terms(),
            )
        )
    except RegistryError as refusal:
        if isinstance(refusal, CaseClosedError):
            # Nobody can hand over what was destroyed; somebody must look at it.
            context.report_sighting(public_code, seen=Sighting.CUSTODY)
        text = _page(chain, filled, refusal=refusal)
        return make_response(text, context.STATUS[refusal.kind])
    flash(context.text("packs.recorded"))
    address = language.page("packs_page.one", code=codes.show(public_code))
    return make_response(redirect(address, 303))


def _as_json(chain: Chain, filled: Mapping[str, str]) -> dict[str, object]:
    own, to_state = context.caller().organisation_code, filled.get("to_state", "")
    known = {state.value: state for state in State}
    told = step_form.evidence(filled, to_state=known.get(to_state, State.FLAGGED))
    return {
        "event_id": filled.get("event_id", ""),
        "to_state": to_state,
        # When the form was opened, so that sending it twice is the same hand-over.
        "occurred_at": filled.get("occurred_at", ""),
        "giver": chain.holder.code,
        "receiver": own,
        "evidence": told,
    }


def _get(public_code: PublicCode) -> Chain:
    with context.reading() as session:
        found = custody.find(
            session, code=public_code, scope=context.scope(), now=context.now()
        )
    if found is None:
        raise NoCaseError
    return found


def _page(
    chain: Chain, filled: Mapping[str, str], *, refusal: RegistryError | None = None
) -> str:
    caller, now = context.caller(), context.now()
    is_holder = chain.holder.code == caller.organisation_code
    steps = step_form.steps(chain.lawful_next, role=caller.role) if is_holder else ()
    faults = dict(errors.faults(refusal)) if refusal else {}
    return render(
        "pack.html",
        chain=chain,
        is_holder=is_holder,
        steps=steps,
        texts=step_form.TEXTS,
        fractions=step_form.FRACTIONS,
        filled=filled,
        event_id=filled.get("event_id") or str(new_id(now)),
        occurred_at=filled.get("occurred_at") or now.isoformat(),
        mass_kg=_weighed(chain),
        says=errors.words(refusal) if refusal else "",
        faults={name.removeprefix("evidence."): said for name, said in faults.items()},
    )


def _weighed(chain: Chain) -> object:
    """Find what the pack weighed last, as its chain says."""
    told = [link.evidence.get("mass_kg") for link in chain.events]
    return next((mass for mass in reversed(told) if mass is not None), None)
