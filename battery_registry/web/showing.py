"""What templates may call: addresses, times, words."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from flask.templating import render_template

from battery_registry import context
from battery_registry.domain import code
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.domain.code import PublicCode
from battery_registry.web import evidence, language, menus
from battery_registry.wire.inspections import InspectionSchema

NOTHING = "\u2013"  # an en dash, where there is no value
STATIC = Path(__file__).parent / "static"
_FIELDS = frozenset(InspectionSchema().fields)


def register(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.globals.update(
        _=context.text,
        asset=asset,
        evidence_name=evidence.evidence_name,
        field_name=field_name,
        html_language=language.html,
        local=local,
        menu=menus.menu,
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
