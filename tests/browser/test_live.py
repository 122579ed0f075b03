"""Open pages that keep themselves up to date, by stream and without one."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_pages import complaints, hand_in, sign_in
from tests.builders import make_body, make_red_body
from tests.server import Server

_WITHIN_MS = 5000


def number(page: Page, name: str) -> Locator:
    """Find a figure by the words above it."""
    tile = page.locator(".tile").filter(has_text=name).first
    return tile.locator(".tile-value")


@pytest.mark.parametrize("is_streamed", [True, False], ids=["stream", "asking"])
def test_a_reading_appears_on_the_open_overview(
    embedded_server: Server, browser: Browser, is_streamed: bool
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    if not is_streamed:
        page.route("**/overview/events*", lambda route: route.abort())
    sign_in(page, embedded_server, "regulator")
    expect(page).to_have_url(f"{embedded_server.url}/overview")
    state = page.locator("#live-state")
    expect(state).to_have_text("Live" if is_streamed else "Updated every few seconds")
    expect(number(page, "New red, 24 hours")).to_have_text("0")
    page.evaluate("window.isTheSamePage = true")
    page.get_by_role("link", name="Xicheng").focus()
    hand_in(embedded_server, make_red_body())
    expect(number(page, "New red, 24 hours")).to_have_text("1", timeout=_WITHIN_MS)
    expect(number(page, "Inspections")).to_have_text("1")
    expect(page.get_by_role("status")).to_contain_text("Updated at")
    expect(page.locator(".district-tiles .tile-4 .number")).to_have_text("1")
    expect(page.get_by_role("link", name="Xicheng").first).to_be_focused()
    assert page.evaluate("window.isTheSamePage") is True
    context.close()


def test_it_can_be_paused_and_needs_no_script(
    embedded_server: Server, browser: Browser
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    said = complaints(page)
    sign_in(page, embedded_server, "regulator")
    page.get_by_role("button", name="Pause updates").click()
    expect(page.locator("#live-state")).to_have_text("Updates paused")
    hand_in(embedded_server, make_body())
    page.get_by_role("button", name="Resume updates").click()
    expect(number(page, "Green")).to_have_text("1", timeout=_WITHIN_MS)
    assert said == []
    cookies = context.cookies()
    context.close()
    plain = browser.new_context(locale="en-GB", java_script_enabled=False)
    plain.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave it takes
    page = plain.new_page()
    page.goto(f"{embedded_server.url}/overview")
    expect(number(page, "Green")).to_have_text("1")
    expect(page.locator("#live")).to_be_hidden()
    plain.close()
