"""What templates may call: addresses, times, words."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from flask.templating import render_template

from battery_registry import context
from battery_registry.domain import code
from battery_registry.domain.caller import Caller
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.domain.code import PublicCode
from battery_registry.domain.roles import Role
from battery_registry.web import language
from battery_registry.wire.inspections import InspectionSchema

NOTHING = "\u2013"  # an en dash, where there is no value
STATIC = Path(__file__).parent / "static"
_INSPECTOR_MENU = (
    ("inspectors.form", "menu.inspect"),
    ("inspectors.upload_form", "menu.upload"),
)
_READER_MENU = (
    ("regulators.red_list", "menu.red_list"),
    ("regulators.figures", "menu.figures"),
    ("quality.overview", "menu.quality"),
    ("appeals_page.overview", "menu.appeals"),
    ("appeals_page.warnings", "menu.early_warnings"),
    ("recalls_page.overview", "menu.recalls"),
    ("fires_page.overview", "menu.fires"),
    ("whereabouts_page.overview", "menu.whereabouts"),
    ("manifests_page.overview", "menu.manifests"),
    ("incidents_page.overview", "menu.incidents"),
)
_MENUS = {
    Role.INSPECTOR: _INSPECTOR_MENU,
    Role.REGULATOR: _READER_MENU,
    Role.AUDITOR: _READER_MENU,
    Role.ADMIN: _READER_MENU,
}
_DOCS = ("docs.reference", "menu.docs")
_FIELDS = frozenset(InspectionSchema().fields)


def register(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.globals.update(
        _=context.text,
        asset=asset,
        field_name=field_name,
        html_language=language.html,
        local=local,
        menu=menu,
        other_html_language=language.other_html,
        other_language_url=language.other_url,
        page=language.page,
        reading_name=reading_name,
        signed_in=context.find_caller,
        unit_sign=unit_sign,
    )
    app.jinja_env.filters.update(
        city_day=city_day, city_time=city_time, plain=plain, show_code=show_code
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def render(template: str, **values: object) -> str:
    """Render a page."""
    return render_template(template, **values)


def menu(caller: Caller | None) -> Sequence[tuple[str, str]]:
    """List what a caller's menu offers, as endpoint and key of its words."""
    own = _MENUS.get(caller.role, ()) if caller else ()
    return (*own, _DOCS)


def asset(name: str) -> str:
    """Say the address of one of our own files; it changes when the file does."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]


def city_time(moment: datetime | None) -> str:
    """Show a moment in the city's time, to the minute."""
    if moment is None:
        return NOTHING
    return moment.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M")


def city_day(moment: date | datetime | None) -> str:
    """Show a day; of a moment the city's."""
    if moment is None:
        return NOTHING
    if isinstance(moment, datetime):
        moment = moment.astimezone(CITY_ZONE).date()
    return moment.isoformat()


def show_code(public_code: str) -> str:
    """Group a public code for people."""
    return code.show(PublicCode(public_code))


def local(thing: object, name: str) -> str | None:
    """Get the part of a record that is in this page's language, or the other's."""
    for chosen in (context.language(), *context.LANGUAGES):
        if found := getattr(thing, f"{name}_{chosen}", None):
            return str(found)
    return None


def field_name(name: str) -> str:
    """Name a field of an inspection; one that is none keeps its own name."""
    return context.text(f"field.{name}") if name in _FIELDS else name


def reading_name(name: str) -> str:
    """Name what a rule has read."""
    return context.text(f"field.{name}" if name in _FIELDS else f"reading.{name}")


def unit_sign(unit: str) -> str:
    """Show a unit by its UCUM code; ratios and counts have none to show."""
    return "" if unit == "1" or unit.startswith("{") else f" {unit}"


def plain(value: object) -> str:
    """Show a reading: seven digits, yes and no, a dash for nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return context.text("site.yes" if value else "site.no")
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, list | tuple):
        return " … ".join(plain(each) for each in value)
    return str(value)
