"""The regulator's lists: red batteries, one battery's history, figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, request, stream_with_context
from werkzeug.datastructures import MultiDict

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as public_codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.city_time import city_date
from battery_registry.domain.custody import State
from battery_registry.domain.registration import BatteryUnknownError
from battery_registry.queries import (
    batteries,
    districts,
    exports,
    history,
    red_list,
    saved_filters,
)
from battery_registry.queries import figures as counted
from battery_registry.queries.districts import District
from battery_registry.queries.figures import By, Figure, Months
from battery_registry.scoring.evaluation import Code
from battery_registry.web import errors
from battery_registry.web.showing import NOTHING, render
from battery_registry.wire import overview as asking
from battery_registry.wire import red_list as listed

_READERS = only(regulator=Reach.OWN_DISTRICT, auditor=Reach.ALL, admin=Reach.ALL)
_READERS_AND_STATION = only(
    inspector=Reach.OWN_STATION,
    regulator=Reach.OWN_DISTRICT,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)
FILTERS = (
    *("district", "state", "maker", "model", "since", "until", "overdue"),
    "holder",
)
CHOICES = ("district", "since", "until")

blueprint = Blueprint("regulators", __name__)


class FilterError(RegistryError):
    """A filter is not a value that the list knows."""

    code = "filter_invalid"


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureRow:
    """Inspections of one group, by code; ``share`` is of red, in per cent."""

    name: str
    by_code: dict[str, int]
    total: int
    share: str


@blueprint.get("/red-list", endpoint="red_list")
@context.requires(_READERS)
def show_red_list() -> str:
    """Show a page of the red list under the filters of the address."""
    return red_list_page(_arguments("cursor"))


def red_list_page(
    told: MultiDict[str, str],
    *,
    name: str = "",
    refusal: RegistryError | None = None,
) -> str:
    """Show a page of the red list; a name that was refused stays typed."""
    asked = listed.parse_page(told)
    caller = context.caller()
    with context.reading() as session:
        page = red_list.find(
            session,
            filters=asked.filters,
            scope=context.scope(),
            now=context.now(),
            limit=asked.limit,
            cursor=asked.cursor,
        )
        known = districts.list_all(session)
        kept = (
            saved_filters.list_of(session, person_id=caller.person_id)
            if caller.person_id
            else ()
        )
    filters = {name: told[name] for name in FILTERS if told.get(name)}
    return render(
        "red_list.html",
        cases=page,
        asked=filters,
        query=urlencode(filters),
        kept=[(each, dict(parse_qsl(each.query))) for each in kept],
        name=name,
        says=errors.words(refusal) if refusal else "",
        faults=dict(errors.faults(refusal)) if refusal else {},
        is_first=asked.cursor is None,
        districts=known,
        own_district=_own(known),
        states=tuple(State),
    )


@blueprint.get("/red-list.csv")
@context.requires(_READERS)
def red_list_csv() -> Response:
    """Give the whole list under the same filters."""
    filters = listed.parse_filters(_arguments())
    scope, now = context.scope(), context.now()

    def pieces() -> Iterator[str]:
        with context.reading() as session:
            yield from exports.red_list_csv(
                session, filters=filters, scope=scope, now=now
            )

    name = f"red-list-{city_date(now).isoformat()}.csv"
    return Response(
        stream_with_context(pieces()),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@blueprint.get("/batteries/<code>")
@context.requires(_READERS_AND_STATION)
def battery(code: str) -> str:
    """Show one battery: inspections, changes of code, chain of custody."""
    wanted = public_codes.parse(code)
    with context.reading() as session:
        found = batteries.find(
            session, code=wanted, scope=context.scope(), now=context.now()
        )
        if found is None or found.battery is None:
            raise BatteryUnknownError
        past = history.find(session, battery_id=found.battery.battery_id)
    return render("staff_battery.html", battery=found.battery, past=past)


@blueprint.get("/figures")
@context.requires(_READERS)
def figures() -> str:
    """Show how many inspections there were, split by one thing and by code."""
    by = _by()
    asked = asking.parse_any(_only(request.args, CHOICES))
    with context.reading() as session:
        split = (By.CODE,) if by is By.CODE else (by, By.CODE)
        counts = counted.count(
            session,
            by=split,
            months=Months(since=asked.get("since"), until=asked.get("until")),
            scope=context.scope().within(asked.get("district")),
        )
        known = districts.list_all(session)
    names = _names(by, known)
    return render(
        "figures.html",
        by=by,
        choices=tuple(By),
        codes=tuple(Code),
        rows=_rows(counts, by, names),
        total=_row("", counts),
        asked=asked,
        district_names=_names(By.DISTRICT, known),
    )


def _arguments(*names: str) -> MultiDict[str, str]:
    """Keep what is asked of the list; the language is no filter."""
    return _only(request.args, (*FILTERS, *names))


def _only(told: MultiDict[str, str], known: tuple[str, ...]) -> MultiDict[str, str]:
    pairs = ((name, value.strip()) for name, value in told.items(multi=True))
    return MultiDict((name, value) for name, value in pairs if name in known)


def _own(known: tuple[District, ...]) -> District | None:
    own = context.scope().district_code
    return next((each for each in known if each.district_code == own), None)


def _by() -> By:
    try:
        return By(request.args.get("by") or By.DISTRICT)
    except ValueError:
        raise FilterError(field="by") from None


def _names(by: By, known: tuple[District, ...]) -> dict[str, str]:
    if by is By.CODE:
        return {code.value: context.text(f"code.{code.value}.name") for code in Code}
    if by is not By.DISTRICT:
        return {}
    chosen = f"name_{context.language()}"
    return {each.district_code: str(getattr(each, chosen)) for each in known}


def _rows(counts: tuple[Figure, ...], by: By, names: dict[str, str]) -> list[FigureRow]:
    groups: dict[str, list[Any]] = {}
    for figure in counts:
        groups.setdefault(getattr(figure, by.value) or NOTHING, []).append(figure)
    return [_row(names.get(key, key), group) for key, group in groups.items()]


def _row(name: str, group: tuple[Figure, ...] | list[Figure]) -> FigureRow:
    by_code = {code.value: 0 for code in Code}
    for figure in group:
        by_code[figure.code or Code.VOID.value] += figure.inspections
    total = sum(by_code.values())
    share = f"{100 * by_code[Code.RED.value] / total:.1f} %" if total else NOTHING
    return FigureRow(name=name, by_code=by_code, total=total, share=share)
