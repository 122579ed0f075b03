"""The chain of custody in GS1's words: EPCIS 2.0."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.epcis import document
from battery_registry.domain.epcis.names import Names
from battery_registry.domain.epcis.terms import CBV_VERSION, EPCIS_VERSION
from battery_registry.queries import epcis
from battery_registry.services.custody import NoCaseError

MEDIA_TYPE = "application/ld+json"
DOCUMENT = {
    "type": "object",
    "description": "GS1 EPCIS 2.0 JSON-LD (https://ref.gs1.org/standards/epcis).",
}

blueprint = Blueprint(
    "epcis",
    __name__,
    url_prefix="/api/v1/custody",
    description="Red batteries in GS1's words: EPCIS 2.0",
)


@blueprint.get("/<string:code>/epcis")
@blueprint.doc(
    summary="Read a battery's whole chain as EPCIS 2.0",
    parameters=[describing.CODE_PARAMETER],
)
@blueprint.alt_response(
    200, schema=DOCUMENT, content_type=MEDIA_TYPE, description="An `EPCISDocument`"
)
@describing.refuses(blueprint, 401, 403, 404, 422)
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
def read(code: str) -> Response:
    """Read everything that happened to a red battery, as one `EPCISDocument`.

    Labels, inspections with their readings, every step of every case, drums,
    and declared errors. Each event's id is its CBV 2.0 hash.
    """
    with context.reading() as session:
        happened = epcis.find(session, code=codes.parse(code), scope=context.scope())
    if happened is None:
        raise NoCaseError
    return linked(document.chain(happened, names=names(), now=context.now()))


def names() -> Names:
    """Name things as this registry does."""
    return Names(base_url=context.runtime().settings.base_url)


def linked(value: Any, *, status: int = 200) -> Response:
    """Answer with JSON-LD, and say which versions of the standards it is in."""
    response = answer(value, status=status)
    response.content_type = MEDIA_TYPE
    response.headers["GS1-EPCIS-Version"] = f"{EPCIS_VERSION}.0"
    response.headers["GS1-CBV-Version"] = f"{CBV_VERSION}.0"
    return response
