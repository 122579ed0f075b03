"""Where every red battery is: with whom, since when, until when."""

from dataclasses import replace
from typing import Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.red_list import page_answer
from battery_registry.api.schemas.red_list import RedListAnswerSchema
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.roles import Role
from battery_registry.queries import red_list
from battery_registry.wire.whereabouts import WhereaboutsSchema, parse_page

_HOLDERS: Final = frozenset({Role.INSPECTOR, Role.COLLECTOR, Role.RECYCLER})

blueprint = Blueprint(
    "whereabouts",
    __name__,
    url_prefix="/api/v1/custody",
    description="Where every red battery is now",
)


@blueprint.get("")
@blueprint.doc(
    summary="List where red batteries are now",
    parameters=[{"in": "query", "schema": WhereaboutsSchema}],
)
@blueprint.alt_response(
    200, schema=RedListAnswerSchema, description="A page of cases, newest first"
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(
        inspector=Reach.ALL,
        collector=Reach.ALL,
        recycler=Reach.ALL,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def find() -> Response:
    """List cases by holder, state and lateness.

    Stations, collectors and recyclers see what they hold themselves.
    """
    asked = parse_page(request.args)
    caller = context.caller()
    filters = asked.filters
    if caller.role in _HOLDERS:
        filters = replace(filters, holder=caller.organisation_code)
    with context.reading() as session:
        page = red_list.find(
            session,
            filters=filters,
            scope=context.scope(),
            now=context.now(),
            limit=asked.limit,
            cursor=asked.cursor,
        )
    return page_answer(page)
