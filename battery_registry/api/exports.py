"""Whole lists as files, streamed."""

from collections.abc import Callable, Iterator
from typing import Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.context import Session
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import exports, fire_export
from battery_registry.wire import query
from battery_registry.wire.query import PeriodEnd, QuerySchema
from battery_registry.wire.red_list import RedListFilterSchema, parse_filters

blueprint = Blueprint(
    "exports",
    __name__,
    url_prefix="/api/v1/exports",
    description="Whole lists as files",
)

_CSV: Final = "text/csv"
_READERS: Final = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)


class InspectionsQuerySchema(QuerySchema):
    """Which inspections."""

    since = PeriodEnd(
        metadata={"description": "Tested then or later: RFC 3339, or a day."}
    )
    until = PeriodEnd(
        is_last=True,
        metadata={"description": "Tested before: RFC 3339; or a day, itself included."},
    )


@blueprint.get("/red-list.csv")
@blueprint.doc(
    summary="Export the red list",
    parameters=[{"in": "query", "schema": RedListFilterSchema}],
)
@blueprint.alt_response(
    200, content_type=_CSV, schema={"type": "string"}, description="Newest case first"
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_READERS)
def red_list_csv() -> Response:
    """Export every case that the red list's filters let through."""
    filters, scope, now = parse_filters(request.args), context.scope(), context.now()
    return _stream(
        "red-list.csv",
        lambda session: exports.red_list_csv(
            session, filters=filters, scope=scope, now=now
        ),
    )


@blueprint.get("/inspections.csv")
@blueprint.doc(
    summary="Export inspections with their verdicts",
    parameters=[{"in": "query", "schema": InspectionsQuerySchema}],
)
@blueprint.alt_response(
    200, content_type=_CSV, schema={"type": "string"}, description="Battery by battery"
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_READERS)
def inspections_csv() -> Response:
    """Export every inspection of a period, without personal data."""
    asked = query.load(InspectionsQuerySchema(), request.args)
    scope = context.scope()
    return _stream(
        "inspections.csv",
        lambda session: exports.inspections_csv(
            session, since=asked.get("since"), until=asked.get("until"), scope=scope
        ),
    )


@blueprint.get("/fires.csv")
@blueprint.doc(summary="Export fires with every earlier reading")
@blueprint.alt_response(
    200, content_type=_CSV, schema={"type": "string"}, description="Oldest fire first"
)
@describing.refuses(blueprint, 401, 403)
@context.requires(only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL))
def fires_csv() -> Response:
    """Export what was known of each battery before it burnt; no personal data."""
    return _stream("fires.csv", fire_export.fires_csv)


def _stream(name: str, write: Callable[[Session], Iterator[str]]) -> Response:
    # The answer is written after the request is over, in a session of its own.
    opened = context.reading()

    def pieces() -> Iterator[str]:
        with opened as session:
            yield from write(session)

    return Response(
        pieces(),
        content_type=f"{_CSV}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
