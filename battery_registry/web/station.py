"""The station's screen: today's readings and its red packs, kept up to date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response

from battery_registry import context
from battery_registry.domain.caller import NotAllowedError, Reach, only
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.queries import red_list, station_day
from battery_registry.queries.red_list import Filters, RedPage
from battery_registry.queries.station_day import StationDay
from battery_registry.scoring.evaluation import Code
from battery_registry.web import live
from battery_registry.web.showing import render

_AT_THE_STATION: Final = only(inspector=Reach.OWN_STATION)
_MOST_REDS: Final = 20

blueprint = Blueprint("station_page", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Screen:
    """What the screen shows."""

    day: StationDay
    reds: RedPage


@blueprint.get("/station", endpoint="overview")
@context.requires(_AT_THE_STATION)
def show() -> str:
    """Show today's counts, the last readings and the red packs that are open."""
    now = context.now()
    with context.reading() as session:
        found = _look(session, now)
    return render(
        "station.html",
        day=found.day,
        reds=found.reds,
        codes=tuple(Code),
        mark=live.mark(found),
        counted_at=now.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
    )


@blueprint.get("/station/now")
@context.requires(_AT_THE_STATION)
def now() -> Response:
    """Say what the newest state is, for screens that get no stream."""
    return live.now(_look)


@blueprint.get("/station/events")
@context.requires(_AT_THE_STATION)
def events() -> Response:
    """Tell whenever something at the station changes."""
    return live.stream(_look)


def _look(session: context.Session, moment: datetime) -> _Screen:
    scope = context.scope()
    if scope.station_id is None:
        raise NotAllowedError(role=context.caller().role.value)
    reds = red_list.find(
        session, filters=Filters(), scope=scope, now=moment, limit=_MOST_REDS
    )
    day = station_day.find(session, station_id=scope.station_id, now=moment)
    return _Screen(day=day, reds=reds)
