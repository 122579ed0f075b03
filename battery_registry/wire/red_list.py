"""What the red list is asked, by addresses of the API and by pages alike."""

from dataclasses import dataclass
from typing import Any

from battery_registry.domain.custody import State
from battery_registry.queries.red_list import DEFAULT_LIMIT, MAX_LIMIT, Filters
from battery_registry.wire import query
from battery_registry.wire.custody import PARTY
from battery_registry.wire.fields import Text, between, sized, spelled
from battery_registry.wire.query import (
    Arguments,
    FlagText,
    PeriodEnd,
    QuerySchema,
    WholeText,
    Words,
)


class RedListFilterSchema(QuerySchema):
    """Which cases."""

    district = Text(
        validate=spelled("^[0-9]{6}$"), metadata={"description": "District code."}
    )
    state = Words(
        [state.value for state in State],
        metadata={"description": "States, joined by commas; without it: open cases."},
    )
    maker = Text(validate=sized(1, 64), metadata={"description": "As on the label."})
    model = Text(validate=sized(1, 64), metadata={"description": "As on the label."})
    since = PeriodEnd(
        metadata={"description": "Opened then or later: RFC 3339, or a day."}
    )
    until = PeriodEnd(
        is_last=True,
        metadata={"description": "Opened before: RFC 3339; or a day, itself included."},
    )
    overdue = FlagText(
        metadata={"description": "Whether the next step is overdue."},
    )
    holder = Text(
        validate=PARTY,
        metadata={"description": "`resident`, or an organisation's code."},
    )


class RedListSchema(RedListFilterSchema):
    """Which cases, and which page of them."""

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
class Asked:
    """A page of the red list as it was asked for."""

    filters: Filters
    limit: int
    cursor: str | None


def parse_page(arguments: Arguments) -> Asked:
    """Read which cases and which page.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    loaded = query.load(RedListSchema(), arguments)
    return Asked(
        limit=loaded.pop("limit"),
        cursor=loaded.pop("cursor", None),
        filters=_filters(loaded),
    )


def parse_filters(arguments: Arguments) -> Filters:
    """Read which cases, where the whole list is asked for.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    return _filters(query.load(RedListFilterSchema(), arguments))


def _filters(loaded: dict[str, Any]) -> Filters:
    states = tuple(State(word) for word in loaded.pop("state", ()))
    return Filters(states=states, **loaded)
