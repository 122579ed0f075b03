"""The regulator's list of what went wrong, and what each incident holds back."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain.afterlife import End, Sighting
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.incidents import IncidentKind
from battery_registry.queries import incidents
from battery_registry.web.showing import render
from battery_registry.wire.incidents import parse_page

_FILTERS = ("kind", "open")

# What an incident tells of, as its detail names it; each has words of its own.
KNOWN = frozenset(
    {
        *("missing", "surplus", "elsewhere", "masses", "receiver", "holder"),
        *("organisation", "packs", "mass_kg", "limit_kg", "oldest_since"),
        *("limit_days", "event_id", "inspection_id", "seen", "end", "fields"),
        *("districts", "note", "why"),
    }
)

# What an incident says in words of ours, by what it says it of.
WORDED: Final[Mapping[str, frozenset[object]]] = {
    "seen": frozenset(seen.value for seen in Sighting),
    "end": frozenset(end.value for end in End),
    "why": frozenset({"as_listed", "within_limit"}),
}

blueprint = Blueprint("incidents_page", __name__)


@blueprint.get("/incidents", endpoint="overview")
@context.requires(
    only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
)
def overview() -> str:
    """Show a page of incidents under the filters of the address."""
    known = (*_FILTERS, "cursor")
    told = MultiDict(
        (name, value) for name, value in request.args.items(True) if name in known
    )
    asked = parse_page(told)
    with context.reading() as session:
        found = incidents.find(
            session,
            kinds=asked.kinds,
            is_open=asked.is_open,
            district_code=context.scope().district_code,
            cursor=asked.cursor,
        )
    return render(
        "incidents.html",
        found=found,
        asked={name: told[name] for name in _FILTERS if told.get(name)},
        kinds=tuple(IncidentKind),
        is_first=asked.cursor is None,
        words=Words(),
    )


class Words:
    """The words of what is known of an incident."""

    def name(self, key: str) -> str:
        """Name one thing; what has no words keeps its own name."""
        return context.text(f"incident.known.{key}") if key in KNOWN else key

    def value(self, key: str, value: object) -> object:
        """Say one thing; a word of ours by its words, another's text as it is."""
        if key == "fields" and isinstance(value, list):
            return ", ".join(context.text(f"field.{name}") for name in value)
        if key in WORDED and value in WORDED[key]:
            return context.text(f"incident.{key}.{value}")
        return value
