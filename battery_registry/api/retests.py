"""Retests: how an independent green ends a red."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import bodies, describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.schemas.appeals import RetestSchema, RetestsSchema
from battery_registry.context import Session
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import appeals
from battery_registry.queries.appeals import RetestRecord
from battery_registry.services import retests
from battery_registry.wire.appeals import RetestRequestSchema, parse_retest
from battery_registry.wire.page import PageSchema, parse_cursor

blueprint = Blueprint(
    "retests",
    __name__,
    url_prefix="/api/v1/retests",
    description="Independent tests of red batteries",
)


@blueprint.post("")
@blueprint.doc(
    summary="Open a retest of a red battery",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": RetestRequestSchema}},
    },
)
@blueprint.alt_response(201, schema=RetestSchema, description="Open until its deadline")
@describing.refuses(blueprint, 400, 401, 403, 404, 409, 422, 503)
@context.requires(only(inspector=Reach.ALL, regulator=Reach.ALL))
def open_retest() -> Response:
    """Open a retest.

    From now on a green inspection by another station, another instrument and
    another inspector, tested before the deadline, ends the red by itself.
    """
    public_code = parse_retest(bodies.read_json())
    days = context.runtime().settings.retest_days
    now = context.now()

    def work(session: Session) -> RetestRecord:
        opened = retests.open_retest(
            session,
            public_code=public_code,
            caller=context.caller(),
            days=days,
            now=now,
        )
        return appeals.get_retest(session, retest_id=opened.retest_id, now=now)

    return answer(_retest_json(context.transact(work)), status=201)


@blueprint.get("")
@blueprint.doc(
    summary="List retests, newest first",
    parameters=[{"in": "query", "schema": PageSchema}],
)
@blueprint.alt_response(200, schema=RetestsSchema, description="A page of retests")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(
        inspector=Reach.ALL,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def list_retests() -> Response:
    """List retests with every inspection that came in for them."""
    cursor = parse_cursor(request.args)
    with context.reading() as session:
        page = appeals.find_retests(
            session, scope=context.scope(), now=context.now(), cursor=cursor
        )
    return answer(
        {
            "items": [_retest_json(one) for one in page.items],
            "next_cursor": page.next_cursor,
        }
    )


def _retest_json(retest: RetestRecord) -> dict[str, Any]:
    return {
        "retest_id": str(retest.retest_id),
        "code": codes.show(retest.public_code),
        "case_id": str(retest.case_id),
        "state": retest.state.value,
        "greens_needed": retest.greens_needed,
        "greens": sum(tried.counts for tried in retest.inspections),
        "opened_at": moment(retest.opened_at),
        "opened_by": retest.opened_by,
        "due_at": moment(retest.due_at),
        "closed_at": moment(retest.closed_at),
        "inspections": [
            {
                "inspection_id": str(tried.inspection_id),
                "counts": tried.counts,
                "finding": tried.finding.value,
                "at": moment(tried.at),
            }
            for tried in retest.inspections
        ],
    }
