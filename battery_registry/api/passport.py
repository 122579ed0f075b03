"""A battery's passport (Battery Pass data model), for two kinds of readers."""

from typing import ClassVar, Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer
from battery_registry.api.schemas.passport import PassportSchema
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain import passport as passports
from battery_registry.domain.caller import (
    PUBLIC,
    NotAllowedError,
    Reach,
    Scope,
    SignInRequiredError,
    only,
    scope_of,
)
from battery_registry.domain.code import PublicCode
from battery_registry.domain.passport import Passport
from battery_registry.domain.passport_attributes import Tier
from battery_registry.domain.registration import BatteryUnknownError
from battery_registry.domain.sale import Reason
from battery_registry.queries import batteries, declarations, passport
from battery_registry.queries.batteries import BatteryRecord

_MODEL: Final = "Battery Pass 1.2"
# Those who inspect, dismantle, recycle or watch over it (Article 77(2)(b), (c)).
_WITH_AN_INTEREST: Final = only(
    inspector=Reach.ALL,
    collector=Reach.ALL,
    recycler=Reach.ALL,
    regulator=Reach.OWN_DISTRICT,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)

blueprint = Blueprint(
    "passport",
    __name__,
    url_prefix="/api/v1/batteries",
    description="Battery passports",
)


class PassportCeasedError(RegistryError):
    """The battery is no more, and so is its passport (Article 77(8))."""

    code: ClassVar[str] = "passport_ceased"
    kind: ClassVar[Kind] = Kind.GONE


@blueprint.get("/<string:code>/passport")
@blueprint.doc(
    summary="Read a battery's passport",
    # A key is not needed; with one, more is told.
    security=[{}, {"key": []}],
    parameters=[describing.CODE_PARAMETER],
)
@blueprint.alt_response(200, schema=PassportSchema, description="The passport")
@describing.refuses(blueprint, 401, 404, 410, 422)
@context.requires(PUBLIC)
def read(code: str) -> Response:
    """Read a battery's passport: public without a key, more with a role's.

    What is told is valid by its part of the aspect's schema; an aspect as a whole
    is where nothing is missing or withheld: `complete` says so. What the registry
    measured or read stands over what the maker declared of the battery, and that
    over what was declared of its model; `sources` says which it is. Nothing is made
    up: what Battery Pass demands and nobody has told is listed as `missing`, what
    this reader may not see as `withheld`.
    """
    public_code = codes.parse(code)
    tier, record = _find(public_code)
    if Reason.DESTROYED in record.sale.reasons:
        raise PassportCeasedError
    page = codes.url(context.runtime().settings.base_url, code=record.public_code)
    with context.reading() as session:
        facts = passport.get_facts(session, record=record, page=page)
        declared = declarations.find_in_force(
            session,
            battery_id=record.battery_id,
            maker=record.maker,
            model=record.model,
        )
    told = passports.write(facts, tier=tier, declared=declared)
    return answer(_json(public_code, told))


def _find(code: PublicCode) -> tuple[Tier, BatteryRecord]:
    scope, now = _scope_of_interest(), context.now()
    with context.reading() as session:
        if scope is not None:
            found = batteries.find(session, code=code, scope=scope, now=now)
            if found is not None and found.battery is not None:
                return Tier.LEGITIMATE_INTEREST, found.battery
        found = batteries.find_public(session, code=code, now=now)
    if found is None or found.battery is None:
        raise BatteryUnknownError
    return Tier.PUBLIC, found.battery


def _scope_of_interest() -> Scope | None:
    """Of what part of the city the caller may see more; None is nothing."""
    caller = context.find_caller()
    if caller is None:
        if "Authorization" in request.headers:
            # A key that nobody knows is a mistake, not a stranger.
            raise SignInRequiredError
        return None
    try:
        return scope_of(_WITH_AN_INTEREST, caller=caller)
    except NotAllowedError:
        return None


def _json(code: PublicCode, told: Passport) -> dict[str, object]:
    return {
        "code": codes.show(code),
        "model": _MODEL,
        "tier": told.tier.value,
        "maker": told.maker,
        "aspects": {aspect.value: each for aspect, each in told.aspects.items()},
        "complete": {aspect.value: told.is_complete(aspect) for aspect in told.aspects},
        "sources": {aspect.value: each for aspect, each in told.sources.items()},
        "missing": {aspect.value: each for aspect, each in told.missing.items()},
        "withheld": {aspect.value: each for aspect, each in told.withheld.items()},
    }
