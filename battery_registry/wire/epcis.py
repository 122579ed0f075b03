"""What EPCIS's own parameters and headers ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from battery_registry.domain.epcis import terms
from battery_registry.domain.epcis.capturing import OnError
from battery_registry.domain.epcis.shapes import is_uri
from battery_registry.domain.epcis.terms import Vocabulary
from battery_registry.queries.epcis_events import DEFAULT_PER_PAGE, MAX_PER_PAGE
from battery_registry.wire import faults, query
from battery_registry.wire.fields import Text, between, sized
from battery_registry.wire.query import Arguments, PeriodEnd, QuerySchema, WholeText

_MOST: Final = 50
_LONGEST: Final = 8000


class Terms(Text):
    """Values joined by ``|``: URIs, and words of a vocabulary if there is one."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "not_uri": "wire.not_uri",
        "too_many": f"wire.length|1|{_MOST}",
    }

    def __init__(self, vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        """Remember which words may stand bare."""
        super().__init__(validate=sized(1, _LONGEST), **kwargs)
        self._vocabulary = vocabulary

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        given = super()._deserialize(value, attr, data, **kw).split("|")
        if len(given) > _MOST:
            raise self.make_error("too_many")
        known = self._vocabulary
        if known is not None:
            given = [known.bare(each) for each in given]
        words = frozenset[str]() if known is None else known.words
        if not all(each in words or is_uri(each) for each in given):
            raise self.make_error("not_uri")
        return tuple(dict.fromkeys(given))


_JOINED: Final = "Joined by `|`."


class EventQuerySchema(QuerySchema):
    """Which events, in EPCIS's own words, and which page of them."""

    MATCH_epc = Terms(
        metadata={"description": f"EPCs as URIs, any spelling. {_JOINED}"}
    )
    EQ_bizStep = Terms(terms.BIZ_STEPS, metadata={"description": _JOINED})
    EQ_persistentDisposition_set = Terms(
        terms.DISPOSITIONS, metadata={"description": _JOINED}
    )
    GE_eventTime = PeriodEnd(metadata={"description": "Happened then or later."})
    LT_eventTime = PeriodEnd(metadata={"description": "Happened before."})
    perPage = WholeText(  # noqa: N815 - EPCIS's own name
        load_default=DEFAULT_PER_PAGE, validate=between(1, MAX_PER_PAGE)
    )
    nextPageToken = Text(  # noqa: N815 - EPCIS's own name
        validate=sized(1, 64), metadata={"description": "From the `Link` header."}
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedEvents:
    """A page of events as it was asked for.

    Args:
        epcs: EPCs as they were spelled.
        biz_steps: Bare words or URIs.
        persistent_sets: Bare words or URIs.
        since: Happened then or later, aware.
        until: Happened before, aware.
        per_page: Events of a page.
        token: Where the page before ended.
    """

    epcs: tuple[str, ...]
    biz_steps: tuple[str, ...]
    persistent_sets: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    per_page: int
    token: str | None


def parse_events(arguments: Arguments) -> AskedEvents:
    """Read which events and which page.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    loaded = query.load(EventQuerySchema(), arguments)
    return AskedEvents(
        epcs=loaded.get("MATCH_epc", ()),
        biz_steps=loaded.get("EQ_bizStep", ()),
        persistent_sets=loaded.get("EQ_persistentDisposition_set", ()),
        since=loaded.get("GE_eventTime"),
        until=loaded.get("LT_eventTime"),
        per_page=loaded["perPage"],
        token=loaded.get("nextPageToken"),
    )


def parse_on_error(told: str | None) -> OnError:
    """Read ``GS1-Capture-Error-Behaviour``; without it, all or nothing.

    Raises:
        InvalidInputError: It is another word.
    """
    try:
        return OnError(OnError.ROLLBACK if told is None else told.strip().lower())
    except ValueError:
        words = ", ".join(OnError)
        raise faults.refuse(
            {"GS1-Capture-Error-Behaviour": [f"wire.one_of|{words}"]}
        ) from None
