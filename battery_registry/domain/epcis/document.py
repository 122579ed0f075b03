"""Documents of events: a battery's whole chain, and the answer to a query."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from battery_registry.domain.epcis import events
from battery_registry.domain.epcis.events import Event
from battery_registry.domain.epcis.happenings import Happening, Inspected, Stepped
from battery_registry.domain.epcis.names import Names, instant
from battery_registry.domain.epcis.terms import EPCIS_VERSION

_QUERY = "SimpleEventQuery"


def told(happenings: Iterable[Happening], *, names: Names) -> list[Event]:
    """Tell happenings as events in their order, declared errors with them."""
    pairs = [(each, events.of(each, names=names)) for each in happenings]
    ids = {
        happening.event_id: event["eventID"]
        for happening, event in pairs
        if isinstance(happening, Stepped)
    }
    return [_declared(happening, event, ids) for happening, event in pairs]


def _declared(happening: Happening, event: Event, ids: Mapping[UUID, str]) -> Event:
    if not isinstance(happening, Stepped) or happening.declared is None:
        return event
    declared = happening.declared
    declaration: Event = {
        "declarationTime": instant(declared.at),
        "reason": declared.reason,
    }
    corrective = [ids[each] for each in declared.corrective if each in ids]
    if corrective:
        declaration["correctiveEventIDs"] = corrective
    return {**event, "errorDeclaration": declaration}


def chain(happenings: Iterable[Happening], *, names: Names, now: datetime) -> Event:
    """Wrap everything that happened to a battery up as an ``EPCISDocument``."""
    return {
        "@context": names.ld_context,
        "type": "EPCISDocument",
        "schemaVersion": EPCIS_VERSION,
        "creationDate": instant(now),
        "epcisBody": {"eventList": told(happenings, names=names)},
    }


def answer(found: Sequence[Any], *, names: Names, now: datetime) -> Event:
    """Wrap events that were asked for up as an ``EPCISQueryDocument``."""
    return {
        "@context": names.ld_context,
        "type": "EPCISQueryDocument",
        "schemaVersion": EPCIS_VERSION,
        "creationDate": instant(now),
        "epcisBody": {
            "queryResults": {
                "queryName": _QUERY,
                "resultsBody": {"eventList": list(found)},
            }
        },
    }


def when(happening: Happening) -> datetime:
    """Tell when it happened."""
    if isinstance(happening, Stepped):
        return happening.occurred_at
    if isinstance(happening, Inspected):
        return happening.tested_at
    return happening.at
