"""GS1 Digital Link: the maker's own code on a pack leads to what we know of it.

As GS1's conformant resolver 1.0 does: a redirect to the safety page unless
another link or the list of all links is asked for.
"""

from typing import Any, ClassVar, Final
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain import code as public_codes
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.custody import State
from battery_registry.domain.gs1 import digital_link as links
from battery_registry.domain.gs1 import linkset
from battery_registry.domain.gs1.digital_link import DigitalLink
from battery_registry.domain.gs1.linkset import Target
from battery_registry.domain.sale import Reason
from battery_registry.queries import batteries, digital_link
from battery_registry.queries.batteries import BatteryRecord
from battery_registry.web import linksets

_KEYS: Final = ("01", "8004")

blueprint = Blueprint("resolver", __name__)


class LinkUnknownError(RegistryError):
    """No battery is registered under this GS1 key."""

    code: ClassVar[str] = "digital_link_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class LinkTypeUnknownError(RegistryError):
    """There is no link of the type that was asked for."""

    code: ClassVar[str] = "link_type_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


@blueprint.get("/01/<path:rest>")
@blueprint.get("/8004/<path:rest>", endpoint="asset")
@context.requires(PUBLIC)
def resolve(rest: str) -> Response:
    """Lead from a GS1 key to the battery's page, or to what was asked for."""
    base_url = context.runtime().settings.base_url
    key = request.path.strip("/").partition("/")[0]
    query = request.query_string.decode("latin-1")
    # The path comes unescaped; one slash at its end is tolerated.
    path = quote(f"/{key}/{rest.removesuffix('/')}")
    wanted = links.parse(f"https://resolver.invalid{path}{'?' if query else ''}{query}")
    record = _get(wanted)
    anchor = f"{base_url}{wanted.path}"
    if linksets.is_asked():
        # Whoever is led on is told of there.
        _report_if_ended(record)
        return linksets.answer(record, anchor=anchor)
    shown = public_codes.show(record.public_code)
    target = _target(request.args.get("linkType", ""), base_url, shown)
    if query:
        target += ("&" if "?" in target else "?") + query
    response = make_response(redirect(target, 307))
    response.headers["Link"] = ", ".join(
        (
            f'<{anchor}?linkType=linkset>; rel="linkset"; type="{linkset.MEDIA_TYPE}"',
            # Whatever spelling was asked for, this one means the same.
            f'<{anchor}>; rel="owl:sameAs"',
        )
    )
    return response


def _report_if_ended(record: BatteryRecord) -> None:
    is_gone = Reason.DESTROYED in record.sale.reasons
    if is_gone or record.case_state is State.MISSING:
        context.report_sighting(record.public_code, seen=Sighting.SCAN)


def _get(wanted: DigitalLink) -> BatteryRecord:
    with context.reading() as session:
        code = digital_link.find_code(session, link=wanted)
        if code is not None:
            found = batteries.find_public(session, code=code, now=context.now())
            if found is not None and found.battery is not None:
                return found.battery
    raise LinkUnknownError


def _target(link_type: str, base_url: str, code: str) -> str:
    if not link_type:
        return linkset.default_href(base_url, code=code)
    target = linkset.find(link_type)
    if target is None:
        raise LinkTypeUnknownError(link_type=link_type[:80])
    return target.href(base_url, code=code, language=_language(target))


def _language(target: Target) -> str | None:
    return context.language() if target.languages else None


@blueprint.get("/.well-known/gs1resolver")
@context.requires(PUBLIC)
def describe() -> Response:
    """Describe this resolver (GS1's resolver description file)."""
    told: dict[str, Any] = {
        "name": context.text("link.resolver"),
        "resolverRoot": context.runtime().settings.base_url,
        "supportedPrimaryKeys": list(_KEYS),
        "supportedLinkType": [{"namespace": linkset.NAMESPACE, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
        "supportsLanguageVariants": True,
        "validatesAIcombinations": False,
        "activeLinkTypes": {context.language(): _active_types()},
    }
    return jsonify(told)


def _active_types() -> dict[str, dict[str, str]]:
    names = [linkset.DEFAULT, *(each.link_type for each in linkset.TARGETS)]
    return {
        f"gs1:{name}": {
            "title": context.text(f"link.{name}"),
            "url": f"{linkset.NAMESPACE}{name}",
        }
        for name in names
    }


blueprint.after_request(linksets.allow_everybody)
