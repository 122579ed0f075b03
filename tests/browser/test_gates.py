"""Every page, by the judges: axe-core, html-validate, a small phone, the keyboard.

One page and language is one test; its styles are looked at in the same visit.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import web_checks
from tests.browser.conftest import ServedCity
from tests.browser.looking import DESKTOP, LANGUAGES, PHONE, SCHEMES, SCREENS, Look
from tests.browser.pages import PAGES, PageSeen

Style = tuple[str, dict[str, int]]
# Both schemes and both screens in each language; all pairs of them are soaked.
_PAIRED: dict[str, list[Style]] = {
    "zh": [("light", PHONE), ("dark", DESKTOP)],
    "en": [("dark", PHONE), ("light", DESKTOP)],
}
_MOST_TABS = 400
# Everything that a mouse could use and a page did not disable.
_OPERABLE = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary,'
    + ' [tabindex="0"]';
  const seen = new Set();
  return [...document.querySelectorAll(all)].filter((one) => {
    if (one.disabled || !one.checkVisibility({visibilityProperty: true})) return false;
    if (one.type !== 'radio') return true;
    const group = one.form?.id + one.name;
    return !seen.has(group) && seen.add(group);
  }).map((one, place) => one.type === 'radio'
    ? 'radio ' + one.name
    : (one.dataset.gate = place + ' ' + one.outerHTML.slice(0, 120)));
}"""
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return [one.type === 'radio' ? 'radio ' + one.name : one.dataset.gate ?? null, shown];
}"""


@pytest.fixture(scope="module")
def look(browser: Browser, served_city: ServedCity) -> Iterator[Look]:
    """People with browsers in the played city."""
    web_checks.need()
    made = Look(browser=browser, url=served_city.url, places=served_city.places)
    yield made
    made.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.name)
def test_nobody_is_kept_out(look: Look, seen: PageSeen, language: str) -> None:
    _judge(look, seen, language, _PAIRED[language])


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.name)
def test_nobody_is_kept_out_in_any_style(
    look: Look, seen: PageSeen, language: str
) -> None:
    _judge(look, seen, language, list(product(SCHEMES, SCREENS)))


def _judge(look: Look, seen: PageSeen, language: str, styles: Sequence[Style]) -> None:
    page = look.open(seen, language)
    found: list[str] = []
    for scheme, screen in styles[:1] if seen.is_long else styles:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        page.set_viewport_size(screen)  # type: ignore[arg-type]  # a plain dict is what it takes
        where = f"{scheme} {screen['width']}"
        found += [f"{where}: {said}" for said in web_checks.axe(page)]
    assert not found, "\n".join(found)
    page.close()


def test_every_page_is_valid_html(look: Look, tmp_path: Path) -> None:
    for language in LANGUAGES:
        for seen in PAGES:
            text = look.source(seen, language)
            (tmp_path / f"{seen.name}.{language}.html").write_text(text, "utf-8")
    assert len(list(tmp_path.iterdir())) == len(LANGUAGES) * len(PAGES)
    found = web_checks.html_validate(tmp_path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.name)
def test_it_fits_and_works_by_keyboard_alone(look: Look, seen: PageSeen) -> None:
    for language in LANGUAGES:
        page = look.open(seen, language)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is what it takes
        wider = "document.documentElement.scrollWidth - window.innerWidth"
        assert page.evaluate(wider) <= 0, language
        if language == LANGUAGES[0]:
            page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # a plain dict is what it takes
            assert _unreached(page) == []
        page.close()


def _unreached(page: Page) -> list[str]:
    """Press Tab until it comes round; what was never reached, or not shown."""
    wanted = page.evaluate(_OPERABLE)
    # A page that begins in a field amid it is gone round from there.
    ends = 2 if page.evaluate("document.activeElement !== document.body") else 1
    page.evaluate("document.activeElement.blur()")
    reached: dict[str, bool] = {}
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            ends -= 1
            if not ends:
                break
            continue
        # A date has several stops; the last one's sign is its picture's own.
        reached[focused[0]] = reached.get(focused[0], False) or focused[1]
    unseen = [
        f"{name} takes focus unseen" for name, seen in reached.items() if not seen
    ]
    return [*(name for name in wanted if name not in reached), *unseen]
