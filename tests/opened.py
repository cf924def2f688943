"""A page opened from a file in a real browser, and what it did since: requests, complaints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

REFUSALS = """
window.refused = [];
document.addEventListener("securitypolicyviolation",
    (event) => refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Opened:
    """An open page with what it asked for and said since it was opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def outside(self) -> list[str]:
        """Return the requests that went out of the file."""
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]

    def refused(self) -> list[str]:
        """Return what the page's content security policy refused."""
        found: list[str] = self.page.evaluate("window.refused")
        return found

    def alive(self) -> Page:
        """Bring every chart alive, as a reader who goes through the page, and return the page."""
        for chart in self.page.locator("figure.chart").all():
            chart.scroll_into_view_if_needed()
            chart.locator(".drawing.alive .live svg").wait_for(state="visible")
        return self.page


@contextmanager
def opened(chromium: Browser, folder: Path, html: str, **options: Any) -> Iterator[Opened]:
    """Open a page's text as a file, in a window of its own; `options` are the context's."""
    path = folder / "rapport.html"
    path.write_text(html, encoding="utf-8")
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    made = Opened(context.new_page())
    made.page.add_init_script(REFUSALS)
    made.page.goto(path.as_uri())
    yield made
    context.close()
