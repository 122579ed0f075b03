"""Many checks at once, a misread serial, and what changed on a day."""

from datetime import date
from typing import Any, ClassVar, Final

from flask import Response
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.clearances import ACCOUNTS, body, signer
from battery_registry.api.sale import reasons_json
from battery_registry.api.schemas.sale import (
    CandidatesSchema,
    ManyCandidatesSchema,
    SerialAnswerSchema,
)
from battery_registry.context import Face
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.city_time import city_date
from battery_registry.domain.clearance import SELLABLE
from battery_registry.queries import bulk_sale, serials
from battery_registry.services import asking
from battery_registry.wire import bodies
from battery_registry.wire.resale import (
    PrefixesAskedSchema,
    SerialAskedSchema,
    check_prefix,
)

FEED_TYPE: Final = "sale-feed+jwt"
FEED_MEDIA_TYPE: Final = "application/jwt"

_MOST_PREFIXES: Final = 120

blueprint = Blueprint(
    "sale_bulk",
    __name__,
    url_prefix="/api/v1/resale",
    description="Many batteries at once, without handing out the registry",
)


class FeedNotReadyError(RegistryError):
    """The day is not over, so its list is not made."""

    code: ClassVar[str] = "feed_not_ready"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


@blueprint.post("/serial")
@blueprint.doc(
    summary="Ask by a maker's serial",
    security=[],
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": SerialAskedSchema}},
    },
)
@blueprint.alt_response(200, schema=SerialAnswerSchema, description="The answer")
@describing.refuses(blueprint, 400, 422, 429)
@context.requires(PUBLIC)
def by_serial() -> Response:
    """Answer for a serial as registered; a similar one is only hinted at."""
    asked = bodies.load(SerialAskedSchema(), body())
    _count("serial", asking.MOST_SERIALS)
    now = context.now()
    with context.reading() as session:
        found = serials.answer(session, serial=asked["serial"], now=now)
    context.note_check(
        face=Face.SERIAL, subject=asked["serial"], answer=found.answer.value
    )
    return answer(
        {
            "answer": found.answer.value,
            "sellable": found.answer in SELLABLE,
            "reasons": reasons_json(found.reasons),
            "checked_at": moment(now),
        }
    )


@blueprint.get("/prefix/<string:prefix>")
@blueprint.doc(
    summary="Ask by five digits of a hash",
    security=[],
    parameters=[
        {
            "in": "path",
            "name": "prefix",
            "required": True,
            "schema": {"type": "string", "pattern": "^[0-9a-f]{5}$"},
            "description": "First digits of the SHA-256 of a code or serial.",
        }
    ],
)
@blueprint.alt_response(200, schema=CandidatesSchema, description="At least twenty")
@describing.refuses(blueprint, 422, 429)
@context.requires(PUBLIC)
def by_prefix(prefix: str) -> Response:
    """List what hashes go on with, most of them invented, and their answers."""
    check_prefix(prefix)
    _count("prefix", _MOST_PREFIXES)
    found = _candidates([prefix])
    told = {"prefix": prefix, "entries": found[prefix]}
    return answer({**told, "checked_at": moment(context.now())})


@blueprint.post("/prefixes")
@blueprint.doc(
    summary="Ask by the first digits of many hashes",
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": PrefixesAskedSchema}},
    },
)
@blueprint.alt_response(200, schema=ManyCandidatesSchema, description="One list each")
@describing.refuses(blueprint, 400, 401, 422)
@context.requires(ACCOUNTS)
def by_prefixes() -> Response:
    """Answer up to a thousand prefixes as `prefix/{prefix}` answers one."""
    asked = bodies.load(PrefixesAskedSchema(), body())
    found = _candidates(asked["prefixes"])
    return answer({"prefixes": found, "checked_at": moment(context.now())})


@blueprint.get("/feed/<string:day>")
@blueprint.doc(
    summary="Read whose answer changed on a day",
    parameters=[
        {
            "in": "path",
            "name": "day",
            "required": True,
            "schema": {"type": "string", "format": "date"},
            "description": "A day of the city that is over.",
        }
    ],
)
@blueprint.alt_response(
    200,
    content_type=FEED_MEDIA_TYPE,
    schema={"type": "string"},
    description="A compact JWS; its payload lists hashes of codes with answers",
)
@describing.refuses(blueprint, 401, 404)
@context.requires(ACCOUNTS)
def feed(day: str) -> Response:
    """Give a day's changes, signed: hashes of codes, never codes."""
    wanted, now = _day(day), context.now()
    with context.reading() as session:
        changed = bulk_sale.changed_on(session, day=wanted, now=now)
    told = {
        "iss": signer().issuer,
        "iat": int(now.timestamp()),
        "day": wanted.isoformat(),
        "changes": [
            {"code_sha256": each.code_sha256, "answer": each.answer.value}
            for each in changed
        ],
    }
    token = signer().sign(told, token_type=FEED_TYPE)
    return Response(token, content_type=FEED_MEDIA_TYPE)


def _day(text: str) -> date:
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        raise FeedNotReadyError from None
    if wanted >= city_date(context.now()):
        raise FeedNotReadyError
    return wanted


def _candidates(prefixes: list[str]) -> dict[str, Any]:
    with context.reading() as session:
        found = bulk_sale.candidates(
            session,
            prefixes=prefixes,
            vault=context.runtime().vault,
            now=context.now(),
        )
    context.note_check(
        face=Face.PREFIX, subject=",".join(prefixes), answer=f"prefixes {len(prefixes)}"
    )
    return found


def _count(what: str, most: int) -> None:
    """Count this question; too many from one address are refused."""
    context.transact(
        lambda session: asking.count(
            session,
            what=what,
            address=context.address(),
            most=most,
            vault=context.runtime().vault,
            now=context.now(),
        )
    )
