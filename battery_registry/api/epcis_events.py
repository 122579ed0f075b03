"""EPCIS's own addresses: events that are asked for, events that are captured."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer, moment
from battery_registry.api.epcis import DOCUMENT, MEDIA_TYPE, linked, names
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.schemas.epcis import CaptureJobSchema
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.epcis import document
from battery_registry.domain.roles import Role
from battery_registry.queries import capture as captured
from battery_registry.queries import epcis_events
from battery_registry.queries.capture import CaptureJob
from battery_registry.queries.epcis_events import Filters
from battery_registry.services import capture
from battery_registry.wire import json_text
from battery_registry.wire.epcis import (
    AskedEvents,
    EventQuerySchema,
    parse_events,
    parse_on_error,
)

_JSON = ("application/json", MEDIA_TYPE)
# They look over what everybody captured; others see their own organisation's.
_OVERSEERS = frozenset({Role.AUDITOR, Role.ADMIN})

blueprint = Blueprint(
    "epcis_events",
    __name__,
    url_prefix="/api/v1/epcis",
    description="Events by EPCIS 2.0's own questions, and others' events captured",
)


class CaptureUnknownError(RegistryError):
    """No such capture, or another organisation's."""

    code = "capture_unknown"
    kind = Kind.NOT_FOUND


@blueprint.get("/events")
@blueprint.doc(
    summary="Ask for events, the oldest first",
    parameters=[{"in": "query", "schema": EventQuerySchema}],
)
@blueprint.alt_response(
    200,
    schema=DOCUMENT,
    content_type=MEDIA_TYPE,
    description="An `EPCISQueryDocument`",
    headers={
        "Link": {
            "description": 'RFC 8288: the next page, `rel="next"`.',
            "schema": {"type": "string"},
        }
    },
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def find() -> Response:
    """List steps of red cases, and events captured from others.

    By battery, business step, `recalled` set for good, and time. Captured
    events are those of the caller's own organisation; an auditor sees all.
    """
    asked = parse_events(request.args)
    with context.reading() as session:
        page = epcis_events.find(
            session,
            filters=_filters(asked),
            scope=context.scope(),
            captured_by=_whose(),
            names=names(),
            per_page=asked.per_page,
            token=asked.token,
        )
    response = linked(document.answer(page.events, names=names(), now=context.now()))
    if page.next_token is not None:
        response.headers["Link"] = f'<{_next_address(page.next_token)}>; rel="next"'
    return response


@blueprint.post("/capture")
@blueprint.doc(
    summary="Have events of others captured",
    requestBody={
        "required": True,
        "content": {kind: {"schema": DOCUMENT} for kind in _JSON},
    },
    parameters=[
        {
            "in": "header",
            "name": "GS1-Capture-Error-Behaviour",
            "schema": {
                "type": "string",
                "enum": ["rollback", "proceed"],
                "default": "rollback",
            },
            "description": "Whether one unsound event keeps all of them out.",
        }
    ],
)
@blueprint.alt_response(
    202,
    schema=CaptureJobSchema,
    description="Checked and kept; `Location` says where to read of it again",
    headers={"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
)
@describing.refuses(blueprint, 400, 401, 403, 422, 503)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        collector=Reach.OWN_ORGANISATION,
        recycler=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        admin=Reach.ALL,
    )
)
def take() -> Response:
    """Keep an EPCIS document's events beside our own, at most 500.

    An event is known again by its hash, so a document may be sent twice.
    Captured events never change a red case.
    """
    if request.mimetype not in _JSON:
        raise BodyNotJsonError
    told = json_text.parse(request.get_data(cache=False))
    on_error = parse_on_error(request.headers.get("GS1-Capture-Error-Behaviour"))
    caller = context.caller()
    job_id = context.transact(
        lambda session: capture.take(
            session,
            document=told,
            on_error=on_error,
            organisation_id=caller.organisation_id,
            now=context.now(),
        )
    ).job_id
    response = answer(_job_json(_get(job_id)), status=202)
    response.headers["Location"] = f"/api/v1/epcis/capture/{job_id}"
    response.headers["GS1-EPCIS-Capture-Limit"] = str(capture.MAX_EVENTS)
    return response


@blueprint.get("/capture/<uuid:job_id>")
@blueprint.doc(summary="Read what became of captured events")
@blueprint.alt_response(200, schema=CaptureJobSchema, description="The capture")
@describing.refuses(blueprint, 401, 403, 404)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        collector=Reach.OWN_ORGANISATION,
        recycler=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def read_job(job_id: UUID) -> Response:
    """Read a capture: how many events were kept, and what is wrong with the rest."""
    return answer(_job_json(_get(job_id)))


def _get(job_id: UUID) -> CaptureJob:
    with context.reading() as session:
        job = captured.find(session, job_id=job_id, organisation_id=_whose())
    if job is None:
        raise CaptureUnknownError
    return job


def _whose() -> UUID | None:
    caller = context.caller()
    return None if caller.role in _OVERSEERS else caller.organisation_id


def _filters(asked: AskedEvents) -> Filters:
    return Filters(
        epcs=asked.epcs,
        biz_steps=asked.biz_steps,
        persistent_sets=asked.persistent_sets,
        since=asked.since,
        until=asked.until,
    )


def _next_address(token: str) -> str:
    query = urlencode({**request.args.to_dict(), "nextPageToken": token})
    return f"{context.runtime().settings.base_url}{request.path}?{query}"


def _job_json(job: CaptureJob) -> dict[str, Any]:
    return {
        "captureID": str(job.job_id),
        "createdAt": moment(job.created_at),
        "finishedAt": moment(job.finished_at),
        "running": False,
        "success": job.success,
        "captureErrorBehaviour": job.error_behaviour,
        "errors": [
            {
                "type": "about:blank",
                "title": "The event is not EPCIS 2.0",
                "status": 400,
                "detail": fault["fault"],
                "instance": f"/eventList/{place}{fault['pointer']}",
            }
            for place, result in enumerate(job.results)
            for fault in result["faults"]
        ],
        "accepted": job.accepted,
        "duplicate": job.duplicate,
        "rejected": job.rejected,
        "results": list(job.results),
    }
