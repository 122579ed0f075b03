"""The whole way of a red pack, across the browsers of those who meet it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from battery_registry.domain.city_time import city_date
from tests.api.manifests_played import sscc
from tests.browser.test_pages import fill_in, sign_in
from tests.server import Server

MASS_KG = "4.2"
PEOPLE = ("inspector", "collector", "recycler", "dealer", "regulator")


@pytest.fixture
def people(embedded_server: Server, browser: Browser) -> Iterator[dict[str, Page]]:
    """Five people, each signed in in a browser of their own, and a resident."""
    with ExitStack() as opened:
        found: dict[str, Page] = {}
        for name in (*PEOPLE, "resident"):
            context = browser.new_context(locale="en-GB")
            opened.callback(context.close)
            found[name] = context.new_page()
            if name != "resident":
                sign_in(found[name], embedded_server, name)
        yield found


def follow(page: Page, name: str) -> None:
    """Go on by a link or button of the page, as its person does."""
    page.get_by_role("link", name=name, exact=True).first.click()


def test_from_the_verdict_to_proven_destruction(
    embedded_server: Server, people: dict[str, Page]
) -> None:
    url = embedded_server.url
    code = taken_in(people["inspector"])
    is_watched(people["regulator"], url, code, "Kept apart at a site")
    is_refused(people["dealer"], url, code)
    resident = people["resident"]
    resident.goto(f"{url}/b/{code}")
    expect(resident.get_by_role("heading", level=1)).to_have_text("Red")

    offered(people["inspector"], url, code)
    accepted(people["collector"], url, code)
    is_watched(people["regulator"], url, code, "Taken by a collector")

    manifest = sent(people["collector"], url, code)
    is_watched(people["regulator"], url, code, "On its way")
    received(people["recycler"], f"{url}{manifest}", code)
    is_watched(people["regulator"], url, code, "Received by a recycler")

    taken_apart(people["recycler"], url, code)
    is_watched(people["regulator"], url, code, "Dismantled")
    destroyed(people["recycler"], url, code)
    is_watched(people["regulator"], url, code, "Destroyed")

    is_refused(people["dealer"], url, code)
    resident.goto(f"{url}/b/{code}")
    expect(resident.get_by_role("heading", level=1)).to_have_text("Destroyed")
    # Somebody who still asks about a destroyed pack is an incident.
    people["regulator"].goto(f"{url}/incidents")
    expect(people["regulator"].locator("main")).to_contain_text(code)


def taken_in(page: Page) -> str:
    """The inspector measures a leaking pack and keeps it; its code."""
    page.goto(re.sub(r"(https?://[^/]+).*", r"\1/inspect", page.url))
    fill_in(page)
    page.get_by_role("button", name="Send and judge").click()
    expect(page.locator(".code-card h2")).to_have_text("Red")
    page.get_by_role("button", name="Take it into custody").click()
    link = page.get_by_role("link", name="The page behind the QR code")
    found = re.search(r"/b/([0-9a-z-]{19})", link.get_attribute("href") or "")
    assert found is not None
    return found[1]


def is_watched(page: Page, url: str, code: str, state: str) -> None:
    """The regulator sees the state on the battery's own page."""
    page.goto(f"{url}/batteries/{code}")
    expect(page.locator("main")).to_contain_text(state)


def is_refused(page: Page, url: str, code: str) -> None:
    """The dealer asks and gets a no, with shape, word and reasons; no clearance."""
    page.goto(f"{url}/check")
    expect(page.locator("#asked")).to_be_focused()
    page.keyboard.type(f"{url}/b/{code}")
    page.keyboard.press("Enter")
    expect(page.locator(".code-card.code-red h2")).to_have_text("Must not be sold")
    expect(page.locator(".reasons li").first).to_be_visible()
    expect(page.get_by_role("button", name="Take a clearance")).to_have_count(0)


def offered(page: Page, url: str, code: str) -> None:
    """The inspector offers the pack to a collector."""
    page.goto(f"{url}/held")
    page.get_by_label(f"Choose {code}").check()
    page.get_by_label("Offer to").select_option("city-collect")
    page.get_by_role("button", name="Offer them").click()
    expect(page.get_by_role("status")).to_contain_text("Packs offered to city-collect")


def accepted(page: Page, url: str, code: str) -> None:
    """The collector scans the label, which is the signature."""
    page.goto(f"{url}/work")
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    page.get_by_role("main").get_by_role("link", name="Accept by scan").first.click()
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#scan-last .scan-good")).to_be_visible()
    expect(page.locator("#scan-count")).to_have_text("1")


def sent(page: Page, url: str, code: str) -> str:
    """The collector puts it into a drum and leaves with it; the manifest's address."""
    page.goto(f"{url}/manifests/new")
    page.get_by_label("Carrier").select_option("city-collect")
    page.get_by_label("Receiver").select_option("greencell")
    page.locator("#judge_trained_on").fill(city_date(datetime.now(UTC)).isoformat())
    page.locator("#sscc_0").fill(sscc(5))
    page.locator("#damage_class_0").select_option("damaged")
    page.get_by_label(f"Drum of {code}").select_option("0")
    page.get_by_label(f"Weight of {code} in kg").fill(MASS_KG)
    page.get_by_role("button", name="Save the manifest").click()
    expect(page.get_by_role("status")).to_contain_text("The manifest is saved")
    page.get_by_role("button", name="Confirm departure").click()
    expect(page.get_by_role("status")).to_contain_text("Under way")
    follow(page, "Transfer sheet")
    expect(page.get_by_role("img", name=f"QR code of {code}")).to_be_visible()
    found = re.search(r"/manifests/[0-9a-f-]{36}", page.url)
    assert found is not None
    return found[0]


def received(page: Page, manifest: str, code: str) -> None:
    """The recycler scans and weighs what arrived."""
    page.goto(manifest)
    page.get_by_role("main").get_by_role("link", name="Receive a manifest").click()
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#scan-last .scan-good")).to_be_visible()
    page.locator(f"#kg_{sscc(5)}").fill(MASS_KG)
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator("p[role=status]")).to_contain_text("count and weight agree")


def taken_apart(page: Page, url: str, code: str) -> None:
    """The recycler dismantles it."""
    page.goto(f"{url}/work")
    page.get_by_role("link", name=code).click()
    page.get_by_role("button", name="Record dismantling").click()
    expect(page.get_by_role("status")).to_have_text("It is recorded.")


def destroyed(page: Page, url: str, code: str) -> None:
    """The recycler proves it; a balance that is off keeps what was typed."""
    page.goto(f"{url}/packs/{code}")
    page.get_by_label("Certificate number").fill("D-2026-77")
    page.get_by_label("Steel (kg)").fill("1.2")
    page.get_by_role("button", name="Record destruction").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Certificate number")).to_have_value("D-2026-77")
    page.get_by_label("Black mass (kg)").fill("3.0")
    page.get_by_role("button", name="Record destruction").click()
    expect(page.get_by_role("status")).to_have_text("It is recorded.")
    expect(page.locator("main")).to_contain_text("This case is closed")
