"""A recycler at the gate: thirty packs by a scanner that types, without a mouse."""

import httpx
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from battery_registry.app import create_app
from tests.api.manifests_played import collected, dispatched, sscc
from tests.browser.test_pages import sign_in
from tests.played import Play
from tests.server import Server

PACKS = 30
NOBODYS = "0000-0000-0000-0000"


def played(server: Server) -> Play:
    """The served city, played beside its server on the same database."""
    runtime = server.registry.runtime
    app: Flask = create_app(runtime.settings, clock=lambda: server.registry.now)
    return Play(client=app.test_client(), registry=server.registry)


def wedge(page: Page, text: str) -> None:
    """Scan as a keyboard wedge does: the code, then Enter, wherever the focus is."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def tab_to(page: Page, selector: str) -> None:
    """Go on by Tab until an element has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def test_thirty_packs_are_received_by_wedge(
    embedded_server: Server, browser: Browser
) -> None:
    play = played(embedded_server)
    codes = collected(play, PACKS)
    manifest = dispatched(play, codes).removeprefix("/api/v1")
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, embedded_server, "recycler")
    page.goto(f"{embedded_server.url}{manifest}/receipt")
    expect(page.locator("#scan")).to_be_focused()

    # A scanner gives the label's address; nobody waits between two packs.
    base = f"{embedded_server.url}/b/"
    for code in [*codes[:12], codes[3], NOBODYS, *codes[12:]]:
        wedge(page, base + code)
    expect(page.locator("#scan-count")).to_have_text(str(PACKS))
    expect(page.locator("#scan-waiting")).to_have_text("0")
    expect(page.locator("#scan-unsent")).to_have_text("0")
    expect(page.locator("#scan")).to_be_focused()
    assert page.locator("#scan-list .scan-good").count() == PACKS
    again, bad = page.locator("li:has(.scan-again)"), page.locator("li:has(.scan-bad)")
    expect(again).to_have_count(1)
    expect(again).to_contain_text(codes[3])
    expect(again).to_contain_text("It was scanned already.")
    expect(bad).to_have_count(1)
    expect(bad).to_contain_text("The registry knows no such code.")
    shapes = [
        page.locator(f"#scan-list .scan-{mark} svg path").first.get_attribute("d")
        for mark in ("good", "again", "bad")
    ]
    assert len(set(shapes)) == 3

    tab_to(page, f"#kg_{sscc(1)}")
    page.keyboard.type(str(4 * PACKS))
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.locator("p[role=status]")).to_have_text(
        "Taken in; count and weight agree."
    )
    states = {play.get(f"/api/v1/custody/{code}").get_json()["state"] for code in codes}
    assert states == {"received"}
    assert said == []
    context.close()


def test_scans_without_a_network_are_kept_and_sent_once(
    embedded_server: Server, browser: Browser
) -> None:
    play = played(embedded_server)
    codes = [play.red() for _ in range(2)]
    for code in codes:
        play.walk(code, until="isolated")
        assert play.offer(code, "XC-01").status_code == 201
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, embedded_server, "collector")
    page.goto(f"{embedded_server.url}/accept")
    context.set_offline(True)
    for code in codes:
        wedge(page, code)
    expect(page.locator("#scan-unsent")).to_have_text("2")
    expect(page.locator("#scan-last")).to_contain_text("Not sent yet")
    context.set_offline(False)
    # What is kept outlives the page.
    page.reload()
    expect(page.locator("#scan-unsent")).to_have_text("0")
    expect(page.locator("#scan-list .scan-good")).to_have_count(2)
    page.reload()
    expect(page.locator("#scan-count")).to_have_text("2")
    listed = httpx.get(
        f"{embedded_server.url}/api/v1/offers?role=to",
        headers=embedded_server.registry.headers("city-collect"),
    ).json()["items"]
    assert [offer["status"] for offer in listed] == ["accepted", "accepted"]
    context.close()
