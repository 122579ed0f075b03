"""What is asked of where every red battery is."""

from battery_registry.domain.custody import State
from battery_registry.queries.red_list import DEFAULT_LIMIT, MAX_LIMIT, Filters
from battery_registry.wire import query
from battery_registry.wire.custody import PARTY
from battery_registry.wire.fields import Text, between, sized
from battery_registry.wire.query import (
    Arguments,
    FlagText,
    QuerySchema,
    WholeText,
    Words,
)
from battery_registry.wire.red_list import Asked


class WhereaboutsSchema(QuerySchema):
    """Which cases, and which page of them."""

    holder = Text(
        validate=PARTY,
        metadata={"description": "`resident`, or an organisation's code."},
    )
    state = Words(
        [state.value for state in State],
        metadata={"description": "States, joined by commas; without it: open cases."},
    )
    overdue = FlagText(metadata={"description": "Whether the next step is overdue."})
    limit = WholeText(
        load_default=DEFAULT_LIMIT,
        validate=between(1, MAX_LIMIT),
        metadata={"description": "Rows of a page."},
    )
    cursor = Text(
        validate=sized(1, 64),
        metadata={"description": "`next_cursor` of the page before."},
    )


def parse_page(arguments: Arguments) -> Asked:
    """Read which cases and which page.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    loaded = query.load(WhereaboutsSchema(), arguments)
    return Asked(
        limit=loaded["limit"],
        cursor=loaded.get("cursor"),
        filters=Filters(
            states=tuple(State(word) for word in loaded.get("state", ())),
            holder=loaded.get("holder"),
            overdue=loaded.get("overdue"),
        ),
    )
