"""Look at a page as its people do: signed in, in their language, on their screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import PageSeen
from tests.builders import PASSWORD

LANGUAGES: Final = ("zh", "en")
SCHEMES: Final = ("light", "dark")
PHONE: Final = {"width": 320, "height": 640}
DESKTOP: Final = {"width": 1280, "height": 800}
SCREENS: Final = (PHONE, DESKTOP)


@dataclass(kw_only=True)
class Look:
    """Opens pages; each person signs in once.

    Args:
        browser: The real browser.
        url: Where the registry is served.
        places: What stands in the braces of addresses.
    """

    browser: Browser
    url: str
    places: Mapping[str, str]
    _contexts: dict[str | None, BrowserContext] = field(default_factory=dict)

    def open(self, seen: PageSeen, language: str) -> Page:
        """Open a page in a language; the caller closes it."""
        page = self.context(seen.sign_in).new_page()
        answer = page.goto(self.address(seen, language))
        assert answer is not None
        assert answer.status == seen.status, (seen.name, answer.status)
        return page

    def source(self, seen: PageSeen, language: str) -> str:
        """Get a page's HTML as the server sends it."""
        request = self.context(seen.sign_in).request
        answer = request.get(self.address(seen, language))
        assert answer.status == seen.status, (seen.name, answer.status)
        return answer.text()

    def address(self, seen: PageSeen, language: str) -> str:
        """Say where a page is."""
        mark = "&" if "?" in seen.address else "?"
        return f"{self.url}{seen.address.format(**self.places)}{mark}lang={language}"

    def context(self, sign_in: str | None) -> BrowserContext:
        """Get the browser of a person."""
        if sign_in not in self._contexts:
            # Colours on their way to others are nobody's to read.
            made = self.browser.new_context(
                locale="en-GB",
                viewport=DESKTOP,  # type: ignore[arg-type]  # a plain dict is what it takes
                reduced_motion="reduce",
            )
            self._contexts[sign_in] = made
            if sign_in is not None:
                self._enter(made, sign_in)
        return self._contexts[sign_in]

    def close(self) -> None:
        """Close everybody's browser."""
        for context in self._contexts.values():
            context.close()

    def _enter(self, context: BrowserContext, name: str) -> None:
        page = context.new_page()
        page.goto(f"{self.url}/sign-in?lang=en")
        page.get_by_label("Sign-in name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        page.close()
