"""Fires: what burnt, why, and what is like it."""

from typing import Any, Final
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import bodies, describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.schemas.fires import FamilySchema, FiresSchema
from battery_registry.context import Session
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import fires as listed
from battery_registry.queries.fires import Family, FireRecord, Relative
from battery_registry.services import fires
from battery_registry.wire.fires import FireRequestSchema, parse_fire
from battery_registry.wire.page import PageSchema, parse_cursor

blueprint = Blueprint(
    "fires",
    __name__,
    url_prefix="/api/v1/fires",
    description="Fires and the batteries they are put down to",
)

_READERS: Final = only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL)


@blueprint.post("")
@blueprint.doc(
    summary="Report a fire",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": FireRequestSchema}},
    },
)
@blueprint.alt_response(201, schema=FamilySchema, description="Kept")
@describing.refuses(blueprint, 400, 401, 403, 422, 503)
@context.requires(only(regulator=Reach.ALL))
def report() -> Response:
    """Report a fire; the fire service does so with a regulator's key.

    It is linked to one battery by its label, to those with a serial, or to a
    model; with a cause and how sure it is.
    """
    told = parse_fire(bodies.read_json())

    def work(session: Session) -> Family:
        fire_id = fires.report(
            session, told=told, caller=context.caller(), now=context.now()
        )
        return listed.get_family(session, fire_id=fire_id)

    return answer(_family_json(context.transact(work)), status=201)


@blueprint.get("")
@blueprint.doc(
    summary="List fires, the newest report first",
    parameters=[{"in": "query", "schema": PageSchema}],
)
@blueprint.alt_response(200, schema=FiresSchema, description="A page of reports")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_READERS)
def list_fires() -> Response:
    """List reports of fires."""
    cursor = parse_cursor(request.args)
    with context.reading() as session:
        page = listed.find_all(session, cursor=cursor)
    return answer(
        {
            "items": [_fire_json(one) for one in page.items],
            "next_cursor": page.next_cursor,
        }
    )


@blueprint.get("/<uuid:fire_id>")
@blueprint.doc(
    summary="Read a fire, its batteries and their siblings",
    parameters=[{"in": "query", "schema": PageSchema}],
)
@blueprint.alt_response(200, schema=FamilySchema, description="The fire")
@describing.refuses(blueprint, 401, 403, 404, 422)
@context.requires(_READERS)
def read(fire_id: UUID) -> Response:
    """Read a fire: what it names, and a page of others of that maker and model."""
    cursor = parse_cursor(request.args)
    with context.reading() as session:
        found = listed.get_family(session, fire_id=fire_id, cursor=cursor)
    return answer(_family_json(found))


def _family_json(family: Family) -> dict[str, Any]:
    return {
        **_fire_json(family.fire),
        "linked": [_relative_json(one) for one in family.linked],
        "sibling_count": family.sibling_count,
        "red_siblings": family.red_siblings,
        "siblings": [_relative_json(one) for one in family.siblings],
        "next_cursor": family.next_cursor,
    }


def _fire_json(fire: FireRecord) -> dict[str, Any]:
    return {
        "fire_id": str(fire.fire_id),
        "occurred_at": moment(fire.occurred_at),
        "district": fire.district_code,
        "cause": fire.cause.value,
        "certainty": fire.certainty.value,
        "link": fire.link.value,
        "maker": fire.maker,
        "model": fire.model,
        "serial": fire.serial,
        "reference": fire.reference,
        "reported_at": moment(fire.reported_at),
        "reported_by": fire.reported_by,
        "batteries": fire.batteries,
    }


def _relative_json(one: Relative) -> dict[str, Any]:
    made = one.production_date
    return {
        "code": codes.show(one.public_code),
        "code_in_force": one.code,
        "production_date": made.isoformat() if made else None,
        "district": one.district_code,
    }
