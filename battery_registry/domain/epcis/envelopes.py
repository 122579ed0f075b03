"""What stands around the events of a document: its own check."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from battery_registry.domain.epcis.checking import event_faults
from battery_registry.domain.epcis.shapes import (
    Check,
    Fault,
    anything,
    array,
    is_uri,
    matching,
    moment,
    record,
    text,
    uri,
)


def _context(value: object, at: str) -> Iterator[Fault]:
    parts = value if isinstance(value, list) else [value]
    for part in parts:
        if not isinstance(part, dict) and not is_uri(part):
            yield Fault(pointer=at, told="not_uri")


def _list(value: object, at: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(pointer=at, told="not_list")


_VERSION: Final = matching(r"[0-9]+(?:\.[0-9]+)*")
_ATTRIBUTE: Final = record({"id": uri, "attribute": anything}, needs=("id",))
_VOCABULARY: Final = record(
    {
        "type": uri,
        "vocabularyElementList": array(
            record(
                {"id": uri, "attributes": array(_ATTRIBUTE), "children": array(uri)},
                needs=("id",),
            )
        ),
    },
    needs=("type",),
)
_HEADER: Final = record(
    {"epcisMasterData": record({"vocabularyList": array(_VOCABULARY)})}
)
_AROUND: Final[dict[str, Check]] = {
    "@context": _context,
    "id": uri,
    "type": text,
    "schemaVersion": _VERSION,
    "creationDate": moment,
}
_DOCUMENT: Final = record(
    {
        **_AROUND,
        **dict.fromkeys(("instanceIdentifier", "sender", "receiver"), text),
        "epcisHeader": _HEADER,
        "epcisBody": record({"eventList": _list}, needs=("eventList",)),
    },
    needs=("@context", "schemaVersion", "creationDate", "epcisBody"),
)
_RESULTS: Final = record(
    {
        **dict.fromkeys(("queryName", "subscriptionID"), text),
        "resultsBody": record(
            {"eventList": _list, "vocabularyList": array(_VOCABULARY)},
            needs=("eventList",),
        ),
    },
    needs=("queryName", "resultsBody"),
)
_QUERY_DOCUMENT: Final = record(
    {
        **_AROUND,
        "epcisBody": record({"queryResults": _RESULTS}, needs=("queryResults",)),
    },
    needs=("@context", "epcisBody"),
)
_KINDS: Final = {"EPCISDocument": _DOCUMENT, "EPCISQueryDocument": _QUERY_DOCUMENT}


def envelope_faults(document: object) -> tuple[Fault, ...]:
    """List what is wrong around the events; each event has a check of its own."""
    if not isinstance(document, dict):
        return (Fault(pointer="", told="not_object"),)
    kind = document.get("type")
    check = _KINDS.get(kind) if isinstance(kind, str) else None
    if check is not None:
        return tuple(check(document, ""))
    needed = () if "@context" in document else ("@context",)
    missing = tuple(Fault(pointer="", told=f"missing|{name}") for name in needed)
    return (*missing, *_context(document.get("@context", {}), "/@context"))


def is_envelope(document: Mapping[str, Any]) -> bool:
    """Whether it says that it holds events and is none itself."""
    kind = document.get("type")
    return isinstance(kind, str) and kind in _KINDS


def faults(document: object) -> tuple[Fault, ...]:
    """List what is wrong with a whole document, its events with it."""
    around = envelope_faults(document)
    if around or not isinstance(document, dict):
        return around
    if not is_envelope(document):
        return event_faults(document)
    body = document["epcisBody"]
    if "queryResults" in body:
        at, events = (
            "/epcisBody/queryResults/resultsBody/eventList",
            (body["queryResults"]["resultsBody"]["eventList"]),
        )
    else:
        at, events = "/epcisBody/eventList", body["eventList"]
    return tuple(
        fault
        for place, event in enumerate(events)
        for fault in event_faults(event, f"{at}/{place}")
    )
