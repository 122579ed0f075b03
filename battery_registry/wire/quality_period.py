"""Over which inspections a report on quality is asked for."""

from datetime import datetime
from typing import ClassVar

from battery_registry.domain import RegistryError
from battery_registry.queries.quality import period
from battery_registry.queries.quality.period import Period
from battery_registry.wire import query
from battery_registry.wire.query import Arguments, PeriodEnd, QuerySchema


class PeriodReversedError(RegistryError):
    """The period ends before it starts."""

    code: ClassVar[str] = "period_reversed"


class PeriodQuerySchema(QuerySchema):
    """Which inspections: those that arrived in a period."""

    since = PeriodEnd(
        metadata={"description": "A year before its end, unless told otherwise."}
    )
    until = PeriodEnd(is_last=True, metadata={"description": "Now, likewise."})


def parse(arguments: Arguments, *, now: datetime) -> Period:
    """Read the period of an address.

    Args:
        arguments: ``since`` and ``until``, moments or days of the city.
        now: The time of the request.

    Raises:
        RepeatedParameterError: One is given twice.
        InvalidInputError: One is unknown or wrong; each is named.
        PeriodReversedError: There is nothing between them.
    """
    asked = query.load(PeriodQuerySchema(), arguments)
    try:
        wanted = period.of(since=asked.get("since"), until=asked.get("until"), now=now)
    except OverflowError:
        # There is no year before the calendar's first.
        raise PeriodReversedError(field="until") from None
    if wanted.since >= wanted.until:
        raise PeriodReversedError(field="since")
    return wanted
