"""Which incidents are asked for, and the word that closes one."""

from dataclasses import dataclass

from marshmallow import Schema

from battery_registry.domain.incidents import IncidentKind
from battery_registry.queries.incidents import DEFAULT_LIMIT, MAX_LIMIT
from battery_registry.wire import query
from battery_registry.wire.custody import load
from battery_registry.wire.fields import Text, between, check_says_something, sized
from battery_registry.wire.query import (
    Arguments,
    FlagText,
    QuerySchema,
    WholeText,
    Words,
)


class IncidentsSchema(QuerySchema):
    """Which incidents, and which page of them."""

    kind = Words(
        [kind.value for kind in IncidentKind],
        metadata={"description": "Kinds, joined by commas; without it: all."},
    )
    open = FlagText(metadata={"description": "Open ones, or closed ones."})
    limit = WholeText(
        load_default=DEFAULT_LIMIT,
        validate=between(1, MAX_LIMIT),
        metadata={"description": "Rows of a page."},
    )
    cursor = Text(
        validate=sized(1, 64),
        metadata={"description": "`next_cursor` of the page before."},
    )


class ClosingSchema(Schema):
    """Why an incident is settled."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }

    note = Text(
        required=True,
        validate=[sized(3, 500), check_says_something],
        metadata={"description": "Why; without personal data."},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedIncidents:
    """A page of incidents as it was asked for."""

    kinds: tuple[IncidentKind, ...]
    is_open: bool | None
    limit: int
    cursor: str | None


def parse_page(arguments: Arguments) -> AskedIncidents:
    """Read which incidents and which page.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    loaded = query.load(IncidentsSchema(), arguments)
    return AskedIncidents(
        kinds=tuple(IncidentKind(word) for word in loaded.get("kind", ())),
        is_open=loaded.get("open"),
        limit=loaded["limit"],
        cursor=loaded.get("cursor"),
    )


def parse_closing(raw: object) -> str:
    """Read why an incident is settled from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    note: str = load(ClosingSchema(), raw)["note"]
    return note
