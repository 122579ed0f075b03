"""Report a battery lost or stolen, or found again: by its owner's code or by staff."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.code import PublicCode
from battery_registry.services import asking, losses
from battery_registry.services.losses import Loss, Witness
from battery_registry.web import errors, language
from battery_registry.web.showing import render
from battery_registry.wire import bodies, faults
from battery_registry.wire.resale import FoundSchema, LossSchema

blueprint = Blueprint("losses_page", __name__)


@blueprint.get("/losses", endpoint="form")
@context.requires(PUBLIC)
def form() -> str:
    """Show the form; staff need no owner's code."""
    return _form({"code": request.args.get("code", "")[:200]})


@blueprint.post("/losses")
@context.requires(PUBLIC)
def tell() -> Response:
    """Take a report, or take one back."""
    filled = request.form.to_dict()
    is_found = filled.get("kind") == "found"
    try:
        _tell(filled, is_found=is_found)
    except RegistryError as refusal:
        text = _form(filled, refusal=refusal)
        return make_response(text, context.STATUS[refusal.kind])
    flash(context.text("losses.withdrawn" if is_found else "losses.reported"))
    return make_response(redirect(language.page("losses_page.form"), 303))


def _tell(filled: Mapping[str, str], *, is_found: bool) -> None:
    names = ("code", "owner_code", *(() if is_found else ("kind", "reference")))
    told = {n: filled[n].strip() for n in names if filled.get(n, "").strip()}
    asked = bodies.load(FoundSchema() if is_found else LossSchema(), told)
    witness, code = _witness(asked["owner_code"]), codes.parse(asked["code"])
    if is_found:
        _withdraw(code, witness)
    else:
        _report(code, witness, asked)


def _report(code: PublicCode, witness: Witness, asked: dict[str, Any]) -> None:
    context.transact(
        lambda session: losses.report(
            session,
            public_code=code,
            loss=asked["kind"],
            reference=asked["reference"],
            witness=witness,
            now=context.now(),
        )
    )


def _withdraw(code: PublicCode, witness: Witness) -> None:
    context.transact(
        lambda session: losses.withdraw(
            session, public_code=code, witness=witness, now=context.now()
        )
    )


def _witness(owner_code: str | None) -> Witness:
    """Find who speaks: the owner by the code, otherwise who is signed in."""
    if owner_code is None:
        caller = context.find_caller()
        if caller is None:
            raise faults.refuse({"owner_code": ["wire.required"]})
        return Witness(caller=caller)
    # Counted before the code is looked at, or guesses would cost nothing.
    context.transact(
        lambda session: asking.count(
            session,
            what="owner_code",
            address=context.address(),
            most=asking.MOST_BY_OWNERS,
            vault=context.runtime().vault,
            now=context.now(),
        )
    )
    return Witness(owner_code=owner_code)


def _form(filled: Mapping[str, str], *, refusal: RegistryError | None = None) -> str:
    kinds = [*(each.value for each in Loss), "found"]
    return render(
        "losses.html",
        filled=filled,
        kinds=[(kind, context.text(f"losses.kind.{kind}")) for kind in kinds],
        says=errors.words(refusal) if refusal else "",
        faults=dict(errors.faults(refusal)) if refusal else {},
    )
