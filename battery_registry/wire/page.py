"""Which page of a list that has no filters."""

from battery_registry.wire import query
from battery_registry.wire.fields import Text, sized
from battery_registry.wire.query import Arguments, QuerySchema


class PageSchema(QuerySchema):
    """Which page."""

    cursor = Text(
        validate=sized(1, 64),
        metadata={"description": "`next_cursor` of the page before."},
    )


def parse_cursor(arguments: Arguments) -> str | None:
    """Read where the page before ended; None for the first page.

    Raises:
        RepeatedParameterError: It is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    cursor: str | None = query.load(PageSchema(), arguments).get("cursor")
    return cursor
