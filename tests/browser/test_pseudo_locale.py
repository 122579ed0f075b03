"""No page has words that are not in the catalogues.

Every text of the catalogue is put into brackets; what a page then shows outside of
brackets must be data of the played city, or a sign that no language changes.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import get_babel
from sqlalchemy import select

import battery_registry
from battery_registry import settings
from battery_registry.app import create_app
from battery_registry.context import EXTENSION
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.parties import (
    district,
    instrument,
    organisation,
    station,
)
from tests.browser.city import City, play_city
from tests.browser.pages import PAGES, PageSeen
from tests.builders import NOW, ORGANISATIONS, PEOPLE, STATIONS
from tests.server import environment
from tests.web.visits import Visitor

_CATALOGUE = Path(battery_registry.__file__).parent / "translations/en/LC_MESSAGES"
_PACKAGE = Path(battery_registry.__file__).parent
# Rules are data, and carry their sentences in both languages.
_RULES = ("scoring/rulesets/cn-2024.json", "scoring/quality/plausibility.json")
_OPEN, _CLOSE = "\u27e6", "\u27e7"
_READ_OUT = frozenset({"alt", "aria-label", "title", "placeholder", "summary"})
_SILENT = frozenset({"script", "style", "code", "textarea"})
_WORD = re.compile(r"[^\W\d_]{3,}")
_BRACKETED = re.compile(f"{_OPEN}[^{_OPEN}{_CLOSE}]*{_CLOSE}")
# Public codes, ids, hashes, keys of the registry; addresses.
_IDS = re.compile(r"\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b|\b[0-9a-f-]{16,}\b|https?:\S+")
# Signs and names that are the same in every language.
# People are called by the builders, and the city's people wrote a few things.
_SIGNS = (
    "Person",
    "Cells of lot 7 swell.",
    "Behind the bicycle shed.",
    "test",
    "API JSON CSV XLSX PDF GeoJSON English mΩ min Shanghai",
)
_NAMED = (
    *(organisation.c.name, district.c.name_en, district.c.name_zh),
    *(station.c.name_en, station.c.name_zh, station.c.address_en),
    *(battery.c.maker, battery.c.model, instrument.c.code, instrument.c.model),
)


class Texts(HTMLParser):
    """Collects what a page says outside of brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._inside.append(tag)
        told = dict(attrs)
        self.found += [told[name] or "" for name in _READ_OUT & told.keys()]
        if tag == "input" and told.get("type") == "submit":
            self.found.append(told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.found.append(data)


@pytest.fixture(scope="module")
def city(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[City, Flask]]:
    """A played city, served in the language of brackets."""
    folder = tmp_path_factory.mktemp("pseudo")
    (folder / "registry.sqlite").write_bytes(sqlite_template.read_bytes())
    environ = environment(
        f"sqlite:///{folder / 'registry.sqlite'}", 8000, blobs=folder / "blobs"
    )
    played = play_city(environ)
    _bracket(folder / "translations")
    app = create_app(settings.from_environment(environ), clock=lambda: NOW)
    # Before its first page, so no other catalogue is loaded yet.
    get_babel(app).translation_directories = [str(folder / "translations")]
    yield played, app
    app.extensions[EXTENSION].database.dispose()
    played.registry.runtime.database.dispose()


def _bracket(folder: Path) -> None:
    with (_CATALOGUE / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if message.id:
            lines = str(message.string).split("\n")
            message.string = "\n".join(f"{_OPEN}{line}{_CLOSE}" for line in lines)
    made = folder / "en" / "LC_MESSAGES"
    made.mkdir(parents=True)
    with (made / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)


def _data(city: City) -> frozenset[str]:
    """Words that people and rules brought with them, in no catalogue."""
    told: list[str] = [*ORGANISATIONS, *STATIONS, *PEOPLE, *_SIGNS]
    told += city.registry.keys.values()
    told += [(_PACKAGE / rules).read_text("utf-8") for rules in _RULES]
    with city.registry.runtime.database.reading() as session:
        for column in _NAMED:
            told += [name for name in session.scalars(select(column)) if name]
    return frozenset(word.lower() for text in told for word in _WORD.findall(text))


# The reference of the API says what programs read: its text is English only.
_TRANSLATED = [seen for seen in PAGES if seen.name != "docs"]


@pytest.mark.parametrize("seen", _TRANSLATED, ids=lambda seen: seen.name)
def test_every_word_is_in_the_catalogue(
    city: tuple[City, Flask], seen: PageSeen
) -> None:
    played, app = city
    visitor = Visitor(app)
    if seen.sign_in:
        visitor.sign_in(seen.sign_in)
    mark = "&" if "?" in seen.address else "?"
    answer = visitor.get(f"{seen.address.format(**played.places)}{mark}lang=en")
    assert answer.status_code == seen.status
    texts = Texts()
    texts.feed(answer.text)
    assert _OPEN in "".join(texts.found)
    known = _data(played)
    foreign = {
        word
        for text in texts.found
        for word in _WORD.findall(_IDS.sub("", _outside(text)))
        if word.lower() not in known
    }
    assert foreign == set()


def _outside(text: str) -> str:
    """Take away what is in brackets, also in brackets of brackets."""
    while (shorter := _BRACKETED.sub("", text)) != text:
        text = shorter
    return text
