"""A stage for each test, and a window on it that keeps whatever the browser complains of."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from web import bundle

from tests.browser.chromium import complains
from tests.browser.web.stage import Stage, staged

_TELLS = (
    "addEventListener('securitypolicyviolation',"
    " e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"
)


class Theatre:
    """Opens pages of a stage; tabs of one context share what one browser shares."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self.stage, self._browser = stage, browser
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def context(
        self, *, theme: str = "light", width: int = 1440, height: int = 900
    ) -> BrowserContext:
        """A browser of its own, with the theme chosen."""
        made = self._browser.new_context(viewport={"width": width, "height": height})
        made.add_cookies([{"name": "anlan_theme", "value": theme, "url": self.stage.url}])
        made.add_init_script(_TELLS)
        self.contexts.append(made)
        return made

    def open(self, path: str = "/", *, context: BrowserContext | None = None, **how: Any) -> Page:
        """A page that has heard of the server (the desk) or has drawn."""
        page = (context or self.context(**how)).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)
        page.goto(f"{self.stage.url}{path}")
        return page

    def _note(self, said: ConsoleMessage) -> None:
        if complains(said):
            self.complaints.append(said.text)


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    bundle.ensure()


@pytest.fixture
def theatre(browser: Browser) -> Iterator[Theatre]:
    with staged() as stage:
        one = Theatre(browser, stage)
        yield one
        for context in one.contexts:
            context.close()
