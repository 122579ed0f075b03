"""Take a document apart into its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from battery_registry.domain.epcis.context import Context


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The events of a document, and what it says of them all.

    Args:
        events: As they were told, in their order.
        context: Prefixes of the document.
        ignored: Names of extensions that take no part in hashes.
    """

    events: tuple[Mapping[str, Any], ...]
    context: Context
    ignored: frozenset[str]


def take_apart(document: Mapping[str, Any]) -> Told:
    """Find the events of an ``EPCISDocument``, a query's answer, or one event.

    The document must have been checked: see ``checking.faults``.
    """
    context = Context.read(document.get("@context"))
    kind = document.get("type")
    if kind not in {"EPCISDocument", "EPCISQueryDocument"}:
        return Told(events=(document,), context=context, ignored=frozenset())
    body = document["epcisBody"]
    results = body.get("queryResults", {})
    events = results["resultsBody"] if results else body
    return Told(
        events=tuple(events["eventList"]),
        context=context,
        ignored=_ignored(document) | _ignored(results),
    )


def _ignored(part: Mapping[str, Any]) -> frozenset[str]:
    named = [value for name, value in part.items() if name.endswith(":ignoreFields")]
    return frozenset(
        str(name) for value in named if isinstance(value, list) for name in value
    )
