"""What people see and do, in a real browser against a real server."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from battery_registry.domain.city_time import CITY_ZONE
from tests.builders import PASSWORD, make_body, make_red_body
from tests.server import Server

PHONE = {"width": 320, "height": 640}
LONG = "An-unusually-long-name-of-a-maker-without-one-blank-in-it-0123456"[:64]
MAX_BYTES = 20 * 1024
MAX_REQUESTS = 4


def hand_in(server: Server, body: dict[str, Any]) -> str:
    """Hand an inspection in by the API; the battery's code."""
    tested_at = datetime.now(UTC) - timedelta(hours=1)
    answer = httpx.post(
        f"{server.url}/api/v1/inspections",
        json={**body, "tested_at": tested_at.isoformat()},
        headers=server.registry.headers(),
    )
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["battery"]["code"]
    return code


def phone(browser: Browser, language: str, **more: Any) -> BrowserContext:
    return browser.new_context(viewport=PHONE, locale=language, **more)  # type: ignore[arg-type]  # a plain dict is what it takes


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return int(width)


def complaints(page: Page) -> list[str]:
    """Collect what the browser complains of: policies, missing files."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


def sign_in(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_page_behind_the_code_fits_a_small_phone(
    server: Server, browser: Browser
) -> None:
    red = hand_in(server, make_red_body(maker=LONG, leakage=True))
    green = hand_in(server, make_body(maker=LONG))
    for language, words in (("en-GB", ("Red", "Green")), ("zh-CN", ("红码", "绿码"))):
        for code, word in zip((red, green), words, strict=True):
            context = phone(browser, language, java_script_enabled=True)
            page = context.new_page()
            page.goto(f"{server.url}/b/{code}")
            expect(page.get_by_role("heading", level=1)).to_have_text(word)
            assert overflow(page) <= 0
            for each in page.locator("summary").all():
                each.click()
            assert overflow(page) <= 0
            assert context.cookies() == []
            context.close()


def test_it_works_without_scripts_and_weighs_little(
    server: Server, browser: Browser
) -> None:
    code = hand_in(server, make_red_body())
    context = phone(browser, "zh-CN", java_script_enabled=False)
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(f"{server.url}/b/{code}", wait_until="networkidle")
    expect(page.locator("h1")).to_have_text("红码")
    page.get_by_text("English").click()
    expect(page.locator("h1")).to_have_text("Red")
    assert page.url.endswith("?lang=en")
    page.close()
    fresh = context.new_page()
    sizes.clear()
    fresh.on("response", lambda answer: sizes.append(len(answer.body())))
    fresh.goto(f"{server.url}/b/{code}", wait_until="networkidle")
    assert 0 < len(sizes) <= MAX_REQUESTS
    assert sum(sizes) <= MAX_BYTES
    assert context.cookies() == []
    context.close()


def test_no_page_of_staff_is_wider_than_a_phone(
    server: Server, browser: Browser
) -> None:
    code = hand_in(server, make_red_body(maker=LONG))
    for name, addresses in (
        ("inspector", ("/", "/inspect", "/upload", "/docs", f"/batteries/{code}")),
        (
            "regulator",
            (
                "/overview",
                "/red-list",
                "/figures",
                "/quality",
                "/quality/XC-01",
                f"/batteries/{code}",
            ),
        ),
    ):
        context = phone(browser, "en-GB")
        page = context.new_page()
        errors = complaints(page)
        sign_in(page, server, name)
        for address in addresses:
            for language in ("en", "zh"):
                page.goto(f"{server.url}{address}?lang={language}")
                assert overflow(page) <= 0, (address, language)
            page.goto(f"{server.url}/?lang=en")
        assert errors == []
        context.close()


def test_from_sign_in_to_custody_and_the_red_list(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, server, "inspector")
    fill_in(page)
    page.get_by_role("button", name="Send and judge").click()
    expect(page.locator(".code-card h2")).to_have_text("Red")
    expect(page.locator("table")).to_contain_text("3(1)")
    expect(page.locator("table")).to_contain_text("The battery is leaking.")
    page.get_by_role("button", name="Take it into custody").click()
    expect(page.get_by_role("status")).to_have_text("It is recorded as taken in.")
    link = page.get_by_role("link", name="The page behind the QR code")
    found = re.search(r"/b/([0-9a-z-]{19})", link.get_attribute("href") or "")
    assert found is not None
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{server.url}/inspect")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()

    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, server, "regulator")
    page.get_by_role("link", name="Red list", exact=True).click()
    page.get_by_label("State").select_option(label="Kept apart at a site")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name=found[1]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(found[1])
    expect(page.locator("main")).to_contain_text("Kept apart at a site")
    context.close()


def fill_in(page: Page) -> None:
    """Fill the form in as an inspector does: a leaking pack of high resistance."""
    tested_at = datetime.now(UTC).astimezone(CITY_ZONE) - timedelta(minutes=5)
    page.get_by_label("Tested at").fill(tested_at.strftime("%Y-%m-%dT%H:%M"))
    for name, value in (
        ("instrument_id", "EBC-1"),
        ("chemistry", "ternary"),
        ("pack_code_scheme", "none"),
        ("soc_source", "after_full_charge"),
        ("max_output_voltage_method", "ocv_full"),
        ("resistance_method", "ac_1khz"),
        ("capacity_method", "none"),
        ("owner_kind", "resident"),
    ):
        page.locator(f"select[name={name}]").select_option(value)
    for name, value in (
        ("maker_label_present", "yes"),
        ("purchase_proof_present", "yes"),
        ("ccc_mark_present", "yes"),
        ("second_life", "no"),
        ("housing_broken_exposed", "no"),
        ("leakage", "yes"),
        ("deformation", "none"),
        ("burn_marks", "no"),
        ("port_damaged", "no"),
    ):
        page.locator(f"input[name={name}][value={value}]").check()
    for name, value in (
        ("label_nominal_voltage_v", "48"),
        ("label_rated_capacity_ah", "20"),
        ("ambient_temp_c", "23"),
        ("battery_surface_temp_c", "24"),
        ("test_duration_s", "300"),
        ("ocv_v", "54.2"),
        ("max_output_voltage_v", "54.6"),
        ("internal_resistance_mohm", "500.1"),
    ):
        page.locator(f"input[name={name}]").fill(value)
