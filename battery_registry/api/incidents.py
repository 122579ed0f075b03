"""Incidents: what went wrong, and that it was settled."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.schemas.incidents import IncidentPageSchema
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import incidents as listed
from battery_registry.queries.incidents import Incident
from battery_registry.services import incidents
from battery_registry.wire import json_text
from battery_registry.wire.incidents import (
    ClosingSchema,
    IncidentsSchema,
    parse_closing,
    parse_page,
)

blueprint = Blueprint(
    "incidents",
    __name__,
    url_prefix="/api/v1/incidents",
    description="What went wrong and somebody must look at",
)


@blueprint.get("")
@blueprint.doc(
    summary="List incidents, newest first",
    parameters=[{"in": "query", "schema": IncidentsSchema}],
)
@blueprint.alt_response(
    200, schema=IncidentPageSchema, description="A page of incidents"
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(
    only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
)
def find() -> Response:
    """List incidents, open and closed, by kind; pages go by `next_cursor`."""
    asked = parse_page(request.args)
    with context.reading() as session:
        page = listed.find(
            session,
            kinds=asked.kinds,
            is_open=asked.is_open,
            district_code=context.scope().district_code,
            limit=asked.limit,
            cursor=asked.cursor,
        )
    return answer(
        {
            "items": [_incident_json(one) for one in page.items],
            "next_cursor": page.next_cursor,
        }
    )


@blueprint.post("/<uuid:incident_id>/close")
@blueprint.doc(
    summary="Close an incident by a regulator's word",
    parameters=[
        {
            "in": "path",
            "name": "incident_id",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
    ],
    requestBody={"required": True, "content": {MEDIA_TYPE: {"schema": ClosingSchema}}},
)
@blueprint.alt_response(204, description="Closed; what it held is free")
@describing.refuses(blueprint, 400, 401, 403, 404, 409, 422, 503)
@context.requires(only(regulator=Reach.OWN_DISTRICT))
def close(incident_id: UUID) -> Response:
    """Close an incident that does not settle itself, with the reason."""
    if not request.is_json:
        raise BodyNotJsonError
    note = parse_closing(json_text.parse(request.get_data(cache=False)))
    context.transact(
        lambda session: incidents.close_incident(
            session,
            incident_id=incident_id,
            closing={"note": note},
            closed_by=context.caller().organisation_code,
            now=context.now(),
            district_code=context.scope().district_code,
        )
    )
    return Response(status=204)


def _incident_json(one: Incident) -> dict[str, Any]:
    code = one.public_code
    return {
        "incident_id": str(one.incident_id),
        "kind": one.kind.value,
        "subject_kind": one.subject_kind.value,
        "subject_id": str(one.subject_id),
        "code": codes.show(codes.PublicCode(code)) if code else None,
        "district_code": one.district_code,
        "opened_at": moment(one.opened_at),
        "closed_at": moment(one.closed_at),
        "closed_by": one.closed_by,
        "detail": dict(one.detail),
        "closing": dict(one.closing) if one.closing is not None else None,
        "held_packs": one.held_packs,
    }
