"""What makers declare for the passports: handed in on their behalf, and listed."""

from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import bodies, describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.schemas.passport import (
    DeclarationSchema,
    DeclarationsSchema,
)
from battery_registry.context import Session
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import declarations as listed
from battery_registry.queries.declarations import DeclarationRecord
from battery_registry.services import declarations
from battery_registry.wire.declarations import (
    DeclarationQuerySchema,
    DeclarationRequestSchema,
    parse_declaration,
    parse_query,
)

_CREATED: Final = 201

blueprint = Blueprint(
    "declarations",
    __name__,
    url_prefix="/api/v1/passports/declarations",
    description="What makers declare for the passports",
)


@blueprint.put("")
@blueprint.doc(
    summary="Declare attributes of an aspect, on behalf of a maker",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": DeclarationRequestSchema}},
    },
)
@blueprint.alt_response(200, schema=DeclarationSchema, description="Says nothing new")
@blueprint.alt_response(
    _CREATED, schema=DeclarationSchema, description="Kept as the newest version"
)
@describing.refuses(blueprint, 400, 401, 403, 404, 422, 503)
@context.requires(only(regulator=Reach.ALL, admin=Reach.ALL))
def declare() -> Response:
    """Declare what a passport tells of a model, or of one battery.

    It replaces what was declared of that aspect before; older versions are kept.
    """
    told = parse_declaration(bodies.read_json())

    def work(session: Session) -> tuple[DeclarationRecord, bool]:
        is_new = declarations.declare(
            session, told=told, caller=context.caller(), now=context.now()
        )
        found = listed.get_in_force(session, subject=told.subject, aspect=told.aspect)
        return found, is_new

    found, is_new = context.transact(work)
    return answer(_json(found), status=_CREATED if is_new else 200)


@blueprint.get("")
@blueprint.doc(
    summary="List what was declared, every version, the newest first",
    parameters=[{"in": "query", "schema": DeclarationQuerySchema}],
)
@blueprint.alt_response(200, schema=DeclarationsSchema, description="A page of them")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL))
def list_declarations() -> Response:
    """List declarations of models, or those of one battery."""
    maker, model, public_code, cursor = parse_query(request.args)
    with context.reading() as session:
        page = listed.find_all(
            session, maker=maker, model=model, public_code=public_code, cursor=cursor
        )
    return answer(
        {
            "items": [_json(one) for one in page.items],
            "next_cursor": page.next_cursor,
        }
    )


def _json(one: DeclarationRecord) -> dict[str, Any]:
    code = one.public_code
    return {
        "declaration_id": str(one.declaration_id),
        "maker": one.maker,
        "model": one.model,
        "code": None if code is None else codes.show(code),
        "aspect": one.aspect.value,
        "version": one.version,
        "in_force": one.is_in_force,
        "content": one.content,
        "source": one.source,
        "declared_at": moment(one.declared_at),
        "declared_by": one.declared_by,
    }
