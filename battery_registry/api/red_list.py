"""The regulator's list of red batteries."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer, moment
from battery_registry.api.schemas.red_list import RedListAnswerSchema
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import red_list
from battery_registry.queries.red_list import RedCase, RedPage
from battery_registry.wire.red_list import RedListSchema, parse_page

blueprint = Blueprint(
    "red_list",
    __name__,
    url_prefix="/api/v1/red-list",
    description="Red batteries and where they are",
)


@blueprint.get("")
@blueprint.doc(
    summary="List red cases, newest first",
    parameters=[{"in": "query", "schema": RedListSchema}],
)
@blueprint.alt_response(
    200,
    schema=RedListAnswerSchema,
    description="A page of cases",
    headers={
        "Link": {
            "description": 'RFC 8288: the next page, `rel="next"`.',
            "schema": {"type": "string"},
        }
    },
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
)
def find() -> Response:
    """List cases by place, state, maker, model, time and lateness.

    Open cases unless states are named. Pages are walked by `next_cursor`,
    which never skips or repeats a case, whatever is added meanwhile.
    """
    asked = parse_page(request.args)
    with context.reading() as session:
        page = red_list.find(
            session,
            filters=asked.filters,
            scope=context.scope(),
            now=context.now(),
            limit=asked.limit,
            cursor=asked.cursor,
        )
    return page_answer(page)


def page_answer(page: RedPage) -> Response:
    """Answer with a page of cases, and a link to the next one."""
    response = answer(
        {
            "items": [_case_json(case) for case in page.items],
            "next_cursor": page.next_cursor,
        }
    )
    if page.next_cursor is not None:
        response.headers["Link"] = f'<{_next_address(page.next_cursor)}>; rel="next"'
    return response


def _next_address(cursor: str) -> str:
    query = urlencode({**request.args.to_dict(), "cursor": cursor})
    return f"{context.runtime().settings.base_url}{request.path}?{query}"


def _case_json(case: RedCase) -> dict[str, Any]:
    base_url = context.runtime().settings.base_url
    return {
        "case_id": str(case.case_id),
        "code": codes.show(case.public_code),
        "url": codes.url(base_url, code=case.public_code),
        "state": case.state.value,
        "opened_at": moment(case.opened_at),
        "state_since": moment(case.state_since),
        "due_at": moment(case.due_at),
        "closed_at": moment(case.closed_at),
        "overdue": case.is_overdue,
        "age_days": case.age_days,
        "holder": case.holder,
        "district": {
            "code": case.district_code,
            "name_zh": case.district_zh,
            "name_en": case.district_en,
        },
        "station": {
            "code": case.station_code,
            "name_zh": case.station_zh,
            "name_en": case.station_en,
        },
        "maker": case.maker,
        "model": case.model,
    }
