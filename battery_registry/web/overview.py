"""The regulator's first page: the city at a glance, kept up to date by itself."""

from datetime import datetime
from typing import Final

from flask import Blueprint, Response, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.domain.custody import State
from battery_registry.queries import districts
from battery_registry.queries import overview as city
from battery_registry.queries.overview import Overview
from battery_registry.scoring.evaluation import Code
from battery_registry.web import district_tiles, live, trend_drawing
from battery_registry.web.district_tiles import Tile
from battery_registry.web.showing import local, render
from battery_registry.wire import overview as asking
from battery_registry.wire.overview import Asked

_READERS: Final = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
_CHOICES: Final = ("district", "since", "until")
# The red list shows open cases unless states are named; new ones may be closed.
_ANY_STATE: Final = ",".join(state.value for state in State)

blueprint = Blueprint("overview_page", __name__)


@blueprint.get("/overview", endpoint="overview")
@context.requires(_READERS)
def show() -> str:
    """Show the figures of the part of the city and the months of the address."""
    asked, now = _asked(), context.now()
    with context.reading() as session:
        found = _count(session, asked, now)
        known = districts.list_all(session)
    own = context.scope().district_code
    return render(
        "overview.html",
        found=found,
        asked=asked,
        address=asked.address(),
        mark=live.mark(found),
        counted_at=now.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        known=known,
        own=next((each for each in known if each.district_code == own), None),
        codes=tuple(Code),
        any_state=_ANY_STATE,
        a_day_ago=_moment(now - city.DAY),
        a_week_ago=_moment(now - city.WEEK),
        silent_days=city.SILENT_AFTER.days,
        tiles=_tiles(found),
        trends=_trends(found),
    )


@blueprint.get("/overview/now")
@context.requires(_READERS)
def now() -> Response:
    """Say which figures are the newest, for pages that get no stream."""
    asked = _asked()
    return live.now(lambda session, moment: _count(session, asked, moment))


@blueprint.get("/overview/events")
@context.requires(_READERS)
def events() -> Response:
    """Tell whenever the figures change."""
    asked = _asked()
    return live.stream(lambda session, moment: _count(session, asked, moment))


def _asked() -> Asked:
    pairs = ((name, value.strip()) for name, value in request.args.items(multi=True))
    told = MultiDict((name, value) for name, value in pairs if name in _CHOICES)
    # An empty field of the form is a choice that was not made.
    for name in [name for name in told if told.getlist(name) == [""]]:
        told.pop(name)
    return asking.parse(told, now=context.now())


def _count(session: context.Session, asked: Asked, now: datetime) -> Overview:
    scope = context.scope().within(asked.district)
    return city.count(session, months=asked.months, scope=scope, now=now)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _tiles(found: Overview) -> Markup:
    tiles = [
        Tile(
            district_code=each.district.district_code,
            name=(local(each.district, "name") or "").removesuffix("区"),
            number=each.open_cases,
        )
        for each in found.districts
    ]
    return district_tiles.draw(tiles, title=context.text("overview.map"))


def _trends(found: Overview) -> tuple[Markup, ...]:
    inspections = [(each.month, each.inspections) for each in found.months]
    reds = [(each.month, each.reds) for each in found.months]
    return (
        trend_drawing.draw(
            inspections, title=context.text("overview.trend.inspections"), look="all"
        ),
        trend_drawing.draw(reds, title=context.text("overview.trend.reds"), look="red"),
    )
