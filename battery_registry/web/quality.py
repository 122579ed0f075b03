"""How far the stations' readings can be believed: all of them, and one closely."""

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain.caller import Reach, only
from battery_registry.queries.quality import report
from battery_registry.queries.quality.period import Period
from battery_registry.queries.quality.report import Overview
from battery_registry.scoring.quality.plausibility import BY_ID
from battery_registry.web import funnel_drawing
from battery_registry.web.funnel_drawing import Point, Words
from battery_registry.web.showing import NOTHING, local, render
from battery_registry.wire import quality_period

_READERS = only(
    inspector=Reach.OWN_ORGANISATION,
    regulator=Reach.OWN_DISTRICT,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)
_PERIOD = ("since", "until")

blueprint = Blueprint("quality", __name__)


@blueprint.get("/quality")
@context.requires(_READERS)
def overview() -> str:
    """Show the funnel of red rates and every station's signs of trouble."""
    told = _arguments()
    with context.reading() as session:
        found = report.find_all(
            session,
            scope=context.scope(),
            period=_period(told),
            now=context.now(),
        )
    return render(
        "quality.html",
        found=found,
        drawing=_draw(found),
        asked=_kept(told),
        per_cent=per_cent,
    )


@blueprint.get("/quality/<station>")
@context.requires(_READERS)
def one_station(station: str) -> str:
    """Show everything that is known of one station's readings."""
    told = _arguments()
    with context.reading() as session:
        found = report.get(
            session,
            station_code=station,
            scope=context.scope(),
            period=_period(told),
            now=context.now(),
        )
    return render(
        "station_quality.html",
        found=found,
        findings=BY_ID,
        lang=context.language(),
        asked=_kept(told),
        per_cent=per_cent,
    )


def per_cent(share: float | None) -> str:
    """Show a share in per cent with one decimal."""
    return NOTHING if share is None else f"{100 * share:.1f} %"


def _arguments() -> MultiDict[str, str]:
    """Keep the period; the language is no part of it."""
    pairs = request.args.items(multi=True)
    return MultiDict((name, value.strip()) for name, value in pairs if name in _PERIOD)


def _kept(told: MultiDict[str, str]) -> dict[str, str]:
    return {name: told[name] for name in _PERIOD if told.get(name)}


def _period(told: MultiDict[str, str]) -> Period:
    return quality_period.parse(told, now=context.now())


def _draw(found: Overview) -> Markup:
    points = [
        Point(
            name=row.place.code,
            says=f"{row.place.code} {local(row.place, 'name')}:"
            f" {per_cent(row.standing.adjusted)} ({row.standing.n})",
            n=row.standing.n,
            rate=row.standing.adjusted,
            flag=row.standing.flag,
        )
        for row in found.rows
        if row.standing is not None and row.standing.adjusted is not None
    ]
    return funnel_drawing.draw(
        points,
        rate=found.funnel.rate or 0.0,
        correlation=found.funnel.correlation,
        words=Words(
            title=context.text("quality.funnel"),
            packs=context.text("quality.axis_packs"),
            red=context.text("quality.axis_red"),
        ),
    )
