"""Offers and acceptances as JSON, and which offers are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from marshmallow import Schema

from battery_registry.domain import code as codes
from battery_registry.domain.custody import State
from battery_registry.queries.offers import DEFAULT_LIMIT, MAX_LIMIT, Side
from battery_registry.services.offering import ToldOffer
from battery_registry.services.offers import ToldAcceptance
from battery_registry.wire import query
from battery_registry.wire.custody import PARTY, Evidence, load
from battery_registry.wire.fields import Choice, Id, Moment, Text, between, sized
from battery_registry.wire.query import Arguments, FlagText, QuerySchema, WholeText

_STRICT: Mapping[str, str] = {
    "unknown": "wire.unknown",
    "type": "wire.not_object",
}


class OfferSchema(Schema):
    """What a holder offers to another organisation."""

    error_messages = dict(_STRICT)  # noqa: RUF012 - marshmallow's own convention

    offer_id = Id(
        required=True, metadata={"description": "Made once; the same one is one offer."}
    )
    to_state = Choice(State, required=True)
    receiver = Text(
        required=True,
        validate=PARTY,
        metadata={"description": "Code of the organisation that is to take over."},
    )
    evidence = Evidence(load_default=dict)


class AcceptanceSchema(Schema):
    """A scan that takes over what is offered."""

    error_messages = dict(_STRICT)  # noqa: RUF012 - marshmallow's own convention

    event_id = Id(
        required=True, metadata={"description": "Made once; the same one is one event."}
    )
    code = Text(
        required=True,
        validate=sized(16, 200),
        metadata={"description": "The label as it was scanned."},
    )
    occurred_at = Moment(required=True)
    evidence = Evidence(load_default=dict)


class OffersSchema(QuerySchema):
    """Which offers, and which page of them."""

    role = Choice(
        Side, required=True, metadata={"description": "Made to you, or from you."}
    )
    open = FlagText(
        metadata={"description": "Only those that can be accepted now."},
    )
    limit = WholeText(
        load_default=DEFAULT_LIMIT,
        validate=between(1, MAX_LIMIT),
        metadata={"description": "Rows of a page."},
    )
    cursor = Text(
        validate=sized(1, 64),
        metadata={"description": "`next_cursor` of the page before."},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedOffers:
    """A page of offers as it was asked for."""

    side: Side
    is_open: bool
    limit: int
    cursor: str | None


def parse_offer(raw: object) -> ToldOffer:
    """Read an offer from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    return ToldOffer(**load(OfferSchema(), raw))


def parse_acceptance(raw: object) -> ToldAcceptance:
    """Read an acceptance from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        RegistryError: What was scanned can be no code of ours.
    """
    loaded = load(AcceptanceSchema(), raw)
    return ToldAcceptance(**{**loaded, "code": codes.parse(loaded["code"])})


def parse_page(arguments: Arguments) -> AskedOffers:
    """Read which offers and which page.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    loaded = query.load(OffersSchema(), arguments)
    return AskedOffers(
        side=loaded["role"],
        is_open=loaded.get("open", False),
        limit=loaded["limit"],
        cursor=loaded.get("cursor"),
    )
