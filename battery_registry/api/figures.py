"""How many inspections there were, by whatever one asks."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer
from battery_registry.api.schemas.figures import FiguresQuerySchema, FiguresSchema
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import figures
from battery_registry.queries.figures import By, Figure, Months
from battery_registry.wire import query

blueprint = Blueprint(
    "figures",
    __name__,
    url_prefix="/api/v1/figures",
    description="Numbers of inspections",
)


@blueprint.get("")
@blueprint.doc(
    summary="Count inspections",
    parameters=[{"in": "query", "schema": FiguresQuerySchema}],
)
@blueprint.alt_response(200, schema=FiguresSchema, description="The figures")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def count() -> Response:
    """Count inspections by district, month, code, maker and station."""
    asked = query.load(FiguresQuerySchema(), request.args)
    by = tuple(By(word) for word in asked.get("by", ()))
    with context.reading() as session:
        found = figures.count(
            session,
            by=by,
            months=Months(since=asked.get("since"), until=asked.get("until")),
            scope=context.scope(),
        )
    return answer(
        {
            "by": [part.value for part in by],
            "items": [_figure_json(figure, by) for figure in found],
            "total": sum(figure.inspections for figure in found),
        }
    )


def _figure_json(figure: Figure, by: tuple[By, ...]) -> dict[str, Any]:
    told = {part.value: getattr(figure, part.value) for part in by}
    return {**told, "inspections": figure.inspections}
