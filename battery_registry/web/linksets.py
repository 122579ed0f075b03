"""The list of what a battery's address leads to, when a machine asks for it."""

from flask import Response, make_response, request
from flask_babel import force_locale

from battery_registry import context
from battery_registry.domain import code as public_codes
from battery_registry.domain.canonical import plain_json
from battery_registry.domain.gs1 import linkset
from battery_registry.domain.sale import Reason
from battery_registry.queries.batteries import BatteryRecord


def is_asked() -> bool:
    """Whether this request asks for a linkset, by ``linkType`` or by ``Accept``."""
    if linkset.is_linkset(request.args.get("linkType", "")):
        return True
    offered = ["text/html", "application/json", linkset.MEDIA_TYPE]
    return request.accept_mimetypes.best_match(offered) == linkset.MEDIA_TYPE


def answer(record: BatteryRecord, *, anchor: str) -> Response:
    """Answer with the linkset of a battery; 410 with a destroyed one's.

    Args:
        record: The battery, as its public page may show it.
        anchor: The address that was asked for, without its query.
    """
    shown = public_codes.show(record.public_code)
    told = linkset.document(
        anchor=anchor,
        description=" ".join(filter(None, (record.maker, record.model))) or shown,
        base_url=context.runtime().settings.base_url,
        code=shown,
        title=_title,
    )
    response = make_response(plain_json(told))
    response.content_type = linkset.MEDIA_TYPE
    if Reason.DESTROYED in record.sale.reasons:
        response.status_code = 410
    return allow_everybody(response)


def allow_everybody(response: Response) -> Response:
    """Let scripts of any page read it; it is public, and cookies count for nothing."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language"
    response.headers["Access-Control-Expose-Headers"] = "Link, Location"
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _title(link_type: str, language: str | None) -> str:
    key = f"link.{link_type}"
    if language is None:
        return context.text(key)
    with force_locale(language):
        return context.text(key)
